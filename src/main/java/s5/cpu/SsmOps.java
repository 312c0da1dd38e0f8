package s5.cpu;

import s5.ops.Ops.Discretization;
import s5.ops.Tensor;

import java.util.Arrays;
import java.util.List;

/** Discretization, readout matrix and scan; see {@link s5.ops.Ops}. */
final class SsmOps {
    /** States a task takes: whole cache lines, and enough sequential memory. */
    private static final int STATES = 32;

    private static final int READOUT_ROWS = 64;

    /** Tasks that are enough to keep any machine busy; states are not split beyond. */
    private static final int ENOUGH_TASKS = 64;

    private final Recorder r;
    private final Scans k;

    SsmOps(Recorder recorder) {
        r = recorder;
        k = recorder.kernels.scans();
    }

    void discretize(
            Tensor lambdaRe,
            Tensor lambdaIm,
            Tensor logStep,
            Tensor b,
            Discretization method,
            boolean clip,
            float stepRescale,
            Tensor lambdaBar,
            Tensor bBar) {
        int p = lambdaRe.size();
        int h = checkDiscretize("discretize", p, lambdaRe, lambdaIm, logStep, b);
        Check.vector("discretize", "lambdaBar", lambdaBar, 2 * p);
        Check.shape("discretize", "bBar", bBar, h, 2 * p);
        Buffer re = r.buffer(lambdaRe);
        Buffer im = r.buffer(lambdaIm);
        Buffer log = r.buffer(logStep);
        Buffer in = r.buffer(b);
        Buffer bar = r.buffer(lambdaBar);
        Buffer out = r.buffer(bBar);
        Blocks blocks = Blocks.of(p, 2 * h);
        r.add(
                "discretize",
                List.of(lambdaRe, lambdaIm, logStep, b),
                List.of(lambdaBar, bBar),
                () ->
                        r.each(
                                blocks,
                                (from, to, _, _) -> {
                                    Discrete z = new Discrete(method, clip, stepRescale);
                                    for (int s = from; s < to; s++) {
                                        z.set(re.floats[s], im.floats[s], log.floats[s]);
                                        bar.floats[s] = (float) z.barRe;
                                        bar.floats[p + s] = (float) z.barIm;
                                        z.scaleRow(in.floats, s * h * 2, h, out.floats, s, p);
                                    }
                                }));
    }

    private static int checkDiscretize(
            String op, int p, Tensor lambdaRe, Tensor lambdaIm, Tensor logStep, Tensor b) {
        Check.vector(op, "lambdaRe", lambdaRe, p);
        Check.vector(op, "lambdaIm", lambdaIm, p);
        Check.vector(op, "logStep", logStep, p);
        Check.require(b.rank() == 3, "%s: b is %s, must be of shape (P, H, 2)", op, b);
        Check.shape(op, "b", b, p, b.dim(1), 2);
        return b.dim(1);
    }

    void discretizeAdjoint(
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
        String op = "discretizeAdjoint";
        int p = lambdaRe.size();
        int h = checkDiscretize(op, p, lambdaRe, lambdaIm, logStep, b);
        Check.vector(op, "dLambdaBar", dLambdaBar, 2 * p);
        Check.shape(op, "dBBar", dBBar, h, 2 * p);
        Check.vector(op, "dLambdaRe", dLambdaRe, p);
        Check.vector(op, "dLambdaIm", dLambdaIm, p);
        Check.vector(op, "dLogStep", dLogStep, p);
        Check.shape(op, "dB", dB, p, h, 2);
        Buffer re = r.buffer(lambdaRe);
        Buffer im = r.buffer(lambdaIm);
        Buffer log = r.buffer(logStep);
        Buffer in = r.buffer(b);
        Buffer byBar = r.buffer(dLambdaBar);
        Buffer byBBar = r.buffer(dBBar);
        Buffer byRe = r.buffer(dLambdaRe);
        Buffer byIm = r.buffer(dLambdaIm);
        Buffer byLog = r.buffer(dLogStep);
        Buffer byB = r.buffer(dB);
        Blocks blocks = Blocks.of(p, 2 * h);
        r.add(
                op,
                List.of(lambdaRe, lambdaIm, logStep, b, dLambdaBar, dBBar),
                List.of(dLambdaRe, dLambdaIm, dLogStep, dB),
                () ->
                        r.each(
                                blocks,
                                (from, to, _, _) -> {
                                    Discrete z = new Discrete(method, clip, stepRescale);
                                    for (int s = from; s < to; s++) {
                                        z.set(re.floats[s], im.floats[s], log.floats[s]);
                                        z.adjoint(
                                                in.floats,
                                                byBBar.floats,
                                                byBar.floats[s],
                                                byBar.floats[p + s],
                                                s,
                                                p,
                                                h,
                                                byB.floats);
                                        byRe.floats[s] = (float) z.byRe;
                                        byIm.floats[s] = (float) z.byIm;
                                        byLog.floats[s] = (float) z.byLogStep;
                                    }
                                }));
    }

    void readout(List<Tensor> c, float factor, Tensor cMatrix) {
        int p = checkReadout("readout", c, cMatrix);
        int h = cMatrix.columns();
        List<Buffer> in = c.stream().map(r::buffer).toList();
        Buffer out = r.buffer(cMatrix);
        r.add(
                "readout",
                c.stream().distinct().toList(),
                List.of(cMatrix),
                () ->
                        r.each(
                                new Blocks(cMatrix.rows(), READOUT_ROWS),
                                (from, to, _, _) -> {
                                    for (int row = from; row < to; row++) {
                                        float sign = row / p % 2 == 0 ? factor : -factor;
                                        float[] x = in.get(row / (2 * p)).floats;
                                        int at = firstIndex(c, p, row);
                                        int stride = 2 * c.get(row / (2 * p)).dim(1);
                                        for (int i = 0; i < h; i++) {
                                            out.floats[row * h + i] = sign * x[at + i * stride];
                                        }
                                    }
                                }));
    }

    void readoutAdjoint(Tensor dCMatrix, float factor, List<Tensor> dC) {
        int p = checkReadout("readoutAdjoint", dC, dCMatrix);
        int h = dCMatrix.columns();
        List<Buffer> out = dC.stream().map(r::buffer).toList();
        Buffer in = r.buffer(dCMatrix);
        r.add(
                "readoutAdjoint",
                List.of(dCMatrix),
                dC.stream().distinct().toList(),
                () ->
                        r.each(
                                new Blocks(dCMatrix.rows(), READOUT_ROWS),
                                (from, to, _, _) -> {
                                    for (int row = from; row < to; row++) {
                                        float sign = row / p % 2 == 0 ? factor : -factor;
                                        float[] x = out.get(row / (2 * p)).floats;
                                        int at = firstIndex(dC, p, row);
                                        int stride = 2 * dC.get(row / (2 * p)).dim(1);
                                        for (int i = 0; i < h; i++) {
                                            x[at + i * stride] = sign * in.floats[row * h + i];
                                        }
                                    }
                                }));
    }

    /** Where in its tensor a row of the readout matrix begins. */
    private static int firstIndex(List<Tensor> c, int p, int row) {
        int direction = row / (2 * p);
        int column = c.get(direction).dim(1) == p ? 0 : direction * p;
        return 2 * (column + row % p) + row / p % 2;
    }

    /** Returns the number of states. */
    private static int checkReadout(String op, List<Tensor> c, Tensor cMatrix) {
        Check.matrix(op, "cMatrix", cMatrix);
        int d = c.size();
        Check.require(
                (d == 1 || d == 2) && cMatrix.rows() % (2 * d) == 0,
                "%s: %s does not go with %s",
                op,
                c,
                cMatrix);
        int p = cMatrix.rows() / (2 * d);
        boolean shared = d == 2 && c.get(0) == c.get(1);
        for (Tensor t : c) {
            Check.shape(op, "c", t, cMatrix.columns(), shared ? 2 * p : p, 2);
        }
        return p;
    }

    void scan(Tensor lambdaBar, Tensor bu, int length, boolean bidirectional, Tensor x) {
        Check.matrix("scan", "bu", bu);
        int p = bu.columns() / 2;
        int d = bidirectional ? 2 : 1;
        checkScan("scan", lambdaBar, bu.rows(), p, length);
        Check.shape("scan", "bu", bu, bu.rows(), 2 * p);
        Check.shape("scan", "x", x, bu.rows(), 2 * p * d);
        int sequences = bu.rows() / length;
        Blocks states = states(p, sequences * d);
        Buffer lambda = r.buffer(lambdaBar);
        Buffer in = r.buffer(bu);
        Buffer out = r.buffer(x);
        r.add(
                "scan",
                List.of(lambdaBar, bu),
                List.of(x),
                () ->
                        r.workers.run(
                                sequences * d * states.count(),
                                (task, _) -> {
                                    int part = task % states.count();
                                    int direction = task / states.count() % d;
                                    int sequence = task / states.count() / d;
                                    int first = sequence * length;
                                    k.scan(
                                            lambda.floats,
                                            in.floats,
                                            out.floats,
                                            p,
                                            2 * p * d,
                                            2 * p * direction,
                                            direction == 0 ? first : first + length - 1,
                                            length,
                                            direction == 0 ? 1 : -1,
                                            states.from(part),
                                            states.to(part));
                                }));
    }

    /** How states are split: only when there are few sequences, which changes no result. */
    private static Blocks states(int p, int sequences) {
        return new Blocks(p, sequences >= ENOUGH_TASKS ? p : STATES);
    }

    private static void checkScan(String op, Tensor lambdaBar, int rows, int p, int length) {
        Check.vector(op, "lambdaBar", lambdaBar, 2 * p);
        Check.require(
                length > 0 && rows % length == 0,
                "%s: %d rows are no whole number of sequences of %d",
                op,
                rows,
                length);
    }

    void scanAdjoint(
            Tensor lambdaBar,
            Tensor x,
            Tensor dX,
            int length,
            boolean bidirectional,
            Tensor dBu,
            Tensor dLambdaBar) {
        Check.matrix("scanAdjoint", "dBu", dBu);
        int n = dBu.rows();
        int p = dBu.columns() / 2;
        int d = bidirectional ? 2 : 1;
        checkScan("scanAdjoint", lambdaBar, n, p, length);
        Check.shape("scanAdjoint", "dBu", dBu, n, 2 * p);
        Check.shape("scanAdjoint", "x", x, n, 2 * p * d);
        Check.shape("scanAdjoint", "dX", dX, n, 2 * p * d);
        Check.vector("scanAdjoint", "dLambdaBar", dLambdaBar, 2 * p);
        int sequences = n / length;
        Blocks states = states(p, sequences);
        Buffer lambda = r.buffer(lambdaBar);
        Buffer at = r.buffer(x);
        Buffer byX = r.buffer(dX);
        Buffer byBu = r.buffer(dBu);
        Buffer byLambda = r.buffer(dLambdaBar);
        r.workspace.needOwnFloats(4 * p);
        r.workspace.needDoubles(Math.multiplyExact(sequences, 2 * p));
        r.add(
                "scanAdjoint",
                List.of(lambdaBar, x, dX),
                List.of(dBu, dLambdaBar),
                () -> {
                    double[] sum = r.workspace.doubles();
                    Arrays.fill(sum, 0, sequences * 2 * p, 0);
                    r.workers.run(
                            sequences * states.count(),
                            (task, worker) -> {
                                int part = task % states.count();
                                int sequence = task / states.count();
                                int first = sequence * length;
                                for (int direction = 0; direction < d; direction++) {
                                    k.scanAdjoint(
                                            lambda.floats,
                                            at.floats,
                                            byX.floats,
                                            byBu.floats,
                                            p,
                                            2 * p * d,
                                            2 * p * direction,
                                            direction == 0 ? first + length - 1 : first,
                                            length,
                                            direction == 0 ? -1 : 1,
                                            direction > 0,
                                            r.workspace.floats(worker),
                                            sum,
                                            sequence * 2 * p,
                                            states.from(part),
                                            states.to(part));
                                }
                            });
                    for (int j = 0; j < 2 * p; j++) {
                        double all = 0;
                        for (int s = 0; s < sequences; s++) {
                            all += sum[s * 2 * p + j];
                        }
                        byLambda.floats[j] = (float) all;
                    }
                });
    }
}
