package s5.ops.reference;

import static s5.ops.reference.Matrices.matrix;

import org.ejml.data.DMatrixRMaj;

import s5.ops.TimedOp;

/** {@link TimedOp} in double precision and complex numbers. */
final class ReferenceTimed {
    private final ReferenceMemory memory;

    ReferenceTimed(ReferenceMemory memory) {
        this.memory = memory;
    }

    void run(TimedOp op) {
        switch (op) {
            case TimedOp.InputMatrix o -> inputMatrix(o);
            case TimedOp.InputMatrixAdjoint o -> inputMatrixAdjoint(o);
            case TimedOp.CloseSteps o -> closeSteps(o);
            case TimedOp.ScanTimed o -> scanTimed(o);
            case TimedOp.ScanTimedAdjoint o -> scanTimedAdjoint(o);
        }
    }

    private void inputMatrix(TimedOp.InputMatrix o) {
        int p = o.b().dim(0);
        int h = o.b().dim(1);
        memory.store(
                o.bMatrix(),
                matrix(
                        h,
                        2 * p,
                        (j, s) ->
                                s < p
                                        ? memory.complex(o.b(), s * h + j).re()
                                        : memory.complex(o.b(), (s - p) * h + j).im()));
    }

    private void inputMatrixAdjoint(TimedOp.InputMatrixAdjoint o) {
        int p = o.dB().dim(0);
        DMatrixRMaj d = memory.matrixOf(o.dBMatrix());
        memory.store(o.dB(), matrix(p, 2 * o.dB().dim(1), (s, i) -> d.get(i / 2, i % 2 * p + s)));
    }

    private void closeSteps(TimedOp.CloseSteps o) {
        int[] lengths = memory.integers(o.lengths());
        DMatrixRMaj dt = memory.matrixOf(o.dt());
        memory.store(
                o.out(),
                matrix(
                        o.dt().rows(),
                        o.dt().columns(),
                        (b, k) -> dt.get(b, k < lengths[b] ? k : 0)));
    }

    private void scanTimed(TimedOp.ScanTimed o) {
        int states = o.poles().re().size();
        int length = o.dt().columns();
        double[] steps = memory.vector(o.dt());
        States ws = new States(memory.matrixOf(o.w()), states);
        States xs = new States(memory.matrixOf(o.x()), states);
        for (int p = 0; p < states; p++) {
            Pole s = Pole.of(memory, o.poles(), o.discretizer(), p);
            for (int direction = 0; direction < (o.bidirectional() ? 2 : 1); direction++) {
                for (int start = 0; start < o.dt().size(); start += length) {
                    Complex state = Complex.ZERO;
                    for (int k = 0; k < length; k++) {
                        int i = start + (direction == 0 ? k : length - 1 - k);
                        Pole at = s.times(step(steps, length, direction, i));
                        Complex in = at.factor().times(ws.get(i, p, 0));
                        state = at.lambdaBar().times(state).plus(in);
                        xs.set(i, p, direction, state);
                    }
                }
            }
        }
        memory.store(o.x(), xs.rows());
    }

    /** Complex gradients as in {@link ReferenceScan}. */
    private void scanTimedAdjoint(TimedOp.ScanTimedAdjoint o) {
        int states = o.poles().re().size();
        int length = o.dt().columns();
        double[] steps = memory.vector(o.dt());
        States ws = new States(memory.matrixOf(o.w()), states);
        States xs = new States(memory.matrixOf(o.x()), states);
        States dxs = new States(memory.matrixOf(o.dX()), states);
        States dws = new States(new DMatrixRMaj(o.w().rows(), 2 * states), states);
        double[] byRe = new double[states];
        double[] byIm = new double[states];
        double[] byLog = new double[states];
        for (int p = 0; p < states; p++) {
            Pole s = Pole.of(memory, o.poles(), o.discretizer(), p);
            for (int direction = 0; direction < (o.bidirectional() ? 2 : 1); direction++) {
                int back = direction == 0 ? -1 : 1;
                for (int start = 0; start < o.dt().size(); start += length) {
                    Complex g = Complex.ZERO;
                    Complex barBehind = Complex.ZERO;
                    for (int k = length - 1; k >= 0; k--) {
                        int i = start + (direction == 0 ? k : length - 1 - k);
                        Pole at = s.times(step(steps, length, direction, i));
                        g = barBehind.conj().times(g).plus(dxs.get(i, p, direction));
                        barBehind = at.lambdaBar();
                        Complex before = k == 0 ? Complex.ZERO : xs.get(i + back, p, direction);
                        Complex byBar = before.conj().times(g);
                        Complex byFactor = ws.get(i, p, 0).conj().times(g);
                        dws.set(i, p, 0, dws.get(i, p, 0).plus(at.factor().conj().times(g)));
                        Complex byZ =
                                at.lambdaBarByZ()
                                        .conj()
                                        .times(byBar)
                                        .plus(
                                                at.factorByZ()
                                                        .times(at.delta())
                                                        .conj()
                                                        .times(byFactor));
                        byRe[p] += s.clipped() ? 0 : at.delta() * byZ.re();
                        byIm[p] += at.delta() * byZ.im();
                        byLog[p] +=
                                at.z().conj().times(byZ).re()
                                        + at.factor().conj().times(byFactor).re();
                    }
                }
            }
        }
        memory.store(o.dW(), dws.rows());
        memory.store(o.dPoles().re(), byRe);
        memory.store(o.dPoles().im(), byIm);
        memory.store(o.dPoles().logStep(), byLog);
    }

    /** The time step that belongs to row i; see {@link TimedOp.ScanTimed}. */
    private static double step(double[] dt, int length, int direction, int i) {
        if (direction == 0) {
            return dt[i];
        }
        boolean last = i % length == length - 1;
        return last ? dt[i - i % length] : dt[i + 1];
    }
}
