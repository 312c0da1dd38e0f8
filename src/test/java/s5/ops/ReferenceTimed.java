package s5.ops;

import static s5.ops.Matrices.matrix;

import org.ejml.data.DMatrixRMaj;

import java.util.List;
import java.util.Map;

/** The reference's scan with a time step of its own at every position. */
abstract class ReferenceTimed extends ReferenceStateSpace {
    ReferenceTimed(ReferenceBackend backend, Map<Tensor, double[]> scratch, List<Runnable> calls) {
        super(backend, scratch, calls);
    }

    @Override
    public void inputMatrix(Tensor b, Tensor bMatrix) {
        calls.add(() -> {
            int p = b.dim(0);
            int h = b.dim(1);
            store(
                    bMatrix,
                    matrix(
                            h,
                            2 * p,
                            (j, s) ->
                                    s < p
                                            ? complex(b, s * h + j).re()
                                            : complex(b, (s - p) * h + j).im()));
        });
    }

    @Override
    public void inputMatrixAdjoint(Tensor dBMatrix, Tensor dB) {
        calls.add(() -> {
            int p = dB.dim(0);
            DMatrixRMaj d = matrixOf(dBMatrix);
            store(dB, matrix(p, 2 * dB.dim(1), (s, i) -> d.get(i / 2, i % 2 * p + s)));
        });
    }

    /** The time step that belongs to row i; see {@link Ops#scanTimed}. */
    private static double step(double[] dt, int length, int direction, int i) {
        if (direction == 0) {
            return dt[i];
        }
        boolean last = i % length == length - 1;
        return last ? dt[i - i % length] : dt[i + 1];
    }

    @Override
    public void scanTimed(
            Tensor lambdaRe,
            Tensor lambdaIm,
            Tensor logStep,
            Tensor dt,
            Tensor w,
            Discretization method,
            boolean clip,
            float stepRescale,
            boolean bidirectional,
            Tensor x) {
        calls.add(() -> {
            int states = lambdaRe.size();
            int length = dt.columns();
            double[] steps = vector(dt);
            States ws = new States(matrixOf(w), states);
            States xs = new States(matrixOf(x), states);
            for (int p = 0; p < states; p++) {
                State s = state(lambdaRe, lambdaIm, logStep, method, clip, stepRescale, p);
                for (int direction = 0; direction < (bidirectional ? 2 : 1); direction++) {
                    for (int start = 0; start < dt.size(); start += length) {
                        Complex state = Complex.ZERO;
                        for (int k = 0; k < length; k++) {
                            int i = start + (direction == 0 ? k : length - 1 - k);
                            State at = s.times(step(steps, length, direction, i));
                            Complex in = at.factor().times(ws.get(i, p, 0));
                            state = at.lambdaBar().times(state).plus(in);
                            xs.set(i, p, direction, state);
                        }
                    }
                }
            }
            store(x, xs.rows());
        });
    }

    /** Gradients by the parameters of one state; see discretizeAdjoint. */
    @Override
    public void scanTimedAdjoint(
            Tensor lambdaRe,
            Tensor lambdaIm,
            Tensor logStep,
            Tensor dt,
            Tensor w,
            Discretization method,
            boolean clip,
            float stepRescale,
            boolean bidirectional,
            Tensor x,
            Tensor dX,
            Tensor dW,
            Tensor dLambdaRe,
            Tensor dLambdaIm,
            Tensor dLogStep) {
        calls.add(() -> {
            int states = lambdaRe.size();
            int length = dt.columns();
            double[] steps = vector(dt);
            States ws = new States(matrixOf(w), states);
            States xs = new States(matrixOf(x), states);
            States dxs = new States(matrixOf(dX), states);
            States dws = new States(new DMatrixRMaj(w.rows(), 2 * states), states);
            double[] byRe = new double[states];
            double[] byIm = new double[states];
            double[] byLog = new double[states];
            for (int p = 0; p < states; p++) {
                State s = state(lambdaRe, lambdaIm, logStep, method, clip, stepRescale, p);
                for (int direction = 0; direction < (bidirectional ? 2 : 1); direction++) {
                    int back = direction == 0 ? -1 : 1;
                    for (int start = 0; start < dt.size(); start += length) {
                        Complex g = Complex.ZERO;
                        Complex barBehind = Complex.ZERO;
                        for (int k = length - 1; k >= 0; k--) {
                            int i = start + (direction == 0 ? k : length - 1 - k);
                            State at = s.times(step(steps, length, direction, i));
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
            store(dW, dws.rows());
            store(dLambdaRe, byRe);
            store(dLambdaIm, byIm);
            store(dLogStep, byLog);
        });
    }
}
