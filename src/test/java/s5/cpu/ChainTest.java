package s5.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.cpu.norm.HalfNorm;
import s5.ops.LayerOp.Gate;
import s5.ops.LayerOp.GateAdjoint;
import s5.ops.LayerOp.SkipGelu;
import s5.ops.LayerOp.SkipGeluAdjoint;
import s5.ops.Matmul;
import s5.ops.NormOp.BatchNorm;
import s5.ops.NormOp.BatchNormAdjoint;
import s5.ops.Op;
import s5.ops.Program;
import s5.ops.Rewrite;
import s5.ops.Step;
import s5.ops.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Operations in a chain give the bits that they give one after the other, in fewer passes. */
class ChainTest {
    private static final List<Rewrite> CHAINS = List.of(HalfNorm::split, Chains::link);

    /** Half a layer forward and backward, of tensors that are all read again in the end. */
    private static final class Layer {
        private final List<Tensor> given = new ArrayList<>();
        private final List<Tensor> made = new ArrayList<>();
        private final int n;
        private final int h;

        Layer(int n, int h) {
            this.n = n;
            this.h = h;
        }

        private Tensor in(int... shape) {
            Tensor t = Tensor.parameter("in " + given.size(), shape);
            given.add(t);
            return t;
        }

        private Tensor out(int... shape) {
            Tensor t = Tensor.output("out " + made.size(), shape);
            made.add(t);
            return t;
        }

        private Tensor rows() {
            return out(n, h);
        }

        /**
         * norm, product, gelu, product, gate; their adjoints, with the weights' gradients between.
         */
        Program program() {
            Tensor x = in(n, h);
            Tensor scale = in(h);
            Tensor bias = in(h);
            Tensor w = in(h, h);
            Tensor w2 = in(h, h);
            Tensor d = in(h);
            Tensor mask = in(3, h);
            Tensor running = Tensor.state("mean", h);
            Tensor variance = Tensor.state("variance", h);
            made.addAll(List.of(running, variance));
            Tensor mean = out(h);
            Tensor rstd = out(h);
            Tensor u = rows();
            Tensor y = rows();
            Tensor g = rows();
            Tensor z = rows();
            Tensor o = rows();
            Tensor dG = rows();
            Tensor dZ = rows();
            Tensor dU = rows();
            Tensor dX = rows();
            Tensor dW = out(h, h);
            return Program.of(
                    new BatchNorm(x, scale, bias, running, variance, 0.9f, mean, rstd, u),
                    new Matmul(u, false, w, false, false, y),
                    new SkipGelu(y, d, u, mask, y, g),
                    new Matmul(g, false, w2, false, false, z),
                    new Gate(g, null, z, bias, mask, x, o),
                    new GateAdjoint(g, null, z, bias, mask, o, dG, null, dZ, out(h)),
                    new Matmul(g, true, dZ, false, false, out(h, h)),
                    new Matmul(dZ, false, w2, true, true, dG),
                    new SkipGeluAdjoint(y, d, u, mask, dG, null, dG, out(h), dU),
                    new Matmul(u, true, dG, false, false, dW),
                    new Matmul(dG, false, w, true, true, dU),
                    new BatchNormAdjoint(x, scale, mean, rstd, dU, o, out(h), out(h), dX),
                    // Needs a sum over all rows: it cannot join the chain that makes them.
                    new Matmul(u, false, dW, false, false, rows()));
        }
    }

    private static List<float[]> run(
            int n, int h, int threads, boolean vector, List<Rewrite> rewrites) {
        Layer layer = new Layer(n, h);
        Program program = layer.program();
        Random random = new Random(5);
        try (CpuBackend backend = new CpuBackend(threads, vector, rewrites);
                Step step = backend.compile("chain", program)) {
            for (Tensor t : layer.given) {
                float[] values = new float[t.size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) random.nextGaussian();
                }
                backend.write(t, values);
            }
            step.run();
            return layer.made.stream().map(backend::read).toList();
        }
    }

    @ParameterizedTest
    @CsvSource({"3, 7", "66, 33", "1500, 33", "1200, 64", "900, 129"})
    void chainsChangeNoBit(int n, int h) {
        for (boolean vector : new boolean[] {false, true}) {
            List<float[]> alone = run(n, h, 1, vector, List.of());
            for (int threads : new int[] {1, 3, 16}) {
                List<float[]> chained = run(n, h, threads, vector, CHAINS);
                for (int i = 0; i < alone.size(); i++) {
                    assertArrayEquals(
                            alone.get(i), chained.get(i), threads + " threads, tensor " + i);
                }
            }
        }
    }

    @Test
    void whatNeedsAllRowsBeginsAnotherChain() {
        List<Op> ops = new Layer(1500, 33).program().rewritten(CHAINS).ops();
        assertEquals(
                List.of(
                        "batchNorm",
                        "batchNorm+matmul+skipGelu+matmul+gate+gateAdjoint+matmul+skipGeluAdjoint"
                                + "+matmul+batchNormAdjoint",
                        "matmul",
                        "matmul",
                        "batchNormAdjoint+matmul"),
                ops.stream().map(Op::name).toList());
    }
}
