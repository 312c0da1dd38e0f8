package s5.cpu;

import s5.ops.Rates;
import s5.ops.Tensor;
import s5.ops.UpdateOp;

import java.util.ArrayList;
import java.util.List;

/** Sums, limits and averages around the optimizer, and descent; see {@link UpdateOp}. */
final class UpdateTasks {
    private static final int CHUNK = 8_192;

    private UpdateTasks() {}

    static Runnable of(UpdateOp op, Machine cpu) {
        return switch (op) {
            case UpdateOp.Adam o -> AdamTask.of(o, cpu);
            case UpdateOp.Accumulate o -> accumulate(o, cpu);
            case UpdateOp.ClipNorm o -> clipNorm(o, cpu);
            case UpdateOp.Sgd o -> sgd(o, cpu);
            case UpdateOp.Average o -> average(o, cpu);
        };
    }

    /** A part of one tensor. */
    private record Part(int tensor, int from, int to) {}

    /** What to do with the elements of one tensor from {@code from} to before {@code to}. */
    private interface Loop {
        void run(int tensor, int from, int to);
    }

    private static List<Part> parts(List<Tensor> tensors) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < tensors.size(); i++) {
            Blocks chunks = new Blocks(tensors.get(i).size(), CHUNK);
            for (int chunk = 0; chunk < chunks.count(); chunk++) {
                parts.add(new Part(i, chunks.from(chunk), chunks.to(chunk)));
            }
        }
        return parts;
    }

    private static void each(List<Part> parts, Machine cpu, Loop loop) {
        cpu.run(
                parts.size(),
                (task, _) -> {
                    Part part = parts.get(task);
                    loop.run(part.tensor, part.from, part.to);
                });
    }

    private static Runnable accumulate(UpdateOp.Accumulate op, Machine cpu) {
        List<Part> parts = parts(op.g());
        return () -> {
            float[][] g = cpu.floats(op.g());
            float[][] sum = cpu.floats(op.sum());
            boolean fresh = cpu.floats(op.rates())[Rates.FRESH] != 0;
            float share = op.share();
            each(
                    parts,
                    cpu,
                    (t, from, to) -> {
                        float[] gs = g[t];
                        float[] sums = sum[t];
                        for (int i = from; i < to; i++) {
                            sums[i] = fresh ? share * gs[i] : sums[i] + share * gs[i];
                        }
                    });
        };
    }

    private static Runnable clipNorm(UpdateOp.ClipNorm op, Machine cpu) {
        List<Part> parts = parts(op.g());
        cpu.workspace().needDoubles(parts.size());
        return () -> {
            if (cpu.floats(op.rates())[Rates.PENDING] != 0) {
                return;
            }
            float[][] g = cpu.floats(op.g());
            double[] squares = cpu.workspace().doubles();
            cpu.run(
                    parts.size(),
                    (task, _) -> {
                        Part part = parts.get(task);
                        float[] values = g[part.tensor];
                        double sum = 0;
                        for (int i = part.from; i < part.to; i++) {
                            sum += (double) values[i] * values[i];
                        }
                        squares[task] = sum;
                    });
            double sum = 0;
            for (int part = 0; part < parts.size(); part++) {
                sum += squares[part];
            }
            float norm = (float) Math.sqrt(sum);
            cpu.floats(op.norm())[0] = norm;
            if (norm > op.limit()) {
                float factor = op.limit() / norm;
                each(
                        parts,
                        cpu,
                        (t, from, to) -> {
                            float[] values = g[t];
                            for (int i = from; i < to; i++) {
                                values[i] *= factor;
                            }
                        });
            }
        };
    }

    private static Runnable sgd(UpdateOp.Sgd op, Machine cpu) {
        List<Part> parts = parts(op.p());
        return () -> {
            float[] rates = cpu.floats(op.rates());
            if (rates[Rates.PENDING] != 0) {
                return;
            }
            float[][] p = cpu.floats(op.p());
            float[][] g = cpu.floats(op.g());
            float[][] m = cpu.floats(op.m());
            float lr = rates[op.rate()];
            each(
                    parts,
                    cpu,
                    (t, from, to) -> {
                        for (int i = from; i < to; i++) {
                            float slope = g[t][i] + op.weightDecay() * p[t][i];
                            float mean = op.momentum() * m[t][i] + slope;
                            m[t][i] = mean;
                            p[t][i] -= lr * mean;
                        }
                    });
        };
    }

    private static Runnable average(UpdateOp.Average op, Machine cpu) {
        List<Part> parts = parts(op.p());
        return () -> {
            float[] rates = cpu.floats(op.rates());
            if (rates[Rates.PENDING] != 0) {
                return;
            }
            float[][] p = cpu.floats(op.p());
            float[][] average = cpu.floats(op.average());
            float share = rates[Rates.AVERAGE];
            each(
                    parts,
                    cpu,
                    (t, from, to) -> {
                        for (int i = from; i < to; i++) {
                            average[t][i] += share * (p[t][i] - average[t][i]);
                        }
                    });
        };
    }
}
