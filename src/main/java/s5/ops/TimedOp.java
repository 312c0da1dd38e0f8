package s5.ops;

/**
 * The state space model for positions with time steps of their own. See {@link Op} for what the
 * letters mean.
 */
public sealed interface TimedOp extends Op
        permits TimedOp.InputMatrix,
                TimedOp.InputMatrixAdjoint,
                TimedOp.CloseSteps,
                TimedOp.ScanTimed,
                TimedOp.ScanTimedAdjoint {
    /**
     * B-tilde as {@link ScanTimed} wants it, without the time step: transposed, so that {@code
     * B-tilde u} is the product of u (n, H) with it.
     *
     * @param b (P, H, 2): real and imaginary part
     * @param bMatrix (H, 2P): real parts, imaginary parts; written
     */
    record InputMatrix(Tensor b, @Out Tensor bMatrix) implements TimedOp {
        /** Checks the shapes. */
        public InputMatrix {
            String op = "inputMatrix";
            check(op, b, bMatrix);
        }
    }

    /**
     * Gradient of {@link InputMatrix}.
     *
     * @param dBMatrix (H, 2P)
     * @param dB (P, H, 2); written
     */
    record InputMatrixAdjoint(Tensor dBMatrix, @Out Tensor dB) implements TimedOp {
        /** Checks the shapes. */
        public InputMatrixAdjoint {
            String op = "inputMatrixAdjoint";
            check(op, dB, dBMatrix);
        }
    }

    /**
     * Time steps that end with the sequence: {@code out[b, k] = dt[b, k]} before {@code
     * lengths[b]}, {@code dt[b, 0]} from there on. The scan from behind in {@link ScanTimed} takes
     * the step of the next position, and that of the first at the last: so does it then at the last
     * one before the padding.
     *
     * @param dt (B, L)
     * @param lengths int32 (B), in [1, L]
     * @param out (B, L); written
     */
    record CloseSteps(Tensor dt, Tensor lengths, @Out Tensor out) implements TimedOp {
        /** Checks the shapes. */
        public CloseSteps {
            String op = "closeSteps";
            Shapes.matrix(op, "dt", dt);
            Shapes.integers(op, "lengths", lengths, dt.rows());
            Shapes.shape(op, "out", out, dt.rows(), dt.columns());
        }
    }

    /**
     * Discretization and recurrence for positions with time steps of their own: with Delta as in
     * {@link Discretizer}, {@code x_k = Lambda_bar_k x_{k-1} + s_k w_k}, where {@code Lambda_bar_k}
     * and {@code s_k} are the Lambda_bar and the factor B_bar / B of {@link Discretizer.Method} for
     * the step {@code Delta dt_k}. They are computed on the way and never stored. Forward, {@code
     * dt_k} is {@code dt[b, k]}; from behind it is {@code dt[b, k + 1]}, the time to the position
     * before in that direction, and {@code dt[b, 0]} at the last position. With dt of ones this is
     * {@link ScanOp.Discretize} and {@link ScanOp.Scan}.
     *
     * @param poles Lambda and log step, P of each
     * @param dt (B, L): the time from the position before to this one; at the first position any
     *     number, officially 1
     * @param w (B L, 2P): B-tilde u, see {@link InputMatrix}
     * @param discretizer how; its stepRescale scales every Delta
     * @param bidirectional whether d is 2
     * @param x (B L, 2P d); written
     */
    record ScanTimed(
            Poles poles,
            Tensor dt,
            Tensor w,
            Discretizer discretizer,
            boolean bidirectional,
            @Out Tensor x)
            implements TimedOp {
        /** Checks the shapes. */
        public ScanTimed {
            String op = "scanTimed";
            check(op, poles, dt, w, bidirectional, x);
        }
    }

    /**
     * As {@link ScanOp.ScanAdjoint}, and on through the discretization of every position: {@code
     * g_k = conj(Lambda_bar_{k+1}) g_{k+1} + dX_k}; dW is the sum of {@code conj(s_k) g_k} over the
     * directions. Gradients by Lambda and logStep are those of {@code Lambda_bar_k}, which gets
     * {@code conj(x_{k-1}) g_k}, and {@code s_k}, which gets {@code conj(w_k) g_k}, summed over all
     * sequences, positions and directions; that of a clipped lambdaRe is zero.
     *
     * @param poles Lambda and log step, P of each
     * @param dt (B, L): the time from the position before to this one
     * @param w (B L, 2P): B-tilde u
     * @param discretizer as in {@link ScanTimed}
     * @param bidirectional whether d is 2
     * @param x (B L, 2P d), from {@link ScanTimed}
     * @param dX (B L, 2P d)
     * @param dW (B L, 2P); written
     * @param dPoles gradients by the poles, P of each; written
     */
    record ScanTimedAdjoint(
            Poles poles,
            Tensor dt,
            Tensor w,
            Discretizer discretizer,
            boolean bidirectional,
            Tensor x,
            Tensor dX,
            @Out Tensor dW,
            @Out Poles dPoles)
            implements TimedOp {
        /** Checks the shapes. */
        public ScanTimedAdjoint {
            String op = "scanTimedAdjoint";
            int p = check(op, poles, dt, w, bidirectional, x);
            Shapes.shape(op, "dX", dX, x.shape());
            Shapes.shape(op, "dW", dW, w.shape());
            dPoles.check(op, "d", p);
        }
    }

    private static void check(String op, Tensor b, Tensor bMatrix) {
        Shapes.present(op, "b", b);
        int h = Shapes.inputMatrix(op, "b", b, b.dim(0));
        Shapes.shape(op, "bMatrix", bMatrix, h, 2 * b.dim(0));
    }

    /** Returns the number of states P. */
    private static int check(
            String op, Poles poles, Tensor dt, Tensor w, boolean bidirectional, Tensor x) {
        int p = poles.states(op);
        Shapes.matrix(op, "dt", dt);
        Shapes.shape(op, "w", w, dt.size(), 2 * p);
        Shapes.shape(op, "x", x, dt.size(), bidirectional ? 4 * p : 2 * p);
        return p;
    }
}
