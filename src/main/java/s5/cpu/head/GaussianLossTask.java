package s5.cpu.head;

import s5.cpu.Machine;
import s5.ops.Counters;
import s5.ops.HeadOp;
import s5.ops.HeadOp.GaussianLoss;

/** The loss of a regression; see {@link GaussianLoss}. */
final class GaussianLossTask {
    private static final double LOG_2_PI = Math.log(2 * Math.PI);

    private GaussianLossTask() {}

    static Runnable of(GaussianLoss op, Machine cpu) {
        int n = op.mean().rows();
        int k = op.mean().columns();
        int length = op.length();
        int slots = op.metrics().rows();
        return () -> {
            int[] counters = cpu.ints(op.counters());
            int rows = HeadTasks.counter(counters, Counters.ROWS, 1, n / length, "ROWS");
            int slot = HeadTasks.counter(counters, Counters.SLOT, 0, slots - 1, "SLOT");
            int[] lengths = op.lengths() == null ? null : cpu.lengths(op.lengths(), length);
            int counting = HeadTasks.positions(lengths, rows, length);
            float[] mean = cpu.floats(op.mean());
            float[] z = cpu.floats(op.z());
            float[] target = cpu.floats(op.target());
            float[] prediction = cpu.floats(op.prediction());
            float[] dMean = cpu.floatsOr(op.dMean(), null);
            float[] dZ = cpu.floatsOr(op.dZ(), null);
            double loss = 0;
            double squares = 0;
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < k; j++) {
                    int at = i * k + j;
                    double e = Math.exp(Math.min(0, z[at]));
                    double var = z[at] < 0 ? e : z[at] + 1.0;
                    prediction[i * 2 * k + j] = mean[at];
                    prediction[i * 2 * k + k + j] = (float) var;
                    int b = i / length;
                    boolean counts = b < rows && (lengths == null || i - b * length < lengths[b]);
                    double v = Math.max(var, HeadOp.LEAST_VARIANCE);
                    double error = (double) mean[at] - target[at];
                    if (counts) {
                        loss += Math.log(v) + error * error / v + LOG_2_PI;
                        squares += error * error;
                    }
                    if (dMean != null) {
                        double byV = (1 - error * error / v) / v / 2;
                        boolean free = counts && var >= HeadOp.LEAST_VARIANCE;
                        double byMean =
                                switch (op.fit()) {
                                    case NLL -> error / v;
                                    case MSE -> error;
                                    case MAE -> Math.signum(error);
                                };
                        dMean[at] = counts ? (float) (byMean / counting) : 0f;
                        dZ[at] = free ? (float) (byV * e / counting) : 0f;
                    }
                }
            }
            float[] metrics = cpu.floats(op.metrics());
            metrics[2 * slot] = (float) (loss / 2 / counting);
            // all positions: as many for each sequence, and no division by what cancels
            double ofSequence = lengths == null ? length : (double) counting / rows;
            metrics[2 * slot + 1] = (float) (-squares / (ofSequence * k));
        };
    }
}
