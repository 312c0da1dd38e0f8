package s5.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import s5.ops.Backend;
import s5.ops.LayerOp;
import s5.ops.OpCase;
import s5.ops.Program;
import s5.ops.Step;
import s5.ops.StoredCases;
import s5.ops.Tensor;
import s5.verify.Comparison;
import s5.verify.Errors;
import s5.verify.Verifier;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Activations rounded to bfloat16. */
class Bfloat16Test {

    /** Every bfloat16 is itself; halfway to the next, the one with an even last bit is nearest. */
    @Test
    void roundsToTheNearest() {
        for (int upper = 0; upper < 1 << 16; upper++) {
            float value = Float.intBitsToFloat(upper << 16);
            float next = Float.intBitsToFloat((upper + 1) << 16);
            if (Float.isNaN(value)) {
                assertTrue(Float.isNaN(Bfloat16.rounded(value)));
                continue;
            }
            assertEquals(value, Bfloat16.rounded(value), 0f);
            if (Float.isInfinite(value) || Float.isInfinite(next)) {
                continue;
            }
            float half = Float.intBitsToFloat((upper << 16) + 0x8000);
            float below = Float.intBitsToFloat((upper << 16) + 0x7fff);
            float above = Float.intBitsToFloat((upper << 16) + 0x8001);
            assertEquals(upper % 2 == 0 ? value : next, Bfloat16.rounded(half), 0f);
            assertEquals(value, Bfloat16.rounded(below), 0f);
            assertEquals(next, Bfloat16.rounded(above), 0f);
        }
        assertEquals(
                Float.POSITIVE_INFINITY, Bfloat16.rounded(Float.MAX_VALUE), "beyond the largest");
    }

    /** A third has 8 bits in an activation, all 24 elsewhere. */
    @Test
    void roundsActivationsOnly() {
        Tensor in = Tensor.parameter("in", 1, 1);
        Tensor zero = Tensor.parameter("zero", 1, 1);
        Tensor kept = Tensor.state("kept", 1, 1);
        Tensor activation = Tensor.activation("activation", 1, 1);
        Tensor out = Tensor.state("out", 1, 1);
        Program program =
                Program.of(
                        new LayerOp.Add(in, zero, kept),
                        new LayerOp.Add(in, zero, activation),
                        new LayerOp.Add(activation, zero, out));
        try (Backend backend = CpuBackend.bf16(1, false);
                Step step = backend.compile("copies", program)) {
            backend.write(in, new float[] {1f / 3});
            step.run();
            assertArrayEquals(new float[] {1f / 3}, backend.read(kept));
            assertArrayEquals(new float[] {171f / 512}, backend.read(out));
        }
    }

    /** An odd number, since options come in twos and fours. */
    @TestFactory
    Stream<DynamicTest> operationsOnActivations() {
        return operationsOnActivations(13);
    }

    @Tag("thorough")
    @TestFactory
    Stream<DynamicTest> allOperationsOnActivations() {
        return operationsOnActivations(1);
    }

    private static Stream<DynamicTest> operationsOnActivations(int every) {
        List<OpCase> cases = StoredCases.small().toList();
        return Stream.iterate(0, i -> i < cases.size(), i -> i + every)
                .map(cases::get)
                .map(c ->
                        dynamicTest(
                                c.name(),
                                () -> {
                                    OpCase stored = StoredCases.of(c, t -> true);
                                    try (Backend backend = CpuBackend.bf16(2, true)) {
                                        var results = stored.run(backend);
                                        StoredCases.expected(stored)
                                                .forEach((name, expected) ->
                                                        assertTrue(
                                                                OpCase.error(
                                                                                expected,
                                                                                results.get(name))
                                                                        <= StoredCases.tolerance(
                                                                                stored),
                                                                name));
                                    }
                                }));
    }

    /** The official numbers, as near as the format allows, and no nearer. */
    @ParameterizedTest
    @ValueSource(strings = {"base", "pendulum", "postnorm_layernorm_bidir"})
    void officialNumbers(String file) {
        try (Backend backend = CpuBackend.bf16(2, true)) {
            Path golden = Path.of("src/test/resources/golden", file + ".safetensors");
            Errors errors = Verifier.verify(backend, golden);
            assertTrue(errors.largest().get(Comparison.LOG_PROBS) < 2e-2, errors::toString);
            assertTrue(errors.largest().get(Comparison.LOG_PROBS) > 1e-4, errors::toString);
            assertTrue(errors.largest().get(Comparison.LOSSES) < 1e-2, errors::toString);
        }
    }
}
