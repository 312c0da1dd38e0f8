package s5.ops.reference;

import s5.ops.Counters;
import s5.ops.HeadOp.SmoothLabels;

/** Targets spread over the classes, in double precision. */
final class ReferenceSmoothing {
    private final ReferenceMemory memory;

    ReferenceSmoothing(ReferenceMemory memory) {
        this.memory = memory;
    }

    void run(SmoothLabels o) {
        int[] counters = memory.integers(o.counters());
        int[] labels = memory.integers(o.labels());
        double[] logProbs = memory.vector(o.logProbs());
        double[] dLogits = memory.vector(o.dLogits());
        double[] metrics = memory.vector(o.metrics());
        int k = o.logProbs().columns();
        int rows = counters[Counters.ROWS] * Math.max(1, o.length());
        int count = 0;
        for (int i = 0; i < rows; i++) {
            count += labels[i] >= 0 ? 1 : 0;
        }
        double change = 0;
        for (int i = 0; i < rows; i++) {
            if (labels[i] < 0) {
                continue;
            }
            double weight = o.weights() == null ? 1 : memory.vector(o.weights())[labels[i]];
            double hard = -logProbs[i * k + labels[i]];
            double soft = (1 - o.share()) * hard;
            for (int j = 0; j < k; j++) {
                soft -= o.share() / k * logProbs[i * k + j];
                double target = j == labels[i] ? 1 : 0;
                double spread = (1 - o.share()) * target + o.share() / k;
                // the gradient has softmax - target
                dLogits[i * k + j] += weight * (target - spread) / count;
            }
            change += weight * (soft - hard) / count;
        }
        metrics[2 * counters[Counters.SLOT]] += change;
        memory.store(o.dLogits(), dLogits);
        memory.store(o.metrics(), metrics);
    }
}
