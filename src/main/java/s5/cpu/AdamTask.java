package s5.cpu;

import s5.ops.Rates;
import s5.ops.UpdateOp.Adam;

import java.util.ArrayList;
import java.util.List;

/** The optimizer; see {@link Adam}. */
final class AdamTask {
    private static final int CHUNK = 8_192;

    /** 1 - BETA1 and 1 - BETA2, rounded once: 1 - 0.999f is off by 1e-5. */
    private static final float REST1 = 0.1f;

    private static final float REST2 = 0.001f;

    private AdamTask() {}

    /** A part of one tensor. */
    private record Part(int tensor, int from, int to) {}

    static Runnable of(Adam op, Machine cpu) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < op.p().size(); i++) {
            Blocks chunks = new Blocks(op.p().get(i).size(), CHUNK);
            for (int chunk = 0; chunk < chunks.count(); chunk++) {
                parts.add(new Part(i, chunks.from(chunk), chunks.to(chunk)));
            }
        }
        return () -> {
            float[][] p = cpu.floats(op.p());
            float[][] g = cpu.floats(op.g());
            float[][] m = cpu.floats(op.m());
            float[][] v = cpu.floats(op.v());
            float[] rates = cpu.floats(op.rates());
            if (rates[Rates.PENDING] != 0) {
                return;
            }
            cpu.run(
                    parts.size(),
                    (task, _) -> {
                        Part part = parts.get(task);
                        int i = part.tensor;
                        update(op, rates, part, p[i], g[i], m[i], v[i]);
                    });
        };
    }

    private static void update(
            Adam op, float[] rates, Part part, float[] p, float[] g, float[] m, float[] v) {
        float lr = rates[op.rate()];
        float c1 = rates[Rates.C1];
        float c2 = rates[Rates.C2];
        float weightDecay = op.coupled() ? 0 : op.weightDecay();
        for (int i = part.from; i < part.to; i++) {
            float slope = op.coupled() ? g[i] + op.weightDecay() * p[i] : g[i];
            float mean = Adam.BETA1 * m[i] + REST1 * slope;
            float square = Adam.BETA2 * v[i] + REST2 * slope * slope;
            m[i] = mean;
            v[i] = square;
            float root = (float) Math.sqrt(square * c2);
            p[i] -= lr * (mean * c1 / (root + Adam.EPSILON) + weightDecay * p[i]);
        }
    }
}
