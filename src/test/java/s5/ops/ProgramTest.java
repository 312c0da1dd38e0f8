package s5.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import s5.ops.Program.Rewrite;
import s5.ops.reference.ReferenceBackend;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What operations say they read and write, and what a program makes of it. */
class ProgramTest {

    private static Stream<DynamicTest> forEachOperation(Consumer<Op> check) {
        return OpExamples.all().map(op -> dynamicTest(op.name(), () -> check.accept(op)));
    }

    private static String refusal(Op... ops) {
        return assertThrows(IllegalArgumentException.class, () -> Program.of(ops)).getMessage();
    }

    // ---- reads and writes
    // --------------------------------------------------------------------------

    @TestFactory
    Stream<DynamicTest> readsAndWritesHoldAllTensorsAndNoOther() {
        return forEachOperation(op -> {
            Set<Tensor> told = new HashSet<>(op.reads());
            told.addAll(op.writes());
            assertEquals(new HashSet<>(OpExamples.tensors(op).values()), told);
        });
    }

    /**
     * Found out by running it: a tensor is written when one of its elements changes, and read when
     * other values in it change what the operation puts anywhere.
     */
    @TestFactory
    Stream<DynamicTest> readsAndWritesAreWhatTheReferenceReadsAndWrites() {
        return forEachOperation(op -> {
            Map<Tensor, double[]> plain = run(op, null);
            Map<Tensor, double[]> start = values(op, null);
            Set<Tensor> written = new HashSet<>();
            plain.forEach((t, after) -> {
                if (!Arrays.equals(start.get(t), after)) {
                    written.add(t);
                }
            });
            if (op instanceof RankOp.AllReduce) {
                assertEquals(Set.of(), written, "the sum of one");
                return;
            }
            assertEquals(new HashSet<>(op.writes()), written, "writes");
            Set<Tensor> read = new HashSet<>();
            for (Tensor t : OpExamples.tensors(op).values()) {
                if (differs(start, plain, run(op, t))) {
                    read.add(t);
                }
            }
            if (op instanceof LayerOp.MaskRows mask) {
                read.add(mask.x()); // what it does not clear stays: no changed element shows that
            }
            assertEquals(new HashSet<>(op.reads()), read, "reads");
            read.retainAll(written);
            assertEquals(read, new HashSet<>(op.inPlace()), "in place");
        });
    }

    /** Whether an element that the first run changed came out otherwise in the other one. */
    private static boolean differs(
            Map<Tensor, double[]> start, Map<Tensor, double[]> one, Map<Tensor, double[]> other) {
        for (Tensor t : one.keySet()) {
            for (int i = 0; i < t.size(); i++) {
                double value = one.get(t)[i];
                if (value != start.get(t)[i] && value != other.get(t)[i]) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Values to start from, other ones in {@code moved}; positive, for the sake of variances. */
    private static Map<Tensor, double[]> values(Op op, Tensor moved) {
        Random random = new Random(1);
        Map<Tensor, double[]> values = new HashMap<>();
        OpExamples.tensors(op)
                .forEach((name, t) -> {
                    double[] v = new double[t.size()];
                    for (int i = 0; i < v.length; i++) {
                        v[i] = 0.1 + random.nextDouble();
                        if (t.type() == Tensor.Type.I32 || name.equals("winner")) {
                            v[i] = 1;
                        } else if (t.role() == Tensor.Role.OUTPUT) {
                            v[i] = 0; // the host cannot write it
                        }
                        v[i] += t != moved ? 0 : v[i] == 1 ? 1 : 0.1 * (1 + random.nextDouble());
                    }
                    if (name.equals("rates")) { // what the others are for is decided by these
                        v[Rates.PENDING] = t == moved ? 1 : 0;
                        v[Rates.FRESH] = t == moved ? 1 : 0;
                    }
                    values.put(t, v);
                });
        return values;
    }

    /** The values of all float tensors after a run. */
    private static Map<Tensor, double[]> run(Op op, Tensor moved) {
        try (ReferenceBackend backend = new ReferenceBackend();
                Step step = backend.compile(op.name(), Program.of(op))) {
            values(op, moved)
                    .forEach((t, v) -> {
                        if (t.type() == Tensor.Type.I32) {
                            backend.write(t, Arrays.stream(v).mapToInt(x -> (int) x).toArray());
                        } else if (t.role() != Tensor.Role.OUTPUT) {
                            backend.write(t, v);
                        }
                    });
            step.run();
            Map<Tensor, double[]> after = new HashMap<>();
            for (Tensor t : OpExamples.tensors(op).values()) {
                if (t.type() == Tensor.Type.F32) {
                    after.put(t, backend.readDouble(t));
                }
            }
            return after;
        }
    }

    // ---- what a program refuses
    // --------------------------------------------------------------------

    @TestFactory
    Stream<DynamicTest> anInputIsNotWritten() {
        return forEachOperation(op -> {
            for (Tensor t : op.writes()) {
                Tensor input = Tensor.input("input", t.shape());
                assertEquals(
                        op.name() + ": writes the input " + input,
                        refusal(OpExamples.with(op, t, input)));
            }
        });
    }

    /** Pairs of components that the text lets be one tensor, the one that is written last. */
    private static final Set<String> SAME =
            Set.of(
                    "skipGelu cx y",
                    "skipGeluAdjoint dG dY",
                    "skipGeluAdjoint direct dY",
                    "geluAdjoint dOut dX",
                    "activateAdjoint dOut dX");

    @TestFactory
    Stream<DynamicTest> aTensorIsWrittenForTwoComponentsOnlyWhereTheTextAllowsIt() {
        return forEachOperation(op -> {
            Map<String, Tensor> tensors = OpExamples.tensors(op);
            tensors.forEach((first, a) ->
                    tensors.forEach((second, b) -> {
                        boolean fits = a != b && Arrays.equals(a.shape(), b.shape());
                        if (!fits || a.type() != b.type() || !op.writes().contains(b)) {
                            return;
                        }
                        if (SAME.contains(op.name() + " " + first + " " + second)) {
                            Op same = OpExamples.with(op, a, b);
                            assertEquals(List.of(b), same.inPlace());
                            assertEquals(List.of(same), Program.of(same).ops());
                        } else {
                            String message =
                                    assertThrows(
                                                    IllegalArgumentException.class,
                                                    () -> Program.of(OpExamples.with(op, a, b)))
                                            .getMessage();
                            assertTrue(message.startsWith(op.name() + ": "), message);
                            assertTrue(message.contains(b.toString()), message);
                        }
                    }));
        });
    }

    @Test
    void aTensorIsNotReadAndWrittenWhereTheTextForbidsIt() {
        Tensor x = Tensor.parameter("x", 4, 3);
        assertEquals("gelu: reads and writes x[4, 3]", refusal(new LayerOp.Gelu(x, x)));
        Tensor input = Tensor.input("i", 4, 3);
        assertEquals("gelu: writes the input i[4, 3]", refusal(new LayerOp.Gelu(x, input)));
        Tensor square = Tensor.parameter("s", 3, 3);
        assertEquals(
                "matmul: reads and writes s[3, 3]",
                refusal(
                        new Matmul(square, false, x, true, true, Tensor.state("c", 3, 4)),
                        new Matmul(square, false, square, false, true, square)));
        Tensor y = Tensor.state("y", 4, 3);
        assertEquals(
                "skipGelu: writes y[4, 3] twice",
                refusal(new LayerOp.SkipGelu(x, Tensor.state("d", 3), x, null, y, y)));
    }

    @Test
    void operationsStayInOrderAndARewriteReplacesThem() {
        Tensor a = Tensor.parameter("a", 3);
        Op first = new LayerOp.Gelu(a, Tensor.state("b", 3));
        Op second = new LayerOp.Gelu(a, Tensor.state("c", 3));
        Program program = Program.of(first, second);
        assertEquals(List.of(first, second), program.ops());
        assertThrows(UnsupportedOperationException.class, () -> program.ops().clear());
        Rewrite firstOnly = ops -> ops.subList(0, 1);
        Rewrite twice = ops -> List.of(ops.getFirst(), ops.getFirst());
        assertEquals(List.of(first, first), program.rewritten(List.of(firstOnly, twice)).ops());
        assertEquals(List.of(first, second), program.ops());
    }
}
