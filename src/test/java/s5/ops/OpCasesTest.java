package s5.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import s5.ops.reference.ReferenceBackend;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The cases themselves: that they cover all operations, can be met, and notice what is wrong. */
class OpCasesTest {

    @Test
    void namesAreUnique() {
        Set<String> seen = new HashSet<>();
        OpCases.all().forEach(c -> assertTrue(seen.add(c.name()), c::name));
    }

    @Test
    void everyOperationHasCases() {
        Set<Class<?>> used = new HashSet<>();
        OpCases.all()
                .filter(c -> !c.name().startsWith("step"))
                .flatMap(c -> c.recipe().make(new Draft(c.name())).ops().stream())
                .forEach(op -> used.add(op.getClass()));
        assertEquals(OpExamples.kinds().collect(Collectors.toSet()), used);
    }

    /**
     * Inputs that are off by one rounding error, which is the least that single precision does to
     * them, use up less than half of the tolerance.
     */
    @TestFactory
    Stream<DynamicTest> singlePrecisionCanMeetTheTolerance() {
        return canMeetTheTolerance(OpCases.some(5));
    }

    @Tag("thorough")
    @TestFactory
    Stream<DynamicTest> singlePrecisionCanMeetAllTolerances() {
        return canMeetTheTolerance(OpCases.all());
    }

    private static Stream<DynamicTest> canMeetTheTolerance(Stream<OpCase> cases) {
        return cases
                // Ties are broken by any rounding.
                .filter(c -> !c.name().contains("TIES"))
                // Their Lambda is taken for exact, so that their tolerance can be tight.
                .filter(c -> !c.name().contains("of a layer"))
                .map(c ->
                        dynamicTest(
                                c.name(),
                                () -> {
                                    Map<String, double[]> moved = Expected.computeRounded(c);
                                    Expected.compute(c)
                                            .forEach((name, values) ->
                                                    compare(c, name, values, moved.get(name)));
                                }));
    }

    private static void compare(OpCase opCase, String tensor, double[] values, double[] moved) {
        float[] narrow = new float[moved.length];
        for (int i = 0; i < moved.length; i++) {
            assertTrue(Double.isFinite(values[i]), () -> tensor + " has no finite value");
            narrow[i] = (float) moved[i];
        }
        double error = OpCase.error(values, narrow);
        assertTrue(
                error <= opCase.tolerance() / 2,
                () -> tensor + " moves by " + error + " of " + opCase.tolerance());
    }

    // ---- what a wrong backend does
    // ---------------------------------------------------------------

    private static OpCase one(OpCase.Recipe recipe) {
        return OpCase.of("one", 1, recipe);
    }

    @Test
    void anElementNotWrittenIsAnError() {
        OpCase lazy =
                one(d -> {
                    d.out("out", 3);
                    return Program.of();
                });
        float[] out = lazy.run(new ReferenceBackend()).get("out");
        assertArrayEquals(new float[] {Float.NaN, Float.NaN, Float.NaN}, out);
        assertEquals(Double.POSITIVE_INFINITY, OpCase.error(new double[3], out));
    }

    @Test
    void aReadTensorThatChangesIsAnError() {
        OpCase vandal =
                one(d -> {
                    Tensor a = d.in("a", 3);
                    Tensor b = d.in("b", 3);
                    return Program.of(new LayerOp.Gelu(a, b));
                });
        AssertionError e =
                assertThrows(AssertionError.class, () -> vandal.run(new ReferenceBackend()));
        assertTrue(e.getMessage().contains("b[3] is only read"), e::getMessage);
    }

    @Test
    void aSecondRunWithOtherBitsIsAnError() {
        OpCase drifting =
                one(d -> {
                    Tensor a = d.in("a", 1, 1);
                    Tensor b = d.in("b", 1, 1);
                    Tensor hidden = Tensor.state("hidden", 1, 1);
                    Tensor out = d.out("out", 1, 1);
                    return Program.of(
                            new Matmul(a, false, b, false, true, hidden),
                            new LayerOp.Gelu(hidden, out));
                });
        AssertionError e =
                assertThrows(AssertionError.class, () -> drifting.run(new ReferenceBackend()));
        assertTrue(e.getMessage().contains("second run"), e::getMessage);
    }

    @Test
    void readingScratchThatNothingWroteGivesNaN() {
        OpCase early =
                one(d -> {
                    Tensor scratch = Tensor.scratch("scratch", 1);
                    Tensor out = d.out("out", 1);
                    return Program.of(
                            new LayerOp.Gelu(scratch, out), new LayerOp.Gelu(out, scratch));
                });
        assertTrue(Float.isNaN(early.run(new ReferenceBackend()).get("out")[0]));
    }

    @Test
    void errorsAreRelativeToTheElementAndToAll() {
        assertEquals(0, OpCase.error(new double[] {1, 2}, new float[] {1, 2}));
        assertEquals(0, OpCase.error(new double[2], new float[2]));
        assertEquals(
                Double.POSITIVE_INFINITY, OpCase.error(new double[2], new float[] {0, 1e-30f}));
        assertEquals(0.5, OpCase.error(new double[] {1, 1}, new float[] {1, 2}));
        assertEquals(
                0.25,
                OpCase.error(new double[] {4, 4, 0, 0}, new float[] {4, 2.2928932f, 0, 0}),
                1e-6);
        assertEquals(
                Double.POSITIVE_INFINITY,
                OpCase.error(new double[] {1, 1}, new float[] {1, Float.NaN}));
        assertEquals(
                Double.POSITIVE_INFINITY,
                OpCase.error(new double[] {1, 1}, new float[] {Float.NEGATIVE_INFINITY, 1}));
        assertEquals(Double.POSITIVE_INFINITY, OpCase.error(new double[2], new float[3]));
    }

    // ---- expected values from a file
    // -------------------------------------------------------------

    @Test
    void expectedValuesCanComeFromAFile(@TempDir Path folder) throws IOException {
        List<OpCase> some =
                OpCases.all().filter(c -> c.name().startsWith("crossEntropy B=7")).toList();
        assertFalse(some.isEmpty());
        Path file = folder.resolve("expected");
        Expected.write(file, some);
        Expected.Store store = Expected.read(file);
        for (OpCase c : some) {
            Map<String, double[]> computed = Expected.compute(c);
            Map<String, double[]> read = store.of(c);
            assertEquals(computed.keySet(), read.keySet());
            computed.forEach((name, values) -> assertArrayEquals(values, read.get(name)));
        }
        OpCase changed = OpCase.of(some.get(0).name(), 1, d -> Program.of());
        assertThrows(IllegalStateException.class, () -> store.of(changed), "other inputs");
        assertThrows(
                IllegalStateException.class, () -> store.of(one(d -> Program.of())), "unknown");
    }
}
