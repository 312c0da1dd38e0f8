package s5.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import s5.ops.LayerOp.Add;
import s5.ops.LayerOp.Gelu;
import s5.ops.Op;
import s5.ops.Program;
import s5.ops.Program.Rewrite;
import s5.ops.Step;
import s5.ops.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A rewritten program computes what the program as written does, in fewer operations. */
class FusionTest {
    private static final int SIZE = 40_000;

    /** {@code out = gelu(x) + b}. */
    private record GeluAdd(Tensor x, Tensor b, @Out Tensor out) implements CpuFused {
        @Override
        public Runnable task(Machine cpu) {
            Blocks blocks = Blocks.flat(x.size());
            return () -> {
                float[] in = cpu.floats(x);
                float[] more = cpu.floats(b);
                float[] sum = cpu.floats(out);
                cpu.each(
                        blocks,
                        (from, to, _, _) -> {
                            for (int i = from; i < to; i++) {
                                sum[i] = Approx.gelu(in[i]) + more[i];
                            }
                        });
            };
        }

        /** Fuses a Gelu with the Add behind it that alone uses its result. */
        static List<Op> fuse(List<Op> ops) {
            List<Op> fused = new ArrayList<>();
            for (Op op : ops) {
                if (op instanceof Add add
                        && !fused.isEmpty()
                        && fused.getLast() instanceof Gelu gelu
                        && gelu.out() == add.a()
                        && readers(ops, gelu.out()) == 1) {
                    fused.set(fused.size() - 1, new GeluAdd(gelu.x(), add.b(), add.out()));
                } else {
                    fused.add(op);
                }
            }
            return fused;
        }

        private static long readers(List<Op> ops, Tensor t) {
            return ops.stream().filter(op -> op.reads().contains(t)).count();
        }
    }

    private final Tensor x = Tensor.parameter("x", SIZE);
    private final Tensor b = Tensor.parameter("b", SIZE);
    private final Tensor out = Tensor.output("out", SIZE);

    /** {@code out = gelu(gelu(x) + b) + x}. */
    private Program program() {
        Tensor first = Tensor.scratch("first", SIZE);
        Tensor sum = Tensor.scratch("sum", SIZE);
        Tensor second = Tensor.scratch("second", SIZE);
        return Program.of(
                new Gelu(x, first),
                new Add(first, b, sum),
                new Gelu(sum, second),
                new Add(second, x, out));
    }

    private float[] run(boolean vector, List<Rewrite> rewrites, Set<String> operations) {
        Random random = new Random(5);
        try (CpuBackend backend = new CpuBackend(2, vector, rewrites);
                Step step = backend.compile("fusion", program())) {
            for (Tensor t : List.of(x, b)) {
                float[] values = new float[SIZE];
                for (int i = 0; i < SIZE; i++) {
                    values[i] = (float) random.nextGaussian();
                }
                backend.write(t, values);
            }
            step.run();
            assertEquals(operations, step.profile().keySet());
            return backend.read(out);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void givesTheSameNumbersInFewerOperations(boolean vector) {
        float[] plain = run(vector, List.of(), Set.of("gelu", "add"));
        float[] fused = run(vector, List.of(GeluAdd::fuse), Set.of("geluAdd"));
        assertArrayEquals(plain, fused, 1e-6f);
    }

    @Test
    void needsNoScratchForWhatIsFused() {
        try (CpuBackend written = new CpuBackend(1, false);
                CpuBackend fusing = new CpuBackend(1, false, List.of(GeluAdd::fuse));
                Step all = written.compile("as written", program());
                Step few = fusing.compile("fused", program())) {
            // Two slots and the output; one of the two remains, for what stands between the two.
            assertEquals(3L * Float.BYTES * SIZE, all.bytes());
            assertEquals(2L * Float.BYTES * SIZE, few.bytes());
        }
    }

    /** A fused operation of another backend. */
    private record Foreign(Tensor in, Tensor out) implements Op.Fused {}

    @Test
    void aFusedOperationOfAnotherBackendIsNamed() {
        try (CpuBackend backend = new CpuBackend(1, false)) {
            IllegalArgumentException e =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> backend.compile("wrong", Program.of(new Foreign(x, out))));
            assertEquals("foreign: the CPU does not know this fused operation", e.getMessage());
        }
    }

    /** What a rewrite makes is held to the rules of a program. */
    @Test
    void aRewriteMayNotWriteWhatItReads() {
        Rewrite wrong = _ -> List.of(new GeluAdd(x, b, x));
        try (CpuBackend backend = new CpuBackend(1, false, List.of(wrong))) {
            IllegalArgumentException e =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> backend.compile("wrong", program()));
            assertEquals("geluAdd: reads and writes " + x, e.getMessage());
        }
    }
}
