package s5.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import s5.cpu.CpuBackend;
import s5.ops.Backend;
import s5.ops.LayerOp.Add;
import s5.ops.OpCase;
import s5.ops.Program;
import s5.ops.Step;
import s5.ops.StoredCases;
import s5.ops.Tensor;
import s5.tornado.stored.Pairs;
import s5.tornado.stored.StoredKernels;
import s5.verify.Comparison;
import s5.verify.Errors;
import s5.verify.Verifier;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Activations in bfloat16 on TornadoVM. */
class Bfloat16Test {
    private static Backend backend;

    @BeforeAll
    static void open() {
        backend = Device.bf16();
    }

    @AfterAll
    static void close() {
        if (backend != null) {
            backend.close();
        }
    }

    /** Values of all sizes, ties and what is not finite; the CPU rounds by bits. */
    @Test
    void roundsAsTheCpuDoes() {
        float[] values = new float[3 * 4096];
        for (int i = 0; i < values.length; i++) {
            // all signs and exponents, and upper and lower bits that make ties and their neighbours
            int upper = i % 4096 << 20 | (i * 37 & 15) << 16;
            values[i] = Float.intBitsToFloat(upper | 0x7fff + i / 4096);
            if (Math.abs(values[i]) < 2 * Float.MIN_NORMAL || Float.isNaN(values[i])) {
                values[i] = 0;
            }
        }
        values[1] = Device.id().startsWith("cuda") ? Float.NaN : 0;
        values[2] = Float.POSITIVE_INFINITY;
        values[3] = Float.NEGATIVE_INFINITY;
        float[] expected;
        try (Backend cpu = CpuBackend.bf16(1, false)) {
            expected = copied(cpu, values);
        }
        float[] actual = copied(backend, values);
        for (int i = 0; i < values.length; i++) {
            assertEquals(expected[i], actual[i], 0f, "of " + values[i]);
        }
    }

    private static float[] copied(Backend backend, float[] values) {
        Tensor in = Tensor.parameter("in", 3, 4096);
        Tensor zero = Tensor.parameter("zero", 3, 4096);
        Tensor activation = Tensor.activation("activation", 3, 4096);
        Tensor out = Tensor.state("out", 3, 4096);
        Program copy = Program.of(new Add(in, zero, activation), new Add(activation, zero, out));
        try (Step step = backend.compile("copy", copy)) {
            backend.write(in, values);
            step.run();
            return backend.read(out);
        }
    }

    /** One case in forty of those that the CPU passes; all with {@code -Ds5.stored.every=1}. */
    @TestFactory
    Stream<DynamicTest> operationsOnActivations() {
        int every = Integer.getInteger("s5.stored.every", 40);
        List<OpCase> cases = StoredCases.small().toList();
        return Stream.iterate(0, i -> i < cases.size(), i -> i + every)
                .map(cases::get)
                .map(c -> dynamicTest(c.name(), () -> check(c)));
    }

    private static void check(OpCase c) {
        // in a model they are what kernels take whole
        Set<String> whole = whole(c);
        OpCase stored = StoredCases.of(c, t -> whole.contains(t.name()));
        var results = stored.run(backend);
        StoredCases.expected(stored)
                .forEach((name, expected) ->
                        assertTrue(
                                OpCase.error(expected, results.get(name))
                                        <= StoredCases.tolerance(stored),
                                name));
    }

    private static Set<String> whole(OpCase c) {
        Recorder recorder = new Recorder(false, false);
        StoredCases.program(c).ops().forEach(op -> TornadoBackend.plan(op, null, recorder));
        return recorder.whole.stream().map(Tensor::name).collect(Collectors.toSet());
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "pendulum_bidirectional_bilinear", "postnorm_layernorm_bidir"})
    void officialNumbers(String file) {
        Path golden = Path.of("src/test/resources/golden", file + ".safetensors");
        Errors errors = Verifier.verify(backend, golden);
        assertTrue(errors.largest().get(Comparison.LOG_PROBS) < 2e-2, errors::toString);
        assertTrue(errors.largest().get(Comparison.LOG_PROBS) > 1e-4, errors::toString);
        assertTrue(errors.largest().get(Comparison.LOSSES) < 1e-2, errors::toString);
    }

    /** Both activations of a step take two bytes an element. */
    @Test
    void activationsTakeHalfTheMemory() {
        Tensor in = Tensor.parameter("in", 1024, 32);
        Tensor a = Tensor.activation("a", 1024, 32);
        Tensor b = Tensor.activation("b", 1024, 32);
        Tensor out = Tensor.state("out", 1024, 32);
        Program program = Program.of(new Add(in, in, a), new Add(a, in, b), new Add(a, b, out));
        try (Backend full = Device.open();
                Step wide = full.compile("sums", program);
                Step narrow = backend.compile("sums", program)) {
            assertTrue(wide.bytes() >= 2 * 1024 * 32 * 4);
            assertTrue(narrow.bytes() < 2 * 1024 * 32 * 2 + 1000);
        }
    }

    static void choice(FloatArray a, FloatArray b, int i) {
        FloatArray chosen = i > 0 ? a : b;
        chosen.set(i, 1f);
    }

    static void copy(FloatArray a, FloatArray b, int i) {
        a.set(i, b.get(i < 3 ? (int) b.get(i) : i));
    }

    @Test
    void aKernelThatMixesItsArraysIsRefused() throws NoSuchMethodException {
        Method choice = method("choice");
        assertThrows(
                IllegalArgumentException.class,
                () -> StoredKernels.of(choice, List.of(true, false, false), false, true));
    }

    @Test
    void aKernelIsMadeOnceForTheSameArrays() throws NoSuchMethodException {
        Method copy = method("copy");
        Method narrow = StoredKernels.of(copy, List.of(true, false, false), false, true);
        assertSame(narrow, StoredKernels.of(copy, List.of(true, false, false), false, true));
        assertEquals("ShortArray", narrow.getParameterTypes()[0].getSimpleName());
        assertEquals("FloatArray", narrow.getParameterTypes()[1].getSimpleName());
        assertEquals("i", narrow.getParameters()[2].getName());
    }

    static void copyPair(FloatArray a, FloatArray b, int pair) {
        Pairs.set(a, pair, 1, Pairs.first(b, pair, 1), Pairs.second(b, pair, 1));
    }

    @Test
    void aPairIsAWord() throws NoSuchMethodException {
        Method narrow =
                StoredKernels.of(method("copyPair"), List.of(true, true, false), true, true);
        assertEquals("IntArray", narrow.getParameterTypes()[0].getSimpleName());
        Method copy = method("copy");
        assertThrows(
                IllegalArgumentException.class,
                () -> StoredKernels.of(copy, List.of(true, false, false), true, true),
                "which takes single elements");
    }

    private static Method method(String name) throws NoSuchMethodException {
        return Bfloat16Test.class.getDeclaredMethod(
                name, FloatArray.class, FloatArray.class, int.class);
    }
}
