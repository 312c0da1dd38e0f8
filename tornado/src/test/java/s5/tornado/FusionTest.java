package s5.tornado;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import s5.ops.Backend;
import s5.ops.LayerOp;
import s5.ops.Op;
import s5.ops.Program;
import s5.ops.Program.Rewrite;
import s5.ops.Step;
import s5.ops.Tensor;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

import java.util.ArrayList;
import java.util.List;

/** A rewrite of a program, and the fused operation that comes of it, on TornadoVM. */
class FusionTest {
    private static final int SIZE = 300;

    /** {@code out = a + b + b}. */
    public static void fusedAdds(
            KernelContext c, FloatArray a, FloatArray b, FloatArray out, int n) {
        int i = c.globalIdx;
        if (i < n) {
            out.set(i, a.get(i) + b.get(i) + b.get(i));
        }
    }

    /** Two additions of b, in one kernel. */
    private record AddTwice(Tensor a, Tensor b, @Out Tensor out) implements TornadoFused {
        @Override
        public void plan(Recorder recorder) {
            recorder.whole(a, b, out);
            recorder.add(
                    this,
                    t ->
                            t.graph.task(
                                    t.id(Launch.over(out.size())),
                                    FusionTest::fusedAdds,
                                    t.context,
                                    t.array(a),
                                    t.array(b),
                                    t.array(out),
                                    out.size()));
        }
    }

    /** Puts {@link AddTwice} where two additions of the same tensor follow each other. */
    private static List<Op> fuse(List<Op> ops) {
        List<Op> fused = new ArrayList<>();
        for (Op op : ops) {
            if (op instanceof LayerOp.Add second
                    && !fused.isEmpty()
                    && fused.getLast() instanceof LayerOp.Add first
                    && first.out() == second.a()
                    && first.b() == second.b()) {
                fused.set(fused.size() - 1, new AddTwice(first.a(), first.b(), second.out()));
            } else {
                fused.add(op);
            }
        }
        return fused;
    }

    private static float[] run(Rewrite... rewrites) {
        Tensor a = Tensor.parameter("a", SIZE);
        Tensor b = Tensor.parameter("b", SIZE);
        Tensor once = Tensor.scratch("once", SIZE);
        Tensor twice = Tensor.scratch("twice", SIZE);
        Tensor out = Tensor.output("out", SIZE);
        float[] aValues = new float[SIZE];
        float[] bValues = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            aValues[i] = i;
            bValues[i] = 0.5f * i;
        }
        TornadoDevices.Found found;
        try (TornadoBackend plain = (TornadoBackend) Device.open()) {
            found = plain.found();
        }
        try (Backend backend = new TornadoBackend(found, false, false, false, List.of(rewrites));
                Step step =
                        backend.compile(
                                "adds",
                                Program.of(
                                        new LayerOp.Add(a, b, once),
                                        new LayerOp.Add(once, b, twice),
                                        new LayerOp.Gelu(twice, out)))) {
            backend.write(a, aValues);
            backend.write(b, bValues);
            step.run();
            float[] values = backend.read(out);
            assertEquals(rewrites.length == 0, step.profile().containsKey("add"));
            assertEquals(rewrites.length != 0, step.profile().containsKey("addTwice"));
            return values;
        }
    }

    @Test
    void aFusedOperationComputesWhatTheOnesBeforeDid() {
        float[] expected = run();
        assertTrue(expected[SIZE - 1] > 500, "the values are none");
        assertArrayEquals(expected, run(FusionTest::fuse));
    }

    /** Another backend's. */
    private record Foreign(@Out Tensor out) implements Op.Fused {}

    @Test
    void aFusedOperationOfAnotherBackendIsRefused() {
        Program program = Program.of(new Foreign(Tensor.output("out", 1)));
        try (Backend backend = Device.open()) {
            IllegalArgumentException error =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> backend.compile("foreign", program));
            assertTrue(error.getMessage().contains("foreign"), error.getMessage());
        }
    }
}
