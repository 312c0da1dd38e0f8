package s5.ops;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import s5.ops.HeadOp.Pooling;
import s5.ops.UpdateOp.Adam;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What operations demand of their components, and what they say when it is not so. */
class OpTest {
    /** One test for each tensor of each operation. */
    private interface Check {
        void run(Op op, String component, Tensor t);
    }

    private static Stream<DynamicTest> forEachTensor(Check check) {
        return OpExamples.all()
                .flatMap(op ->
                        OpExamples.tensors(op).entrySet().stream()
                                .map(e ->
                                        dynamicTest(
                                                op.name() + " " + e.getKey(),
                                                () -> check.run(op, e.getKey(), e.getValue()))));
    }

    private static String refusal(Executable action) {
        return assertThrows(IllegalArgumentException.class, action).getMessage();
    }

    @Test
    void everyOperationHasAnExample() {
        assertEquals(
                OpExamples.kinds().collect(Collectors.toSet()),
                OpExamples.all().map(Op::getClass).collect(Collectors.toSet()));
    }

    @Test
    void aNameIsThatOfTheRecordWithASmallLetter() {
        Tensor a = Tensor.parameter("a", 2);
        assertEquals("geluAdjoint", new LayerOp.GeluAdjoint(a, a, Tensor.state("d", 2)).name());
    }

    // ---- null
    // --------------------------------------------------------------------------------------

    /** Tensors that may be null alone; others may when a second one is, see below. */
    private static final Map<String, Set<String>> NULLABLE =
            Map.ofEntries(
                    Map.entry("denseAdjoint", Set.of("dX")),
                    Map.entry("convReluPool", Set.of("winner")),
                    Map.entry("convReluPoolAdjoint", Set.of("dX")),
                    Map.entry("batchNormAdjoint", Set.of("residual")),
                    Map.entry("batchNormSharedAdjoint", Set.of("residual")),
                    Map.entry("layerNormAdjoint", Set.of("residual")),
                    Map.entry("skipGelu", Set.of("mask", "y")),
                    Map.entry("skipGeluAdjoint", Set.of("mask", "direct")),
                    Map.entry("gate", Set.of("vBias", "mask")),
                    Map.entry("gateAdjoint", Set.of("mask")),
                    Map.entry("crossEntropy", Set.of("weights", "dLogits")),
                    Map.entry("smoothLabels", Set.of("weights")),
                    Map.entry("gaussianLoss", Set.of("lengths")));

    private static boolean mayBeNull(String op, String component) {
        return ((op.startsWith("pool") || op.startsWith("batchNorm"))
                        && component.equals("lengths"))
                || NULLABLE.getOrDefault(op, Set.of()).contains(component);
    }

    @TestFactory
    Stream<DynamicTest> nullIsRefusedUnlessTheTextAllowsIt() {
        return forEachTensor((op, component, t) -> {
            if (mayBeNull(op.name(), component)) {
                Op without = OpExamples.with(op, t, null);
                assertEquals(
                        OpExamples.tensors(op).size() - 1,
                        without.reads().size() + without.writes().size() - without.inPlace().size(),
                        "what is absent is left out of reads and writes");
            } else {
                String message = refusal(() -> OpExamples.with(op, t, null));
                assertTrue(message.startsWith(op.name() + ": "), message);
            }
        });
    }

    @Test
    void gradientsThatComeInPairsMayBothBeNull() {
        Op gate = example(LayerOp.GateAdjoint.class);
        Op noBias = without(gate, "vBias", "dVBias");
        assertEquals(5 + 3, noBias.reads().size() + noBias.writes().size());
        Op loss = without(example(HeadOp.GaussianLoss.class), "dMean", "dZ");
        assertEquals(5 + 2, loss.reads().size() + loss.writes().size());
        assertEquals(
                "gateAdjoint: one of vBias, dVBias is null", refusal(() -> without(gate, "vBias")));
    }

    private static Op example(Class<?> kind) {
        return OpExamples.all().filter(kind::isInstance).findFirst().orElseThrow();
    }

    private static Op without(Op op, String... components) {
        Tensor[] absent = new Tensor[components.length];
        for (int i = 0; i < absent.length; i++) {
            absent[i] = OpExamples.tensors(op).get(components[i]);
        }
        return OpExamples.withNull(op, absent);
    }

    // ---- shapes and types
    // --------------------------------------------------------------------------

    /** Dimensions that nothing else of the operation depends on. */
    private static final Set<String> FREE =
            Set.of(
                    "embed w 0",
                    "embedAdjoint dW 0",
                    "dropoutMask mask 0",
                    "dropoutMask mask 1",
                    "allReduce tensors[0] 0",
                    "allReduce tensors[1] 0",
                    "multiply tensors[0] 0",
                    "multiply tensors[1] 0",
                    "weighLoss metrics 0",
                    "weighLoss gradients[0] 0",
                    "weighLoss gradients[0] 1",
                    "weighLoss gradients[1] 0",
                    "weighLoss gradients[1] 1",
                    "keepMetrics metrics 0",
                    "maskRows x 1",
                    "crossEntropy metrics 0",
                    "smoothLabels metrics 0",
                    "clipNorm g[0] 0",
                    "clipNorm g[1] 0",
                    "gaussianLoss metrics 0");

    @TestFactory
    Stream<DynamicTest> anotherShapeIsRefused() {
        return forEachTensor((op, component, t) -> {
            for (int i = 0; i < t.rank(); i++) {
                int[] shape = t.shape();
                shape[i]++;
                Tensor other =
                        t.type() == Tensor.Type.I32
                                ? Tensor.integers("other", shape)
                                : Tensor.state("other", shape);
                if (FREE.contains(op.name() + " " + component + " " + i)) {
                    assertDoesNotThrow(() -> OpExamples.with(op, t, other));
                } else {
                    String message = refusal(() -> OpExamples.with(op, t, other));
                    assertTrue(message.startsWith(op.name() + ": "), message);
                }
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> anotherTypeIsRefused() {
        return forEachTensor((op, component, t) -> {
            boolean integers = t.type() == Tensor.Type.I32;
            Tensor other =
                    integers
                            ? Tensor.state("other", t.shape())
                            : Tensor.integers("other", t.shape());
            String message = refusal(() -> OpExamples.with(op, t, other));
            assertTrue(message.startsWith(op.name() + ": "), message);
            assertTrue(message.endsWith(integers ? "must hold I32" : "must hold F32"), message);
        });
    }

    @Test
    void aWrongShapeNamesOperationArgumentAndTensor() {
        Tensor x = Tensor.parameter("x", 4, 3);
        Tensor d = Tensor.parameter("d", 2);
        assertEquals(
                "skipGelu: d is d[2], must have 3 elements",
                refusal(() ->
                        new LayerOp.SkipGelu(x, d, x, null, null, Tensor.scratch("g", 4, 3))));
        assertEquals(
                "matmul: b is x[4, 3], must be of shape [3, 3]",
                refusal(() -> new Matmul(x, false, x, false, false, Tensor.scratch("c", 4, 3))));
        String message = refusal(() -> new ScanOp.Scan(d, x, 3, false, Tensor.scratch("s", 4, 2)));
        assertTrue(message.startsWith("scan: "), message);
    }

    @Test
    void aVectorGoesForAMatrixOfOneColumn() {
        Tensor column = Tensor.parameter("column", 4, 1);
        assertDoesNotThrow(() -> new LayerOp.Gelu(column, Tensor.state("out", 4)));
    }

    // ---- numbers
    // -----------------------------------------------------------------------------------

    private static Tensor state(int... shape) {
        return Tensor.state("t", shape);
    }

    @ParameterizedTest
    @ValueSource(floats = {-0.1f, 1, 1.5f, Float.NaN, Float.POSITIVE_INFINITY})
    void aDropoutRateIsFromZeroUpToOne(float rate) {
        Tensor counters = Tensor.integers("counters", Counters.SIZE);
        assertDoesNotThrow(() -> new LayerOp.DropoutMask(counters, 0, 0, state(2, 3)));
        assertDoesNotThrow(() -> new LayerOp.DropoutMask(counters, 0, 0.999f, state(2, 3)));
        assertEquals(
                "dropoutMask: rate %s is not in [0, 1)".formatted(rate),
                refusal(() -> new LayerOp.DropoutMask(counters, 0, rate, state(2, 3))));
    }

    @ParameterizedTest
    @ValueSource(ints = {-6, 0, 4, 12})
    void rowsAreWholeSequences(int length) {
        Tensor lambdaBar = state(4);
        refusal(() -> new ScanOp.Scan(lambdaBar, state(6, 4), length, false, state(6, 4)));
        refusal(() ->
                new ScanOp.ScanAdjoint(
                        lambdaBar, state(6, 4), state(6, 4), length, false, state(6, 4), state(4)));
        refusal(() ->
                new HeadOp.GaussianLoss(
                        state(6, 2),
                        state(6, 2),
                        state(6, 2),
                        Tensor.integers("counters", Counters.SIZE),
                        length,
                        state(6, 4),
                        state(1, 2),
                        null,
                        null));
    }

    @Test
    void masksAndPoolingTakeWholeSequences() {
        assertEquals(
                "gate: the rows of t[6, 2] are no multiple of 4 sequences",
                refusal(() ->
                        new LayerOp.Gate(
                                state(6, 2),
                                null,
                                state(6, 2),
                                state(2),
                                state(4, 2),
                                state(6, 2),
                                state(6, 2))));
        refusal(() -> new HeadOp.Pool(state(6, 2), null, Pooling.MEAN, state(4, 2)));
        refusal(() -> new HeadOp.PoolAdjoint(state(4, 2), null, Pooling.MEAN, state(6, 2)));
        Tensor lengths = Tensor.integers("lengths", 4);
        assertEquals(
                "maskRows: the rows of t[6, 2] are no multiple of 4 sequences",
                refusal(() -> new LayerOp.MaskRows(state(6, 2), lengths)));
    }

    @Test
    void documentsComeInPairs() {
        assertEquals(
                "pairFeatures: t[5, 2] has no even number of rows",
                refusal(() -> new HeadOp.PairFeatures(state(5, 2), state(2, 8))));
        refusal(() -> new HeadOp.PairFeaturesAdjoint(state(5, 2), state(2, 8), state(5, 2)));
    }

    /** Side of the images, side of the kernel, stride, side of the pooled image. */
    private static Op convolution(int size, int width, int stride, int pooled) {
        return new ImageOp.ConvReluPool(
                state(1, size * size),
                state(width, width, 1, 1),
                state(1),
                size,
                stride,
                state(1, Math.max(1, pooled * pooled)),
                null);
    }

    @Test
    void imagesHaveWindowsAndKernelsAMiddle() {
        assertDoesNotThrow(() -> convolution(4, 3, 1, 2));
        assertDoesNotThrow(() -> convolution(4, 3, 2, 1));
        assertEquals(
                "convReluPool: kernel is t[2, 2, 1, 1], must be of shape (W, W, K, M) with W odd",
                refusal(() -> convolution(4, 2, 1, 2)));
        for (int stride : new int[] {-1, 0, 4}) {
            assertEquals(
                    "convReluPool: images of side 4 are too small for windows at stride " + stride,
                    refusal(() -> convolution(4, 3, stride, 1)));
        }
        refusal(() -> convolution(1, 1, 1, 0));
    }

    @Test
    void readoutIsForOneDirectionOrTwo() {
        Tensor c = state(3, 2, 2);
        Tensor both = state(3, 4, 2);
        assertDoesNotThrow(() -> new ScanOp.Readout(List.of(c), 1, state(4, 3)));
        assertDoesNotThrow(() -> new ScanOp.Readout(List.of(both, both), 1, state(8, 3)));
        assertEquals(1, new ScanOp.Readout(List.of(both, both), 1, state(8, 3)).reads().size());
        refusal(() -> new ScanOp.Readout(List.of(), 1, state(4, 3)));
        refusal(() -> new ScanOp.Readout(List.of(c, c, c), 1, state(12, 3)));
        refusal(() -> new ScanOp.Readout(List.of(c, c), 1, state(8, 3)));
        refusal(() -> new ScanOp.ReadoutAdjoint(state(8, 3), 1, List.of(c, c)));
    }

    @Test
    void adamHasAGradientAndMomentsForEachParameter() {
        List<Tensor> one = List.of(state(3));
        List<Tensor> two = List.of(state(3), state(2));
        Tensor rates = state(Rates.SIZE);
        assertEquals(
                "adam: 2 parameters, 1 gradients, 2 and 2 moments",
                refusal(() -> new Adam(two, one, two, two, rates, 0, 0)));
        refusal(() -> new Adam(one, one, two, one, rates, 0, 0));
        refusal(() -> new Adam(one, one, one, two, rates, 0, 0));
        refusal(() -> new Adam(one, one, one, one, rates, -1, 0));
        refusal(() -> new Adam(one, one, one, one, rates, Rates.SIZE, 0));
    }

    @Test
    void updatesHaveAPartnerForEachTensor() {
        List<Tensor> one = List.of(state(3));
        List<Tensor> two = List.of(state(3), state(2));
        Tensor rates = state(Rates.SIZE);
        assertEquals(
                "sgd: 2 and 1 tensors",
                refusal(() -> new UpdateOp.Sgd(two, one, two, rates, 0, 0.9f, 0)));
        refusal(() -> new UpdateOp.Sgd(one, one, two, rates, 0, 0.9f, 0));
        refusal(() -> new UpdateOp.Sgd(one, one, one, rates, Rates.SIZE, 0.9f, 0));
        refusal(() -> new UpdateOp.Accumulate(one, List.of(state(2)), rates, 1));
        refusal(() -> new UpdateOp.Average(one, two, rates));
        refusal(() -> new UpdateOp.ClipNorm(one, rates, 0, state(1)));
        refusal(() -> new UpdateOp.ClipNorm(one, rates, 1, state(2)));
    }
}
