package s5.cpu;

import s5.ops.Counters;
import s5.ops.Ops;
import s5.ops.Ops.Curve;
import s5.ops.Tensor;

import java.util.Arrays;
import java.util.List;

/** The pieces of the regression model's two ends; see {@link s5.ops.Ops}. */
final class RegressionOps {
    private static final double LOG_2_PI = Math.log(2 * Math.PI);

    private final Recorder r;

    RegressionOps(Recorder recorder) {
        r = recorder;
    }

    void append(Tensor x, Tensor column, Tensor out) {
        Check.matrix("append", "x", x);
        int n = x.rows();
        int k = x.columns();
        Check.vector("append", "column", column, n);
        Check.shape("append", "out", out, n, k + 1);
        Buffer in = r.buffer(x);
        Buffer last = r.buffer(column);
        Buffer result = r.buffer(out);
        r.add(
                "append",
                List.of(x, column),
                List.of(out),
                () ->
                        r.each(
                                Blocks.of(n, k + 1),
                                (from, to, _, _) -> {
                                    for (int i = from; i < to; i++) {
                                        int at = i * (k + 1);
                                        System.arraycopy(in.floats, i * k, result.floats, at, k);
                                        result.floats[at + k] = last.floats[i];
                                    }
                                }));
    }

    void appendAdjoint(Tensor dOut, Tensor dX) {
        Check.matrix("appendAdjoint", "dX", dX);
        int n = dX.rows();
        int k = dX.columns();
        Check.shape("appendAdjoint", "dOut", dOut, n, k + 1);
        Buffer in = r.buffer(dOut);
        Buffer result = r.buffer(dX);
        r.add(
                "appendAdjoint",
                List.of(dOut),
                List.of(dX),
                () ->
                        r.each(
                                Blocks.of(n, k + 1),
                                (from, to, _, _) -> {
                                    for (int i = from; i < to; i++) {
                                        System.arraycopy(
                                                in.floats, i * (k + 1), result.floats, i * k, k);
                                    }
                                }));
    }

    void activate(Tensor x, Curve curve, Tensor out) {
        Check.shape("activate", "x", x, out.shape());
        Buffer in = r.buffer(x);
        Buffer result = r.buffer(out);
        r.add(
                "activate",
                List.of(x),
                List.of(out),
                () ->
                        r.each(
                                Blocks.flat(x.size()),
                                (from, to, _, _) -> {
                                    for (int i = from; i < to; i++) {
                                        result.floats[i] = value(curve, in.floats[i]);
                                    }
                                }));
    }

    private static float value(Curve curve, float x) {
        return switch (curve) {
            case RELU -> Math.max(0f, x);
            case TANH -> (float) Math.tanh(x);
        };
    }

    void activateAdjoint(Tensor out, Curve curve, Tensor dOut, Tensor dX) {
        Check.shape("activateAdjoint", "dOut", dOut, out.shape());
        Check.shape("activateAdjoint", "dX", dX, out.shape());
        Buffer value = r.buffer(out);
        Buffer byOut = r.buffer(dOut);
        Buffer byX = r.buffer(dX);
        r.add(
                "activateAdjoint",
                List.of(out, dOut),
                List.of(dX),
                dX == dOut ? List.of(dX) : List.of(),
                () ->
                        r.each(
                                Blocks.flat(out.size()),
                                (from, to, _, _) -> {
                                    for (int i = from; i < to; i++) {
                                        byX.floats[i] =
                                                byOut.floats[i] * slope(curve, value.floats[i]);
                                    }
                                }));
    }

    private static float slope(Curve curve, float value) {
        return switch (curve) {
            case RELU -> value > 0 ? 1 : 0;
            case TANH -> 1 - value * value;
        };
    }

    void gaussianLoss(
            Tensor mean,
            Tensor z,
            Tensor target,
            Tensor counters,
            int length,
            Tensor prediction,
            Tensor metrics,
            Tensor dMean,
            Tensor dZ) {
        String op = "gaussianLoss";
        Check.matrix(op, "mean", mean);
        int n = mean.rows();
        int k = mean.columns();
        Check.require(length > 0 && n % length == 0, "%s: %s has no whole sequences", op, mean);
        Check.shape(op, "z", z, n, k);
        Check.shape(op, "target", target, n, k);
        Check.integers(op, "counters", counters, Counters.SIZE);
        Check.shape(op, "prediction", prediction, n, 2 * k);
        Check.matrix(op, "metrics", metrics);
        Check.shape(op, "metrics", metrics, metrics.rows(), 2);
        Check.require((dMean == null) == (dZ == null), "%s: one gradient without the other", op);
        Check.shapeOrNull(op, "dMean", dMean, n, k);
        Check.shapeOrNull(op, "dZ", dZ, n, k);
        Buffer means = r.buffer(mean);
        Buffer zs = r.buffer(z);
        Buffer right = r.buffer(target);
        Buffer numbers = r.buffer(counters);
        Buffer out = r.buffer(prediction);
        Buffer result = r.buffer(metrics);
        Buffer byMean = dMean == null ? null : r.buffer(dMean);
        Buffer byZ = dZ == null ? null : r.buffer(dZ);
        r.add(
                op,
                List.of(mean, z, target, counters),
                Arrays.asList(prediction, metrics, dMean, dZ),
                () -> {
                    int rows = HeadOps.within(numbers.ints[Counters.ROWS], 1, n / length, "ROWS");
                    int slot =
                            HeadOps.within(
                                    numbers.ints[Counters.SLOT], 0, metrics.rows() - 1, "SLOT");
                    int counting = rows * length;
                    double loss = 0;
                    double squares = 0;
                    for (int i = 0; i < n; i++) {
                        for (int j = 0; j < k; j++) {
                            int at = i * k + j;
                            double e = Math.exp(Math.min(0, zs.floats[at]));
                            double var = zs.floats[at] < 0 ? e : zs.floats[at] + 1.0;
                            out.floats[i * 2 * k + j] = means.floats[at];
                            out.floats[i * 2 * k + k + j] = (float) var;
                            boolean counts = i < counting;
                            double v = Math.max(var, Ops.LEAST_VARIANCE);
                            double error = (double) means.floats[at] - right.floats[at];
                            if (counts) {
                                loss += Math.log(v) + error * error / v + LOG_2_PI;
                                squares += error * error;
                            }
                            if (byMean != null) {
                                double byV = (1 - error * error / v) / v / 2;
                                boolean free = counts && var >= Ops.LEAST_VARIANCE;
                                byMean.floats[at] = counts ? (float) (error / v / counting) : 0f;
                                byZ.floats[at] = free ? (float) (byV * e / counting) : 0f;
                            }
                        }
                    }
                    result.floats[2 * slot] = (float) (loss / 2 / counting);
                    result.floats[2 * slot + 1] = (float) (-squares / ((double) length * k));
                });
    }
}
