package s5.ops.reference;

import static s5.ops.reference.Matrices.matrix;

import org.ejml.data.DMatrixRMaj;

import s5.ops.ScanOp;
import s5.ops.Tensor;
import s5.ops.reference.Matrices.Formula;

import java.util.List;

/** {@link ScanOp} in double precision and complex numbers. */
final class ReferenceScan {
    private final ReferenceMemory memory;

    ReferenceScan(ReferenceMemory memory) {
        this.memory = memory;
    }

    void run(ScanOp op) {
        switch (op) {
            case ScanOp.Discretize o -> discretize(o);
            case ScanOp.DiscretizeAdjoint o -> discretizeAdjoint(o);
            case ScanOp.Readout o -> readout(o);
            case ScanOp.ReadoutAdjoint o -> readoutAdjoint(o);
            case ScanOp.Scan o -> scan(o);
            case ScanOp.ScanAdjoint o -> scanAdjoint(o);
        }
    }

    private void discretize(ScanOp.Discretize o) {
        int states = o.poles().re().size();
        int h = o.b().dim(1);
        double[] bars = new double[2 * states];
        DMatrixRMaj bs = new DMatrixRMaj(h, 2 * states);
        for (int p = 0; p < states; p++) {
            Pole s = Pole.of(memory, o.poles(), o.discretizer(), p);
            bars[p] = s.lambdaBar().re();
            bars[states + p] = s.lambdaBar().im();
            for (int j = 0; j < h; j++) {
                Complex value = s.factor().times(memory.complex(o.b(), p * h + j));
                bs.set(j, p, value.re());
                bs.set(j, states + p, value.im());
            }
        }
        memory.store(o.lambdaBar(), bars);
        memory.store(o.bBar(), bs);
    }

    /**
     * A gradient by a complex number w is G = dLoss/dRe w + i dLoss/dIm w. When w = f(z) is
     * analytic, the gradient by z is conj(f'(z)) G; by a real number r with dw/dr = d it is
     * Re(conj(d) G).
     */
    private void discretizeAdjoint(ScanOp.DiscretizeAdjoint o) {
        int states = o.poles().re().size();
        int h = o.b().dim(1);
        double[] dBars = memory.vector(o.dLambdaBar());
        DMatrixRMaj dBs = memory.matrixOf(o.dBBar());
        double[] dRe = new double[states];
        double[] dIm = new double[states];
        double[] dLog = new double[states];
        double[] dOfB = new double[2 * states * h];
        for (int p = 0; p < states; p++) {
            Pole s = Pole.of(memory, o.poles(), o.discretizer(), p);
            Complex dBar = new Complex(dBars[p], dBars[states + p]);
            Complex dFactor = Complex.ZERO;
            for (int j = 0; j < h; j++) {
                Complex d = new Complex(dBs.get(j, p), dBs.get(j, states + p));
                dFactor = dFactor.plus(memory.complex(o.b(), p * h + j).conj().times(d));
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
        memory.store(o.dPoles().re(), dRe);
        memory.store(o.dPoles().im(), dIm);
        memory.store(o.dPoles().logStep(), dLog);
        memory.store(o.dB(), dOfB);
    }

    private void readout(ScanOp.Readout o) {
        int states = o.cMatrix().rows() / (2 * o.c().size());

        Formula element =
                (i, j) -> {
                    Source s = source(o.c(), states, i, j);
                    Complex value = memory.complex(s.tensor(), s.index()).times(o.factor());
                    return s.imaginary() ? -value.im() : value.re();
                };
        memory.store(o.cMatrix(), matrix(o.cMatrix().rows(), o.cMatrix().columns(), element));
    }

    private void readoutAdjoint(ScanOp.ReadoutAdjoint o) {
        int states = o.dCMatrix().rows() / (2 * o.dC().size());

        DMatrixRMaj d = memory.matrixOf(o.dCMatrix());
        for (Tensor t : o.dC()) {
            double[] gradient = new double[t.size()];
            for (int i = 0; i < d.getNumRows(); i++) {
                for (int j = 0; j < d.getNumCols(); j++) {
                    Source s = source(o.dC(), states, i, j);
                    if (s.tensor() == t) {
                        gradient[2 * s.index() + (s.imaginary() ? 1 : 0)] =
                                (s.imaginary() ? -o.factor() : o.factor()) * d.get(i, j);
                    }
                }
            }
            memory.store(t, gradient);
        }
    }

    private void scan(ScanOp.Scan o) {
        int states = o.lambdaBar().size() / 2;
        States us = new States(memory.matrixOf(o.bu()), states);
        States xs = new States(memory.matrixOf(o.x()), states);
        for (int start = 0; start < o.bu().rows(); start += o.length()) {
            for (int p = 0; p < states; p++) {
                Complex bar = bar(o.lambdaBar(), p);
                Complex state = Complex.ZERO;
                for (int i = start; i < start + o.length(); i++) {
                    state = bar.times(state).plus(us.get(i, p, 0));
                    xs.set(i, p, 0, state);
                }
                state = Complex.ZERO;
                for (int i = start + o.length() - 1; o.bidirectional() && i >= start; i--) {
                    state = bar.times(state).plus(us.get(i, p, 0));
                    xs.set(i, p, 1, state);
                }
            }
        }
        memory.store(o.x(), xs.rows());
    }

    private void scanAdjoint(ScanOp.ScanAdjoint o) {
        int states = o.lambdaBar().size() / 2;
        States xs = new States(memory.matrixOf(o.x()), states);
        States dxs = new States(memory.matrixOf(o.dX()), states);
        States dus = new States(new DMatrixRMaj(o.x().rows(), 2 * states), states);
        double[] dBars = new double[2 * states];
        for (int start = 0; start < o.x().rows(); start += o.length()) {
            int end = start + o.length() - 1;
            for (int p = 0; p < states; p++) {
                Complex conj = bar(o.lambdaBar(), p).conj();
                Complex dBar = Complex.ZERO;
                Complex g = Complex.ZERO;
                for (int i = end; i >= start; i--) {
                    g = conj.times(g).plus(dxs.get(i, p, 0));
                    dus.set(i, p, 0, g);
                    Complex before = i > start ? xs.get(i - 1, p, 0) : Complex.ZERO;
                    dBar = dBar.plus(before.conj().times(g));
                }
                g = Complex.ZERO;
                for (int i = start; o.bidirectional() && i <= end; i++) {
                    g = conj.times(g).plus(dxs.get(i, p, 1));
                    dus.set(i, p, 0, dus.get(i, p, 0).plus(g));
                    Complex before = i < end ? xs.get(i + 1, p, 1) : Complex.ZERO;
                    dBar = dBar.plus(before.conj().times(g));
                }
                dBars[p] += dBar.re();
                dBars[states + p] += dBar.im();
            }
        }
        memory.store(o.dBu(), dus.rows());
        memory.store(o.dLambdaBar(), dBars);
    }

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

    private Complex bar(Tensor lambdaBar, int p) {
        double[] values = memory.vector(lambdaBar);
        return new Complex(values[p], values[values.length / 2 + p]);
    }
}
