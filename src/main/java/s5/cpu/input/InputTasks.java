package s5.cpu.input;

import s5.cpu.Blocks;
import s5.cpu.Machine;
import s5.cpu.norm.NormTasks;
import s5.cpu.product.Gemm;
import s5.ops.InputOp;
import s5.ops.Tensor;

import java.util.Arrays;

/** Embedding, dense layers, columns put behind others; see {@link InputOp}. */
public final class InputTasks {
    private static final int EMBED_PARTS = 16;
    private static final int EMBED_ROWS = 1_024;
    private static final int EMBED_DOUBLES = 1 << 22;
    private static final int EMBED_COLUMNS = 16;

    private final Machine cpu;

    /**
     * Makes tasks for this machine.
     *
     * @param cpu what they run on
     */
    public InputTasks(Machine cpu) {
        this.cpu = cpu;
    }

    /**
     * {@return what carries an operation out}
     *
     * @param op of this family
     */
    public Runnable task(InputOp op) {
        return switch (op) {
            case InputOp.Embed o -> embed(o);
            case InputOp.EmbedAdjoint o -> embedAdjoint(o);
            case InputOp.Dense o -> dense(o);
            case InputOp.DenseAdjoint o -> denseAdjoint(o);
            case InputOp.Append o -> append(o);
            case InputOp.AppendAdjoint o -> appendAdjoint(o);
        };
    }

    private Runnable embed(InputOp.Embed op) {
        int v = op.w().rows();
        int h = op.w().columns();
        Blocks blocks = Blocks.of(op.tokens().size(), h);
        return () -> {
            int[] tokens = cpu.ints(op.tokens());
            float[] w = cpu.floats(op.w());
            float[] bias = cpu.floats(op.bias());
            float[] out = cpu.floats(op.out());
            cpu.each(
                    blocks,
                    (from, to, _, _) -> {
                        for (int i = from; i < to; i++) {
                            int at = token(op.tokens(), tokens[i], i, v) * h;
                            for (int j = 0; j < h; j++) {
                                out[i * h + j] = w[at + j] + bias[j];
                            }
                        }
                    });
        };
    }

    private static int token(Tensor tokens, int token, int i, int v) {
        if (token < 0 || token >= v) {
            throw new IllegalArgumentException(
                    tokens + " holds " + token + " at " + i + ", must be in [0, " + v + ")");
        }
        return token;
    }

    private Runnable embedAdjoint(InputOp.EmbedAdjoint op) {
        int v = op.dW().rows();
        int h = op.dW().columns();
        int n = op.tokens().size();
        int most = Math.clamp(EMBED_DOUBLES / op.dW().size(), 1, EMBED_PARTS);
        Blocks parts = new Blocks(n, Math.max(EMBED_ROWS, (n + most - 1) / most));
        cpu.workspace().needDoubles(Math.multiplyExact(parts.count(), op.dW().size()));
        return () -> {
            int[] tokens = cpu.ints(op.tokens());
            float[] dOut = cpu.floats(op.dOut());
            float[] dW = cpu.floats(op.dW());
            float[] dBias = cpu.floats(op.dBias());
            double[] sum = cpu.workspace().doubles();
            cpu.each(
                    parts,
                    (from, to, part, _) -> {
                        int start = part * v * h;
                        Arrays.fill(sum, start, start + v * h, 0);
                        for (int i = from; i < to; i++) {
                            int at = start + token(op.tokens(), tokens[i], i, v) * h;
                            for (int j = 0; j < h; j++) {
                                sum[at + j] += dOut[i * h + j];
                            }
                        }
                    });
            cpu.each(
                    new Blocks(h, EMBED_COLUMNS),
                    (from, to, _, _) -> {
                        for (int j = from; j < to; j++) {
                            double all = 0;
                            for (int t = 0; t < v; t++) {
                                double one = 0;
                                for (int part = 0; part < parts.count(); part++) {
                                    one += sum[(part * v + t) * h + j];
                                }
                                dW[t * h + j] = (float) one;
                                all += one;
                            }
                            dBias[j] = (float) all;
                        }
                    });
        };
    }

    private Runnable dense(InputOp.Dense op) {
        int k = op.w().rows();
        int m = op.w().columns();
        Gemm product = new Gemm(cpu, op.x().rows(), m, k, k, 1, m, 1);
        return () ->
                product.run(
                        cpu.floats(op.x()),
                        cpu.floats(op.w()),
                        cpu.floats(op.bias()),
                        false,
                        cpu.floats(op.out()));
    }

    private Runnable denseAdjoint(InputOp.DenseAdjoint op) {
        int n = op.x().rows();
        int k = op.x().columns();
        int m = op.w().columns();
        Gemm weightGradient = new Gemm(cpu, k, m, n, 1, k, m, 1);
        Gemm inputGradient = op.dX() == null ? null : new Gemm(cpu, n, k, m, m, 1, 1, m);
        NormTasks sums = new NormTasks(cpu);
        Blocks blocks = Blocks.of(n, m);
        cpu.workspace().needFloats(blocks.count() * m);
        return () -> {
            float[] dOut = cpu.floats(op.dOut());
            weightGradient.run(cpu.floats(op.x()), dOut, null, false, cpu.floats(op.dW()));
            float[] sum = cpu.workspace().floats();
            cpu.each(
                    blocks,
                    (from, to, block, _) -> sums.columnSums(dOut, sum, block * m, m, from, to));
            cpu.sumBlocks(blocks.count(), 0, m, m, cpu.floats(op.dBias()));
            if (inputGradient != null) {
                inputGradient.run(dOut, cpu.floats(op.w()), null, false, cpu.floats(op.dX()));
            }
        };
    }

    private Runnable append(InputOp.Append op) {
        int k = op.x().columns();
        Blocks blocks = Blocks.of(op.x().rows(), k + 1);
        return () -> {
            float[] x = cpu.floats(op.x());
            float[] column = cpu.floats(op.column());
            float[] out = cpu.floats(op.out());
            cpu.each(
                    blocks,
                    (from, to, _, _) -> {
                        for (int i = from; i < to; i++) {
                            int at = i * (k + 1);
                            System.arraycopy(x, i * k, out, at, k);
                            out[at + k] = column[i];
                        }
                    });
        };
    }

    private Runnable appendAdjoint(InputOp.AppendAdjoint op) {
        int k = op.dX().columns();
        Blocks blocks = Blocks.of(op.dX().rows(), k + 1);
        return () -> {
            float[] dOut = cpu.floats(op.dOut());
            float[] dX = cpu.floats(op.dX());
            cpu.each(
                    blocks,
                    (from, to, _, _) -> {
                        for (int i = from; i < to; i++) {
                            System.arraycopy(dOut, i * (k + 1), dX, i * k, k);
                        }
                    });
        };
    }
}
