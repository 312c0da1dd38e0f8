package s5.ops;

import static s5.ops.Matrices.matrix;

import org.ejml.data.DMatrixRMaj;

import s5.ops.Matrices.Formula;

import java.util.List;
import java.util.Map;

/** The reference's state space operations, in complex numbers. */
abstract class ReferenceStateSpace extends ReferenceHead {
    ReferenceStateSpace(
            ReferenceBackend backend, Map<Tensor, double[]> scratch, List<Runnable> calls) {
        super(backend, scratch, calls);
    }

    // ---- discretization
    // --------------------------------------------------------------------------

    /**
     * One state in continuous time.
     *
     * @param lambda after clipping
     * @param clipped whether clipping changed it
     */
    record State(Complex lambda, boolean clipped, double delta, Discretization method) {
        /** The same state with another step. */
        State times(double dt) {
            return new State(lambda, clipped, delta * dt, method);
        }

        Complex z() {
            return lambda.times(delta);
        }

        /** {@code 1 / (1 - z / 2)}. */
        Complex inverse() {
            return Complex.ONE.over(Complex.ONE.minus(z().times(0.5)));
        }

        Complex lambdaBar() {
            return method == Discretization.ZOH
                    ? z().exp()
                    : Complex.ONE.plus(z().times(0.5)).times(inverse());
        }

        /** B-bar / B; {@code (exp(z) - 1) / lambda = delta phi(z)}. */
        Complex factor() {
            return (method == Discretization.ZOH ? z().phi() : inverse()).times(delta);
        }

        /** d lambdaBar / d z. */
        Complex lambdaBarByZ() {
            return method == Discretization.ZOH ? z().exp() : inverse().times(inverse());
        }

        /** d (factor / delta) / d z. */
        Complex factorByZ() {
            return method == Discretization.ZOH
                    ? z().phiDerivative()
                    : inverse().times(inverse()).times(0.5);
        }
    }

    State state(
            Tensor lambdaRe,
            Tensor lambdaIm,
            Tensor logStep,
            Discretization method,
            boolean clip,
            float stepRescale,
            int p) {
        double re = vector(lambdaRe)[p];
        boolean clipped = clip && re > CLIP_EIGENVALUES;
        Complex lambda = new Complex(clipped ? CLIP_EIGENVALUES : re, vector(lambdaIm)[p]);
        return new State(lambda, clipped, stepRescale * Math.exp(vector(logStep)[p]), method);
    }

    @Override
    public void discretize(
            Tensor lambdaRe,
            Tensor lambdaIm,
            Tensor logStep,
            Tensor b,
            Discretization method,
            boolean clip,
            float stepRescale,
            Tensor lambdaBar,
            Tensor bBar) {
        calls.add(() -> {
            int states = lambdaRe.size();
            int h = b.dim(1);
            double[] bars = new double[2 * states];
            DMatrixRMaj bs = new DMatrixRMaj(h, 2 * states);
            for (int p = 0; p < states; p++) {
                State s = state(lambdaRe, lambdaIm, logStep, method, clip, stepRescale, p);
                bars[p] = s.lambdaBar().re();
                bars[states + p] = s.lambdaBar().im();
                for (int j = 0; j < h; j++) {
                    Complex value = s.factor().times(complex(b, p * h + j));
                    bs.set(j, p, value.re());
                    bs.set(j, states + p, value.im());
                }
            }
            store(lambdaBar, bars);
            store(bBar, bs);
        });
    }

    /**
     * A gradient by a complex number w is G = dLoss/dRe w + i dLoss/dIm w. When w = f(z) is
     * analytic, the gradient by z is conj(f'(z)) G; by a real number r with dw/dr = d it is
     * Re(conj(d) G).
     */
    @Override
    public void discretizeAdjoint(
            Tensor lambdaRe,
            Tensor lambdaIm,
            Tensor logStep,
            Tensor b,
            Discretization method,
            boolean clip,
            float stepRescale,
            Tensor dLambdaBar,
            Tensor dBBar,
            Tensor dLambdaRe,
            Tensor dLambdaIm,
            Tensor dLogStep,
            Tensor dB) {
        calls.add(() -> {
            int states = lambdaRe.size();
            int h = b.dim(1);
            double[] dBars = vector(dLambdaBar);
            DMatrixRMaj dBs = matrixOf(dBBar);
            double[] dRe = new double[states];
            double[] dIm = new double[states];
            double[] dLog = new double[states];
            double[] dOfB = new double[2 * states * h];
            for (int p = 0; p < states; p++) {
                State s = state(lambdaRe, lambdaIm, logStep, method, clip, stepRescale, p);
                Complex dBar = new Complex(dBars[p], dBars[states + p]);
                Complex dFactor = Complex.ZERO;
                for (int j = 0; j < h; j++) {
                    Complex d = new Complex(dBs.get(j, p), dBs.get(j, states + p));
                    dFactor = dFactor.plus(complex(b, p * h + j).conj().times(d));
                    Complex gradient = s.factor().conj().times(d);
                    dOfB[2 * (p * h + j)] = gradient.re();
                    dOfB[2 * (p * h + j) + 1] = gradient.im();
                }
                // factor = delta * f(z): by z through f, by log delta also directly.
                Complex dZ =
                        s.lambdaBarByZ()
                                .conj()
                                .times(dBar)
                                .plus(s.factorByZ().times(s.delta()).conj().times(dFactor));
                Complex dLambda = dZ.times(s.delta());
                dRe[p] = s.clipped() ? 0 : dLambda.re();
                dIm[p] = dLambda.im();
                dLog[p] = s.z().conj().times(dZ).plus(s.factor().conj().times(dFactor)).re();
            }
            store(dLambdaRe, dRe);
            store(dLambdaIm, dIm);
            store(dLogStep, dLog);
            store(dB, dOfB);
        });
    }

    // ---- readout
    // ---------------------------------------------------------------------------------

    /**
     * Where an element of the matrix comes from.
     *
     * @param tensor of the list
     * @param index of its complex number
     */
    private record Source(Tensor tensor, int index, boolean imaginary) {}

    /**
     * The list has one entry for each direction. An entry of shape (H, P, 2) is that direction's
     * own; one of shape (H, 2P, 2) stands in the list twice and holds both directions side by side.
     */
    private static Source source(List<Tensor> c, int states, int row, int feature) {
        int direction = row / (2 * states);
        int p = row % states;
        boolean imaginary = row % (2 * states) >= states;
        Tensor t = c.get(direction);
        int column = t.dim(1) == states ? p : direction * states + p;
        return new Source(t, feature * t.dim(1) + column, imaginary);
    }

    private static int states(List<Tensor> c, Tensor cMatrix) {
        int states = cMatrix.rows() / (2 * c.size());
        boolean shared = c.size() == 2 && c.get(0) == c.get(1);
        for (Tensor t : c) {
            int own = shared ? 2 * states : states;
            check(t.dim(1) == own && t.dim(0) == cMatrix.columns(), t + " does not fit " + cMatrix);
        }
        return states;
    }

    @Override
    public void readout(List<Tensor> c, float factor, Tensor cMatrix) {
        int states = states(c, cMatrix);
        calls.add(() -> {
            Formula element =
                    (i, j) -> {
                        Source s = source(c, states, i, j);
                        Complex value = complex(s.tensor(), s.index()).times(factor);
                        return s.imaginary() ? -value.im() : value.re();
                    };
            store(cMatrix, matrix(cMatrix.rows(), cMatrix.columns(), element));
        });
    }

    @Override
    public void readoutAdjoint(Tensor dCMatrix, float factor, List<Tensor> dC) {
        int states = states(dC, dCMatrix);
        calls.add(() -> {
            DMatrixRMaj d = matrixOf(dCMatrix);
            for (Tensor t : dC) {
                double[] gradient = new double[t.size()];
                for (int i = 0; i < d.getNumRows(); i++) {
                    for (int j = 0; j < d.getNumCols(); j++) {
                        Source s = source(dC, states, i, j);
                        if (s.tensor() == t) {
                            gradient[2 * s.index() + (s.imaginary() ? 1 : 0)] =
                                    (s.imaginary() ? -factor : factor) * d.get(i, j);
                        }
                    }
                }
                store(t, gradient);
            }
        });
    }

    // ---- scan
    // ------------------------------------------------------------------------------------

    @Override
    public void scan(Tensor lambdaBar, Tensor bu, int length, boolean bidirectional, Tensor x) {
        check(bu.rows() % length == 0, bu + " has no whole sequences of " + length);
        calls.add(() -> {
            int states = lambdaBar.size() / 2;
            States us = new States(matrixOf(bu), states);
            States xs = new States(matrixOf(x), states);
            for (int start = 0; start < bu.rows(); start += length) {
                for (int p = 0; p < states; p++) {
                    Complex bar = bar(lambdaBar, p);
                    Complex state = Complex.ZERO;
                    for (int i = start; i < start + length; i++) {
                        state = bar.times(state).plus(us.get(i, p, 0));
                        xs.set(i, p, 0, state);
                    }
                    state = Complex.ZERO;
                    for (int i = start + length - 1; bidirectional && i >= start; i--) {
                        state = bar.times(state).plus(us.get(i, p, 0));
                        xs.set(i, p, 1, state);
                    }
                }
            }
            store(x, xs.rows());
        });
    }

    @Override
    public void scanAdjoint(
            Tensor lambdaBar,
            Tensor x,
            Tensor dX,
            int length,
            boolean bidirectional,
            Tensor dBu,
            Tensor dLambdaBar) {
        calls.add(() -> {
            int states = lambdaBar.size() / 2;
            States xs = new States(matrixOf(x), states);
            States dxs = new States(matrixOf(dX), states);
            States dus = new States(new DMatrixRMaj(x.rows(), 2 * states), states);
            double[] dBars = new double[2 * states];
            for (int start = 0; start < x.rows(); start += length) {
                int end = start + length - 1;
                for (int p = 0; p < states; p++) {
                    Complex conj = bar(lambdaBar, p).conj();
                    Complex dBar = Complex.ZERO;
                    Complex g = Complex.ZERO;
                    for (int i = end; i >= start; i--) {
                        g = conj.times(g).plus(dxs.get(i, p, 0));
                        dus.set(i, p, 0, g);
                        Complex before = i > start ? xs.get(i - 1, p, 0) : Complex.ZERO;
                        dBar = dBar.plus(before.conj().times(g));
                    }
                    g = Complex.ZERO;
                    for (int i = start; bidirectional && i <= end; i++) {
                        g = conj.times(g).plus(dxs.get(i, p, 1));
                        dus.set(i, p, 0, dus.get(i, p, 0).plus(g));
                        Complex before = i < end ? xs.get(i + 1, p, 1) : Complex.ZERO;
                        dBar = dBar.plus(before.conj().times(g));
                    }
                    dBars[p] += dBar.re();
                    dBars[states + p] += dBar.im();
                }
            }
            store(dBu, dus.rows());
            store(dLambdaBar, dBars);
        });
    }

    private Complex bar(Tensor lambdaBar, int p) {
        double[] values = vector(lambdaBar);
        return new Complex(values[p], values[values.length / 2 + p]);
    }

    /** Rows of complex states, by row, state and direction. */
    record States(DMatrixRMaj rows, int count) {
        Complex get(int i, int p, int direction) {
            int column = 2 * count * direction + p;
            return new Complex(rows.get(i, column), rows.get(i, column + count));
        }

        void set(int i, int p, int direction, Complex value) {
            int column = 2 * count * direction + p;
            rows.set(i, column, value.re());
            rows.set(i, column + count, value.im());
        }
    }
}
