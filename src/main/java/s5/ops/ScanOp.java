package s5.ops;

import java.util.List;

/**
 * The state space model with all positions one step apart: discretization, recurrence, readout. See
 * {@link Op} for what the letters mean.
 */
public sealed interface ScanOp extends Op
        permits ScanOp.Discretize,
                ScanOp.DiscretizeAdjoint,
                ScanOp.Readout,
                ScanOp.ReadoutAdjoint,
                ScanOp.Scan,
                ScanOp.ScanAdjoint {
    /**
     * Continuous to discrete.
     *
     * @param poles Lambda and log step, P of each
     * @param b (P, H, 2): real and imaginary part of B-tilde
     * @param discretizer how; its stepRescale scales every Delta
     * @param lambdaBar (2P): real parts, imaginary parts; written
     * @param bBar (H, 2P): B-bar transposed, so that {@code B u} is the product of u (n, H) with
     *     it; written
     */
    record Discretize(
            Poles poles, Tensor b, Discretizer discretizer, @Out Tensor lambdaBar, @Out Tensor bBar)
            implements ScanOp {
        /** Checks the shapes. */
        public Discretize {
            String op = "discretize";
            int p = poles.states(op);
            int h = Shapes.inputMatrix(op, "b", b, p);
            Shapes.vector(op, "lambdaBar", lambdaBar, 2 * p);
            Shapes.shape(op, "bBar", bBar, h, 2 * p);
        }
    }

    /**
     * Gradients of {@link Discretize}; that of a clipped lambdaRe is zero.
     *
     * @param poles Lambda and log step, P of each
     * @param b (P, H, 2): real and imaginary part of B-tilde
     * @param discretizer as in {@link Discretize}
     * @param dLambdaBar (2P): gradient by real parts, by imaginary parts
     * @param dBBar (H, 2P)
     * @param dPoles gradients by the poles, P of each; written
     * @param dB (P, H, 2); written
     */
    record DiscretizeAdjoint(
            Poles poles,
            Tensor b,
            Discretizer discretizer,
            Tensor dLambdaBar,
            Tensor dBBar,
            @Out Poles dPoles,
            @Out Tensor dB)
            implements ScanOp {
        /** Checks the shapes. */
        public DiscretizeAdjoint {
            String op = "discretizeAdjoint";
            int p = poles.states(op);
            int h = Shapes.inputMatrix(op, "b", b, p);
            Shapes.vector(op, "dLambdaBar", dLambdaBar, 2 * p);
            Shapes.shape(op, "dBBar", dBBar, h, 2 * p);
            dPoles.check(op, "d", p);
            Shapes.shape(op, "dB", dB, p, h, 2);
        }
    }

    /**
     * The matrix that turns states into outputs: {@code y = factor * Re(C x)} is the product of x
     * (n, 2P d) with it. Row {@code 2P j + p} is {@code factor * Re C_j[., p]}, row {@code 2P j + P
     * + p} is {@code -factor * Im C_j[., p]}.
     *
     * @param c one entry for each direction: tensors (H, P, 2), or twice the same tensor (H, 2P, 2)
     *     that holds both side by side
     * @param factor 2 under conjugate symmetry, else 1
     * @param cMatrix (2P d, H); written
     */
    record Readout(List<Tensor> c, float factor, @Out Tensor cMatrix) implements ScanOp {
        /** Checks the shapes. */
        public Readout {
            String op = "readout";
            c = Shapes.present(op, "c", c);
            states(op, c, cMatrix);
        }

        /** {@return the tensors of c, a shared one once} */
        @Override
        public List<Tensor> reads() {
            return c.stream().distinct().toList();
        }
    }

    /**
     * Gradients of {@link Readout}.
     *
     * @param dCMatrix (2P d, H)
     * @param factor 2 under conjugate symmetry, else 1
     * @param dC of the shapes of {@code c} in {@link Readout}; written
     */
    record ReadoutAdjoint(Tensor dCMatrix, float factor, @Out List<Tensor> dC) implements ScanOp {
        /** Checks the shapes. */
        public ReadoutAdjoint {
            String op = "readoutAdjoint";
            dC = Shapes.present(op, "dC", dC);
            states(op, dC, dCMatrix);
        }

        /** {@return the tensors of dC, a shared one once} */
        @Override
        public List<Tensor> writes() {
            return dC.stream().distinct().toList();
        }
    }

    /**
     * The recurrence {@code x_k = Lambda_bar x_{k-1} + bu_k} over each sequence, from x = 0 before
     * the first position; and, when {@code bidirectional}, {@code x_k = Lambda_bar x_{k+1} + bu_k}
     * from behind over the same bu.
     *
     * @param lambdaBar (2P)
     * @param bu (B L, 2P)
     * @param length L; divides the rows
     * @param bidirectional whether d is 2
     * @param x (B L, 2P d); written
     */
    record Scan(Tensor lambdaBar, Tensor bu, int length, boolean bidirectional, @Out Tensor x)
            implements ScanOp {
        /** Checks the shapes. */
        public Scan {
            String op = "scan";
            Shapes.matrix(op, "bu", bu);
            int p = bu.columns() / 2;
            checkScan(op, lambdaBar, bu.rows(), p, length);
            Shapes.shape(op, "bu", bu, bu.rows(), 2 * p);
            Shapes.shape(op, "x", x, bu.rows(), bidirectional ? 4 * p : 2 * p);
        }
    }

    /**
     * The same recurrence the other way with the conjugate: {@code g_k = conj(Lambda_bar) g_{k+1} +
     * dX_k} for the forward direction, from behind for the backward one; {@code dBu} = sum of g
     * over the directions; {@code dLambdaBar = sum over sequences, positions and directions of
     * conj(x_before) g}, where x_before is the state that Lambda_bar multiplied.
     *
     * @param lambdaBar (2P): real parts, imaginary parts
     * @param x (B L, 2P d), from {@link Scan}
     * @param dX (B L, 2P d)
     * @param length L; divides the rows
     * @param bidirectional whether d is 2
     * @param dBu (B L, 2P); written
     * @param dLambdaBar (2P): gradient by real parts, by imaginary parts; written
     */
    record ScanAdjoint(
            Tensor lambdaBar,
            Tensor x,
            Tensor dX,
            int length,
            boolean bidirectional,
            @Out Tensor dBu,
            @Out Tensor dLambdaBar)
            implements ScanOp {
        /** Checks the shapes. */
        public ScanAdjoint {
            String op = "scanAdjoint";
            Shapes.matrix(op, "dBu", dBu);
            int n = dBu.rows();
            int p = dBu.columns() / 2;
            int columns = bidirectional ? 4 * p : 2 * p;
            checkScan(op, lambdaBar, n, p, length);
            Shapes.shape(op, "dBu", dBu, n, 2 * p);
            Shapes.shape(op, "x", x, n, columns);
            Shapes.shape(op, "dX", dX, n, columns);
            Shapes.vector(op, "dLambdaBar", dLambdaBar, 2 * p);
        }
    }

    /** The number of states P that a readout matrix is for. */
    private static int states(String op, List<Tensor> c, Tensor cMatrix) {
        Shapes.matrix(op, "cMatrix", cMatrix);
        int d = c.size();
        Shapes.require(
                (d == 1 || d == 2) && cMatrix.rows() % (2 * d) == 0,
                "%s: %s does not go with %s",
                op,
                c,
                cMatrix);
        int p = cMatrix.rows() / (2 * d);
        boolean shared = d == 2 && c.get(0) == c.get(1);
        for (Tensor t : c) {
            Shapes.shape(op, "c", t, cMatrix.columns(), shared ? 2 * p : p, 2);
        }
        return p;
    }

    private static void checkScan(String op, Tensor lambdaBar, int rows, int p, int length) {
        Shapes.vector(op, "lambdaBar", lambdaBar, 2 * p);
        Shapes.require(
                length > 0 && rows % length == 0,
                "%s: %d rows are no whole number of sequences of %d",
                op,
                rows,
                length);
    }
}
