package s5.ops;

import java.util.List;

/** Non-linearities, gates, dropout and sums. See {@link Op} for what the letters mean. */
public sealed interface LayerOp extends Op
        permits LayerOp.DropoutMask,
                LayerOp.SkipGelu,
                LayerOp.SkipGeluAdjoint,
                LayerOp.Gate,
                LayerOp.GateAdjoint,
                LayerOp.Add,
                LayerOp.Gelu,
                LayerOp.GeluAdjoint,
                LayerOp.Activate,
                LayerOp.ActivateAdjoint,
                LayerOp.MaskRows {
    /** Non-linearities whose derivative can be told from their value. */
    enum Curve {
        /** max(0, x); derivative 1 where that is above 0, else 0. */
        RELU,
        /** tanh(x); derivative 1 - tanh(x)^2. */
        TANH
    }

    /**
     * A dropout mask, the same for all positions of a sequence: 0 with probability {@code rate},
     * else {@code 1 / (1 - rate)}. A function of (seed, step, site, sequence, feature) by {@link
     * Dropout}, the same on every device.
     *
     * @param counters int32, see {@link Counters}
     * @param site tells the masks of one step apart
     * @param rate probability of 0, in [0, 1)
     * @param share which sequences of the batch these are
     * @param mask (B, H); written
     */
    record DropoutMask(Tensor counters, int site, float rate, Share share, @Out Tensor mask)
            implements LayerOp {
        /** Checks the shapes and the rate. */
        public DropoutMask {
            String op = "dropoutMask";
            Shapes.integers(op, "counters", counters, Counters.SIZE);
            Shapes.matrix(op, "mask", mask);
            Shapes.require(rate >= 0 && rate < 1, "%s: rate %s is not in [0, 1)", op, rate);
            Shapes.present(op, "share", share);
            Shapes.require(mask.rows() % share.samples() == 0, "%s: %s of %s", op, share, mask);
        }

        /**
         * The mask of a batch that is here as a whole.
         *
         * @param counters int32
         * @param site tells the masks of one step apart
         * @param rate probability of 0, in [0, 1)
         * @param mask (B, H); written
         */
        public DropoutMask(Tensor counters, int site, float rate, Tensor mask) {
            this(counters, site, rate, Share.all(mask.rows()), mask);
        }
    }

    /**
     * The samples that a process has of a batch that several share. Sequences are sample-major
     * within a document: all first documents, then all second ones.
     *
     * @param samples how many it has
     * @param first place of the first of them in the batch
     * @param batch samples of the whole batch
     */
    record Share(int samples, int first, int batch) {
        /** Checks that they are in it. */
        public Share {
            Shapes.require(
                    samples > 0 && first >= 0 && first + samples <= batch,
                    "samples %d to %d of %d",
                    first,
                    first + samples,
                    batch);
        }

        /**
         * {@return the whole batch}
         *
         * @param samples that it has
         */
        public static Share all(int samples) {
            return new Share(samples, 0, samples);
        }

        /**
         * {@return the place in the whole batch of a sequence here}
         *
         * @param sequence its place here
         */
        public int place(int sequence) {
            return sequence / samples * batch + first + sequence % samples;
        }
    }

    /**
     * The end of the SSM and the first non-linearity in one pass: {@code y = cx + D u}, {@code g =
     * mask gelu(y)}, gelu in its tanh form.
     *
     * @param cx (n, H): real part of C x
     * @param d (H)
     * @param u (n, H): the SSM's input
     * @param mask (B, H), or null for none
     * @param y (n, H), may be cx itself; written. Or null when it is not needed
     * @param g (n, H); written
     */
    record SkipGelu(Tensor cx, Tensor d, Tensor u, Tensor mask, @Out Tensor y, @Out Tensor g)
            implements LayerOp {
        /** Checks the shapes. */
        public SkipGelu {
            String op = "skipGelu";
            Shapes.matrix(op, "cx", cx);
            int n = cx.rows();
            int h = cx.columns();
            Shapes.vector(op, "d", d, h);
            Shapes.shape(op, "u", u, n, h);
            checkMask(op, cx, mask);
            Shapes.shapeOrNull(op, "y", y, n, h);
            Shapes.shape(op, "g", g, n, h);
        }

        @Override
        public List<Tensor> inPlace() {
            return y == cx ? List.of(cx) : List.of();
        }
    }

    /**
     * {@code dY = mask dG gelu'(y) + direct}, {@code dD = sum dY u}, {@code dU = D dY}.
     *
     * @param y (n, H), from {@link SkipGelu}
     * @param d (H)
     * @param u (n, H): the SSM's input
     * @param mask (B, H), or null for none
     * @param dG (n, H)
     * @param direct (n, H): a gradient that reaches y past gelu; or null. May be dY itself
     * @param dY (n, H), may be dG itself; written
     * @param dD (H); written
     * @param dU (n, H); written
     */
    record SkipGeluAdjoint(
            Tensor y,
            Tensor d,
            Tensor u,
            Tensor mask,
            Tensor dG,
            Tensor direct,
            @Out Tensor dY,
            @Out Tensor dD,
            @Out Tensor dU)
            implements LayerOp {
        /** Checks the shapes. */
        public SkipGeluAdjoint {
            String op = "skipGeluAdjoint";
            Shapes.matrix(op, "y", y);
            int n = y.rows();
            int h = y.columns();
            Shapes.vector(op, "d", d, h);
            Shapes.shape(op, "u", u, n, h);
            checkMask(op, y, mask);
            Shapes.shape(op, "dG", dG, n, h);
            Shapes.shapeOrNull(op, "direct", direct, n, h);
            Shapes.shape(op, "dY", dY, n, h);
            Shapes.vector(op, "dD", dD, h);
            Shapes.shape(op, "dU", dU, n, h);
        }

        @Override
        public List<Tensor> inPlace() {
            return dY == direct || dY == dG ? List.of(dY) : List.of();
        }
    }

    /**
     * The gated linear unit with the layer's residual: {@code out = skip + mask (v + vBias)
     * sigmoid(z + zBias)}.
     *
     * @param v (n, H)
     * @param vBias (H), or null
     * @param z (n, H)
     * @param zBias (H)
     * @param mask (B, H), or null for none
     * @param skip (n, H)
     * @param out (n, H); written
     */
    record Gate(
            Tensor v,
            Tensor vBias,
            Tensor z,
            Tensor zBias,
            Tensor mask,
            Tensor skip,
            @Out Tensor out)
            implements LayerOp {
        /** Checks the shapes. */
        public Gate {
            String op = "gate";
            Shapes.matrix(op, "v", v);
            int n = v.rows();
            int h = v.columns();
            Shapes.vectorOrNull(op, "vBias", vBias, h);
            Shapes.shape(op, "z", z, n, h);
            Shapes.vector(op, "zBias", zBias, h);
            checkMask(op, v, mask);
            Shapes.shape(op, "skip", skip, n, h);
            Shapes.shape(op, "out", out, n, h);
        }
    }

    /**
     * With {@code s = sigmoid(z + zBias)}: {@code dV = mask dOut s}, {@code dZ = mask dOut (v +
     * vBias) s (1 - s)}, and their column sums. The gradient by skip is dOut itself.
     *
     * @param v (n, H)
     * @param vBias (H), or null
     * @param z (n, H)
     * @param zBias (H)
     * @param mask (B, H), or null for none
     * @param dOut (n, H)
     * @param dV (n, H); written
     * @param dVBias (H), written; null when vBias is
     * @param dZ (n, H); written
     * @param dZBias (H); written
     */
    record GateAdjoint(
            Tensor v,
            Tensor vBias,
            Tensor z,
            Tensor zBias,
            Tensor mask,
            Tensor dOut,
            @Out Tensor dV,
            @Out Tensor dVBias,
            @Out Tensor dZ,
            @Out Tensor dZBias)
            implements LayerOp {
        /** Checks the shapes, and that of vBias and dVBias both are there or none. */
        public GateAdjoint {
            String op = "gateAdjoint";
            Shapes.matrix(op, "v", v);
            int n = v.rows();
            int h = v.columns();
            Shapes.vectorOrNull(op, "vBias", vBias, h);
            Shapes.shape(op, "z", z, n, h);
            Shapes.vector(op, "zBias", zBias, h);
            checkMask(op, v, mask);
            Shapes.shape(op, "dOut", dOut, n, h);
            Shapes.shape(op, "dV", dV, n, h);
            Shapes.vectorOrNull(op, "dVBias", dVBias, h);
            Shapes.require(
                    (vBias == null) == (dVBias == null), "%s: one of vBias, dVBias is null", op);
            Shapes.shape(op, "dZ", dZ, n, h);
            Shapes.vector(op, "dZBias", dZBias, h);
        }
    }

    /**
     * {@code out = a + b}, all of one shape. The gradient by a and by b is dOut itself.
     *
     * @param a any shape
     * @param b of the shape of a
     * @param out of the shape of a; written
     */
    record Add(Tensor a, Tensor b, @Out Tensor out) implements LayerOp {
        /** Checks the shapes. */
        public Add {
            String op = "add";
            Shapes.present(op, "a", a);
            Shapes.shape(op, "b", b, a.shape());
            Shapes.shape(op, "out", out, a.shape());
            Shapes.shape(op, "a", a, b.shape());
        }
    }

    /**
     * {@code out = gelu(x)}, tanh form.
     *
     * @param x any shape
     * @param out of the shape of x; written
     */
    record Gelu(Tensor x, @Out Tensor out) implements LayerOp {
        /** Checks the shapes. */
        public Gelu {
            String op = "gelu";
            Shapes.present(op, "x", x);
            Shapes.shape(op, "out", out, x.shape());
            Shapes.shape(op, "x", x, out.shape());
        }
    }

    /**
     * {@code dX = dOut gelu'(x)}; dX may be dOut itself.
     *
     * @param x any shape
     * @param dOut of the shape of x
     * @param dX of the shape of x, may be dOut itself; written
     */
    record GeluAdjoint(Tensor x, Tensor dOut, @Out Tensor dX) implements LayerOp {
        /** Checks the shapes. */
        public GeluAdjoint {
            String op = "geluAdjoint";
            Shapes.present(op, "x", x);
            Shapes.shape(op, "dOut", dOut, x.shape());
            Shapes.shape(op, "dX", dX, x.shape());
            Shapes.shape(op, "x", x, dX.shape());
        }

        @Override
        public List<Tensor> inPlace() {
            return dX == dOut ? List.of(dX) : List.of();
        }
    }

    /**
     * {@code out = curve(x)}, element by element.
     *
     * @param x any shape
     * @param curve the non-linearity
     * @param out of the shape of x; written
     */
    record Activate(Tensor x, Curve curve, @Out Tensor out) implements LayerOp {
        /** Checks the shapes. */
        public Activate {
            String op = "activate";
            Shapes.present(op, "x", x);
            Shapes.shape(op, "out", out, x.shape());
            Shapes.shape(op, "x", x, out.shape());
        }
    }

    /**
     * {@code dX = dOut curve'(x)}; dX may be dOut itself.
     *
     * @param out any shape, from {@link Activate}
     * @param curve as in {@link Activate}
     * @param dOut of the shape of out
     * @param dX of the shape of out, may be dOut itself; written
     */
    record ActivateAdjoint(Tensor out, Curve curve, Tensor dOut, @Out Tensor dX)
            implements LayerOp {
        /** Checks the shapes. */
        public ActivateAdjoint {
            String op = "activateAdjoint";
            Shapes.present(op, "out", out);
            Shapes.shape(op, "dOut", dOut, out.shape());
            Shapes.shape(op, "dX", dX, out.shape());
            Shapes.shape(op, "out", out, dX.shape());
        }

        @Override
        public List<Tensor> inPlace() {
            return dX == dOut ? List.of(dX) : List.of();
        }
    }

    /**
     * Zeros in the padding: {@code x[b, k] = 0} for {@code k >= lengths[b]}, all else is left as it
     * is. The same on a gradient is its adjoint.
     *
     * @param x (B L, F); updated
     * @param lengths int32 (B), in [1, L]
     */
    record MaskRows(@InOut Tensor x, Tensor lengths) implements LayerOp {
        /** Checks the shapes. */
        public MaskRows {
            String op = "maskRows";
            Shapes.matrix(op, "x", x);
            Shapes.lengths(op, lengths, x);
        }
    }

    /**
     * A mask, if there is one, has a row for each sequence, and the rows of x are whole sequences.
     */
    private static void checkMask(String op, Tensor x, Tensor mask) {
        if (mask != null) {
            Shapes.shape(op, "mask", mask, mask.rows(), x.columns());
            Shapes.sequences(op, x, mask.rows());
        }
    }
}
