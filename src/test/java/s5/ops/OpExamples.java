package s5.ops;

import s5.ops.HeadOp.Fit;
import s5.ops.HeadOp.Pooling;
import s5.ops.HeadOp.SmoothLabels;
import s5.ops.LayerOp.Curve;
import s5.ops.UpdateOp.Adam;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * One valid operation of each kind, with every tensor that it can have, no tensor twice, and sizes
 * that differ wherever they may.
 */
final class OpExamples {
    private static final int B = 2;
    private static final int L = 5;
    private static final int N = B * L;
    private static final int H = 3;
    private static final int P = 4;
    private static final int K = 7;

    private OpExamples() {}

    /** All kinds of operations that there are, those of one backend alone left out. */
    static Stream<Class<?>> kinds() {
        return kinds(Op.class);
    }

    private static Stream<Class<?>> kinds(Class<?> type) {
        if (!type.isSealed()) {
            return type.isRecord() ? Stream.of(type) : Stream.empty();
        }
        return Stream.of(type.getPermittedSubclasses()).flatMap(OpExamples::kinds);
    }

    static Tensor t(String name, int... shape) {
        return Tensor.state(name, shape);
    }

    static Tensor ints(String name, int size) {
        return Tensor.integers(name, size);
    }

    static Tensor counters() {
        return ints("counters", Counters.SIZE);
    }

    private static Poles poles(String d) {
        return new Poles(t(d + "re", P), t(d + "im", P), t(d + "logStep", P, 1));
    }

    static List<Tensor> pair(String name, int... shape) {
        return List.of(t(name + "1", shape), t(name + "2", shape));
    }

    /** One operation of each kind. */
    static Stream<Op> all() {
        return Stream.of(
                        input(),
                        image(),
                        norm(),
                        scan(),
                        timed(),
                        layer(),
                        head(),
                        rest(),
                        RankCases.examples())
                .flatMap(ops -> ops);
    }

    private static Stream<Op> input() {
        Tensor x = t("x", N, K);
        return Stream.of(
                new InputOp.Embed(ints("tokens", N), t("w", K, H), t("bias", H), t("out", N, H)),
                new InputOp.EmbedAdjoint(
                        ints("tokens", N), t("dOut", N, H), t("dW", K, H), t("dBias", H)),
                new InputOp.Dense(x, t("w", K, H), t("bias", H), t("out", N, H)),
                new InputOp.DenseAdjoint(
                        x,
                        t("w", K, H),
                        t("dOut", N, H),
                        t("dW", K, H),
                        t("dBias", H),
                        t("dX", N, K)),
                new InputOp.Append(x, t("column", B, L), t("out", N, K + 1)),
                new InputOp.AppendAdjoint(t("dOut", N, K + 1), t("dX", N, K)));
    }

    /** Images of 7 by 7 pixels in 2 channels, kernels of 3 by 3 for 4 channels: 3 by 3 windows. */
    private static Stream<Op> image() {
        Tensor x = t("x", N, 7 * 7 * 2);
        Tensor kernel = t("kernel", 3, 3, 2, 4);
        Tensor winner = t("winner", N, 3 * 3 * 4);
        return Stream.of(
                new ImageOp.ConvReluPool(
                        x, kernel, t("bias", 4), 7, 1, t("out", N, 3 * 3 * 4), winner),
                new ImageOp.ConvReluPoolAdjoint(
                        x,
                        kernel,
                        winner,
                        t("dOut", N, 3 * 3 * 4),
                        7,
                        1,
                        t("dKernel", 3, 3, 2, 4),
                        t("dBias", 4),
                        t("dX", N, 7 * 7 * 2)));
    }

    private static Stream<Op> norm() {
        Tensor x = t("x", N, H);
        Tensor y = t("y", N, H);
        Tensor scale = t("scale", H);
        Tensor bias = t("bias", H);
        Tensor dY = t("dY", N, H);
        Tensor residual = t("residual", N, H);
        Tensor dX = t("dX", N, H);
        Tensor mean = t("mean", H);
        Tensor rstd = t("rstd", H);
        Tensor runningMean = t("runningMean", H);
        Tensor runningVar = t("runningVar", H);
        Tensor dScale = t("dScale", H);
        Tensor dBias = t("dBias", H);
        Tensor lengths = ints("lengths", B);
        Tensor means = t("mean", N);
        Tensor rstds = t("rstd", N);
        return Stream.of(
                new NormOp.BatchNorm(
                        x, lengths, scale, bias, runningMean, runningVar, 0.5f, mean, rstd, y),
                new NormOp.BatchNormFrozen(x, scale, bias, runningMean, runningVar, y),
                new NormOp.BatchNormAdjoint(
                        x, lengths, scale, mean, rstd, dY, residual, dScale, dBias, dX),
                new NormOp.LayerNorm(x, scale, bias, means, rstds, y),
                new NormOp.LayerNormAdjoint(
                        x, scale, means, rstds, dY, residual, dScale, dBias, dX));
    }

    private static Stream<Op> scan() {
        Discretizer zoh = new Discretizer(Discretizer.Method.ZOH, false, 1);
        Tensor lambdaBar = t("lambdaBar", 2 * P);
        Tensor x = t("x", N, 4 * P);
        return Stream.of(
                new ScanOp.Discretize(
                        poles(""), t("b", P, H, 2), zoh, lambdaBar, t("bBar", H, 2 * P)),
                new ScanOp.DiscretizeAdjoint(
                        poles(""),
                        t("b", P, H, 2),
                        zoh,
                        t("dLambdaBar", 2 * P),
                        t("dBBar", H, 2 * P),
                        poles("d"),
                        t("dB", P, H, 2)),
                new ScanOp.Readout(pair("c", H, P, 2), 2, t("cMatrix", 4 * P, H)),
                new ScanOp.ReadoutAdjoint(t("dCMatrix", 4 * P, H), 2, pair("dC", H, P, 2)),
                new ScanOp.Scan(lambdaBar, t("bu", N, 2 * P), L, true, x),
                new ScanOp.ScanAdjoint(
                        lambdaBar,
                        x,
                        t("dX", N, 4 * P),
                        L,
                        true,
                        t("dBu", N, 2 * P),
                        t("dLambdaBar", 2 * P)));
    }

    private static Stream<Op> timed() {
        Discretizer zoh = new Discretizer(Discretizer.Method.ZOH, false, 1);
        Tensor dt = t("dt", B, L);
        Tensor w = t("w", N, 2 * P);
        Tensor x = t("x", N, 4 * P);
        return Stream.of(
                new TimedOp.InputMatrix(t("b", P, H, 2), t("bMatrix", H, 2 * P)),
                new TimedOp.InputMatrixAdjoint(t("dBMatrix", H, 2 * P), t("dB", P, H, 2)),
                new TimedOp.CloseSteps(dt, ints("lengths", B), t("out", B, L)),
                new TimedOp.ScanTimed(poles(""), dt, w, zoh, true, x),
                new TimedOp.ScanTimedAdjoint(
                        poles(""),
                        dt,
                        w,
                        zoh,
                        true,
                        x,
                        t("dX", N, 4 * P),
                        t("dW", N, 2 * P),
                        poles("d")));
    }

    private static Stream<Op> layer() {
        Tensor mask = t("mask", B, H);
        Tensor d = t("d", H);
        Tensor u = t("u", N, H);
        Tensor v = t("v", N, H);
        Tensor vBias = t("vBias", H);
        Tensor z = t("z", N, H);
        Tensor zBias = t("zBias", H);
        Tensor x = t("x", N, H);
        Tensor y = t("y", N, H);
        Tensor out = t("out", N, H);
        Tensor dOut = t("dOut", N, H);
        Tensor dX = t("dX", N, H);
        return Stream.of(
                new LayerOp.DropoutMask(
                        counters(), 3, 0.5f, new LayerOp.Share(1, 2, 4), t("mask", B, 30)),
                new LayerOp.SkipGelu(t("cx", N, H), d, u, mask, y, t("g", N, H)),
                new LayerOp.SkipGeluAdjoint(
                        y,
                        d,
                        u,
                        mask,
                        t("dG", N, H),
                        t("direct", N, H),
                        t("dY", N, H),
                        t("dD", H),
                        t("dU", N, H)),
                new LayerOp.Gate(v, vBias, z, zBias, mask, t("skip", N, H), out),
                new LayerOp.GateAdjoint(
                        v,
                        vBias,
                        z,
                        zBias,
                        mask,
                        dOut,
                        t("dV", N, H),
                        t("dVBias", H),
                        t("dZ", N, H),
                        t("dZBias", H)),
                new LayerOp.Add(t("a", N, H), t("b", N, H), out),
                new LayerOp.Gelu(x, out),
                new LayerOp.GeluAdjoint(x, dOut, dX),
                new LayerOp.Activate(x, Curve.TANH, out),
                new LayerOp.ActivateAdjoint(out, Curve.TANH, dOut, dX),
                new LayerOp.MaskRows(t("x", N, H), ints("lengths", B)));
    }

    private static Stream<Op> head() {
        Tensor lengths = ints("lengths", B);
        Tensor e = t("e", 2 * B, H);
        Tensor metrics = Tensor.output("metrics", 3, 2);
        return Stream.of(
                new HeadOp.Pool(t("x", N, H), lengths, Pooling.MEAN, t("out", B, H)),
                new HeadOp.PoolAdjoint(t("dOut", B, H), lengths, Pooling.MEAN, t("dX", N, H)),
                new HeadOp.PairFeatures(e, t("out", B, 4 * H)),
                new HeadOp.PairFeaturesAdjoint(e, t("dOut", B, 4 * H), t("dE", 2 * B, H)),
                new HeadOp.CrossEntropy(
                        t("logits", B, K),
                        ints("labels", B),
                        t("weights", K),
                        counters(),
                        0,
                        t("logProbs", B, K),
                        metrics,
                        t("dLogits", B, K)),
                new HeadOp.GaussianLoss(
                        t("mean", N, H),
                        t("z", N, H),
                        t("target", N, H),
                        lengths,
                        counters(),
                        L,
                        Fit.NLL,
                        t("prediction", N, 2 * H),
                        metrics,
                        t("dMean", N, H),
                        t("dZ", N, H)));
    }

    private static Stream<Op> rest() {
        return Stream.of(
                new Matmul(t("a", N, H), false, t("b", H, K), false, true, t("c", N, K)),
                new Adam(
                        List.of(t("p1", P), t("p2", H)),
                        List.of(t("g1", P), t("g2", H)),
                        List.of(t("m1", P), t("m2", H)),
                        List.of(t("v1", P), t("v2", H)),
                        t("rates", Rates.SIZE),
                        Rates.SSM,
                        0.5f),
                new SmoothLabels(
                        t("logProbs", B, K),
                        ints("labels", B),
                        t("weights", K),
                        counters(),
                        0,
                        0.1f,
                        t("dLogits", B, K),
                        t("metrics", 3, 2)),
                new UpdateOp.Accumulate(
                        List.of(t("g1", P), t("g2", H)),
                        List.of(t("sum1", P), t("sum2", H)),
                        t("rates", Rates.SIZE),
                        0.5f),
                new UpdateOp.ClipNorm(
                        List.of(t("g1", P), t("g2", H)), t("rates", Rates.SIZE), 1, t("norm", 1)),
                new UpdateOp.Sgd(
                        List.of(t("p1", P), t("p2", H)),
                        List.of(t("g1", P), t("g2", H)),
                        List.of(t("m1", P), t("m2", H)),
                        t("rates", Rates.SIZE),
                        Rates.SSM,
                        0.9f,
                        0.5f),
                new UpdateOp.Average(
                        List.of(t("p1", P), t("p2", H)),
                        List.of(t("e1", P), t("e2", H)),
                        t("rates", Rates.SIZE)));
    }

    // ---- what an operation is made of
    // -------------------------------------------------------------

    /** The tensors of an operation by their components, those in Poles and lists included. */
    static Map<String, Tensor> tensors(Op op) {
        Map<String, Tensor> found = new LinkedHashMap<>();
        collect("", op, found);
        return found;
    }

    private static void collect(String name, Object value, Map<String, Tensor> found) {
        switch (value) {
            case Tensor t -> found.put(name, t);
            case List<?> list -> {
                for (int i = 0; i < list.size(); i++) {
                    collect(name + "[" + i + "]", list.get(i), found);
                }
            }
            case Record r -> {
                for (RecordComponent c : r.getClass().getRecordComponents()) {
                    collect(
                            name.isEmpty() ? c.getName() : name + "." + c.getName(),
                            get(r, c),
                            found);
                }
            }
            default -> {} // a number, a flag or null
        }
    }

    private static Object get(Record r, RecordComponent c) {
        try {
            return c.getAccessor().invoke(r);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The operation with another tensor, or null, wherever it has {@code old}.
     *
     * @throws RuntimeException what its constructor throws
     */
    static Op with(Op op, Tensor old, Tensor other) {
        return (Op) changed(op, value -> value == old ? other : value);
    }

    /** The operation without these tensors. */
    static Op withNull(Op op, Tensor... absent) {
        List<Tensor> list = List.of(absent);
        return (Op) changed(op, value -> list.contains(value) ? null : value);
    }

    private static Object changed(Object value, UnaryOperator<Object> change) {
        return switch (value) {
            case Tensor t -> change.apply(t);
            case List<?> list -> {
                List<Object> result = new ArrayList<>();
                list.forEach(element -> result.add(changed(element, change)));
                yield result;
            }
            case Record r -> {
                RecordComponent[] components = r.getClass().getRecordComponents();
                Object[] values =
                        Stream.of(components).map(c -> changed(get(r, c), change)).toArray();
                yield construct(r.getClass(), components, values);
            }
            case null, default -> value;
        };
    }

    private static Object construct(Class<?> type, RecordComponent[] components, Object... values) {
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw (RuntimeException) e.getCause();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
