package s5.exchange.onnx;

import s5.UserError;
import s5.exchange.onnx.ClosedScan.Complex;
import s5.exchange.onnx.Graph.Attribute;
import s5.ops.Discretizer;
import s5.ops.HeadOp.CrossEntropy;
import s5.ops.HeadOp.GaussianLoss;
import s5.ops.HeadOp.PairFeatures;
import s5.ops.HeadOp.Pool;
import s5.ops.HeadOp.Pooling;
import s5.ops.ImageOp.ConvReluPool;
import s5.ops.InputOp.Append;
import s5.ops.InputOp.Dense;
import s5.ops.InputOp.Embed;
import s5.ops.LayerOp.Activate;
import s5.ops.LayerOp.Add;
import s5.ops.LayerOp.Curve;
import s5.ops.LayerOp.Gate;
import s5.ops.LayerOp.Gelu;
import s5.ops.LayerOp.MaskRows;
import s5.ops.LayerOp.SkipGelu;
import s5.ops.Matmul;
import s5.ops.NormOp;
import s5.ops.NormOp.BatchNormFrozen;
import s5.ops.NormOp.LayerNorm;
import s5.ops.Op;
import s5.ops.Poles;
import s5.ops.ScanOp.Discretize;
import s5.ops.ScanOp.Readout;
import s5.ops.ScanOp.Scan;
import s5.ops.Tensor;
import s5.ops.TimedOp.CloseSteps;
import s5.ops.TimedOp.InputMatrix;
import s5.ops.TimedOp.ScanTimed;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.LongStream;

/**
 * An evaluation program as nodes of a graph. The number of rows is left open, whatever the program
 * was made for; what depends on weights alone becomes a constant.
 */
final class Translation {
    private final Graph graph;
    private final int length;
    private final Function<String, float[]> weights;
    private final Map<Tensor, String> values = new HashMap<>();
    private final Map<Tensor, double[]> bars = new HashMap<>(); // Lambda_bar of each layer

    /**
     * @param length L
     * @param weights by name, parameters and running statistics
     */
    Translation(Graph graph, int length, Function<String, float[]> weights) {
        this.graph = graph;
        this.length = length;
        this.weights = weights;
    }

    /** Says which value an input of the program is. */
    void set(Tensor tensor, String value) {
        values.put(tensor, value);
    }

    /** The value of a tensor that has been computed, or of a weight. */
    String value(Tensor t) {
        boolean weight = t.role() == Tensor.Role.PARAMETER || t.role() == Tensor.Role.STATE;
        if (weight && !values.containsKey(t)) {
            values.put(t, graph.weight(t.name(), read(t), t.shape()));
        }
        String value = values.get(t);
        if (value == null) {
            throw new IllegalStateException("no value of " + t);
        }
        return value;
    }

    private float[] read(Tensor t) {
        return weights.apply(t.name());
    }

    /** Adds the nodes of an operation. */
    void add(Op op) {
        switch (op) {
            case Embed o ->
                    set(
                            o.out(),
                            add(
                                    graph.node("Gather", value(o.w()), value(o.tokens())),
                                    value(o.bias())));
            case Dense o -> set(o.out(), add(product(o.x(), o.w()), value(o.bias())));
            case Append o ->
                    set(
                            o.out(),
                            graph.concat(1, value(o.x()), graph.reshape(value(o.column()), -1, 1)));
            case ConvReluPool o -> convolution(o);
            case Matmul o when !o.transposeA() && !o.transposeB() && !o.accumulate() ->
                    set(o.c(), product(o.a(), o.b()));
            case BatchNormFrozen o -> batchNorm(o);
            case LayerNorm o ->
                    set(
                            o.y(),
                            graph.node(
                                    "LayerNormalization",
                                    List.of(value(o.x()), value(o.scale()), value(o.bias())),
                                    Attribute.integer("axis", -1),
                                    Attribute.number("epsilon", NormOp.LAYER_NORM_EPSILON)));
            case Discretize o -> discretize(o);
            case InputMatrix o -> set(o.bMatrix(), matrix(o.bMatrix(), read(o.b()), null));
            case Readout o -> readout(o);
            case Scan o -> scan(o);
            case CloseSteps o -> closeSteps(o);
            case ScanTimed o -> scanTimed(o);
            case MaskRows o ->
                    set(
                            o.x(),
                            graph.node(
                                    "Mul", value(o.x()), graph.reshape(mask(o.lengths()), -1, 1)));
            case SkipGelu o when o.mask() == null -> {
                String y = add(value(o.cx()), graph.node("Mul", value(o.d()), value(o.u())));
                if (o.y() != null) {
                    set(o.y(), y);
                }
                set(o.g(), gelu(y));
            }
            case Gate o when o.mask() == null -> gate(o);
            case Add o -> set(o.out(), add(value(o.a()), value(o.b())));
            case Gelu o -> set(o.out(), gelu(value(o.x())));
            case Activate o ->
                    set(
                            o.out(),
                            graph.node(o.curve() == Curve.RELU ? "Relu" : "Tanh", value(o.x())));
            case Pool o -> pool(o);
            case PairFeatures o -> pairs(o);
            case CrossEntropy o ->
                    set(
                            o.logProbs(),
                            graph.node(
                                    "LogSoftmax",
                                    List.of(value(o.logits())),
                                    Attribute.integer("axis", -1)));
            case GaussianLoss o -> gaussian(o);
            default ->
                    throw new UserError(
                            "onnx: a model with the operation %s cannot be written"
                                    .formatted(op.name()));
        }
    }

    private String add(String a, String b) {
        return graph.node("Add", a, b);
    }

    private String product(Tensor a, Tensor b) {
        return graph.node("MatMul", value(a), value(b));
    }

    /** The tanh form. */
    private String gelu(String x) {
        String cube = graph.node("Mul", graph.node("Mul", x, x), x);
        String inner = add(x, graph.node("Mul", cube, graph.scalar(0.044715)));
        String t =
                graph.node("Tanh", graph.node("Mul", inner, graph.scalar(Math.sqrt(2 / Math.PI))));
        return graph.node("Mul", graph.node("Mul", x, graph.scalar(0.5)), add(t, graph.scalar(1)));
    }

    private void gate(Gate o) {
        String v = o.vBias() == null ? value(o.v()) : add(value(o.v()), value(o.vBias()));
        String open = graph.node("Sigmoid", add(value(o.z()), value(o.zBias())));
        set(o.out(), add(value(o.skip()), graph.node("Mul", v, open)));
    }

    private void batchNorm(BatchNormFrozen o) {
        float[] scale = read(o.scale());
        float[] bias = read(o.bias());
        float[] mean = read(o.runningMean());
        float[] var = read(o.runningVar());
        float[] factor = new float[scale.length];
        float[] rest = new float[scale.length];
        for (int i = 0; i < scale.length; i++) {
            double f = scale[i] / Math.sqrt((double) var[i] + NormOp.BATCH_NORM_EPSILON);
            factor[i] = (float) f;
            rest[i] = (float) (bias[i] - mean[i] * f);
        }
        String scaled = graph.node("Mul", value(o.x()), graph.floats(factor, factor.length));
        set(o.y(), add(scaled, graph.floats(rest, rest.length)));
    }

    // ---- the state space

    private Poles64 poles(Poles poles, Discretizer discretizer) {
        return Poles64.of(read(poles.re()), read(poles.im()), read(poles.logStep()), discretizer);
    }

    private void discretize(Discretize o) {
        Poles64 poles = poles(o.poles(), o.discretizer());
        bars.put(o.lambdaBar(), poles.bar(o.discretizer().method()));
        double[] factor = poles.factor(o.discretizer().method());
        set(o.bBar(), matrix(o.bBar(), read(o.b()), factor));
    }

    /** (H, 2P) of b (P, H, 2), its rows times a factor (2P) unless that is null. */
    private String matrix(Tensor out, float[] b, double[] factor) {
        int h = out.rows();
        int p = out.columns() / 2;
        float[] m = new float[h * 2 * p];
        for (int i = 0; i < p; i++) {
            double re = factor == null ? 1 : factor[i];
            double im = factor == null ? 0 : factor[p + i];
            for (int j = 0; j < h; j++) {
                double bRe = b[(i * h + j) * 2];
                double bIm = b[(i * h + j) * 2 + 1];
                m[j * 2 * p + i] = (float) (re * bRe - im * bIm);
                m[j * 2 * p + p + i] = (float) (re * bIm + im * bRe);
            }
        }
        return graph.weight(out.name(), m, h, 2 * p);
    }

    private void readout(Readout o) {
        int h = o.cMatrix().columns();
        int directions = o.c().size();
        int p = o.cMatrix().rows() / 2 / directions;
        float[] m = new float[2 * p * directions * h];
        for (int d = 0; d < directions; d++) {
            float[] c = read(o.c().get(d));
            int columns = c.length / h / 2; // P, or 2P of one that serves both
            int from = columns == p ? 0 : d * p;
            for (int i = 0; i < p; i++) {
                for (int j = 0; j < h; j++) {
                    int at = (j * columns + from + i) * 2;
                    m[(2 * p * d + i) * h + j] = o.factor() * c[at];
                    m[(2 * p * d + p + i) * h + j] = -o.factor() * c[at + 1];
                }
            }
        }
        set(o.cMatrix(), graph.weight(o.cMatrix().name(), m, 2 * p * directions, h));
    }

    private void scan(Scan o) {
        double[] bar = bars.get(o.lambdaBar());
        ClosedScan scan = new ClosedScan(graph, length, bar.length / 2);
        Complex bu = scan.parts(value(o.bu()));
        Complex forward = scan.fixed(bar, bu, false);
        set(
                o.x(),
                o.bidirectional()
                        ? scan.rows(forward, scan.fixed(bar, bu, true))
                        : scan.rows(forward));
    }

    private void scanTimed(ScanTimed o) {
        Poles64 poles = poles(o.poles(), o.discretizer());
        ClosedScan scan = new ClosedScan(graph, length, poles.re().length);
        Complex w = scan.parts(value(o.w()));
        String dt = graph.reshape(value(o.dt()), -1, length, 1);
        Complex forward = timed(scan, poles, o.discretizer(), dt, w, false);
        if (!o.bidirectional()) {
            set(o.x(), scan.rows(forward));
            return;
        }
        String first = graph.slice(dt, 1, 0, 1);
        String next = length == 1 ? first : graph.concat(1, graph.slice(dt, 1, 1, length), first);
        set(o.x(), scan.rows(forward, timed(scan, poles, o.discretizer(), next, w, true)));
    }

    private static Complex timed(
            ClosedScan scan,
            Poles64 poles,
            Discretizer discretizer,
            String dt,
            Complex w,
            boolean backward) {
        List<Complex> discrete = scan.discretized(poles, discretizer.method(), dt);
        return scan.timed(discrete.getFirst(), scan.times(discrete.getLast(), w), backward);
    }

    private void closeSteps(CloseSteps o) {
        String dt = graph.reshape(value(o.dt()), -1, length);
        String mask = mask(o.lengths());
        String rest = graph.node("Sub", graph.scalar(1), mask);
        set(
                o.out(),
                add(
                        graph.node("Mul", dt, mask),
                        graph.node("Mul", graph.slice(dt, 1, 0, 1), rest)));
    }

    // ---- images

    private void convolution(ConvReluPool o) {
        int[] k = o.kernel().shape(); // (W, W, K, M)
        float[] from = read(o.kernel());
        float[] kernel = new float[from.length]; // (M, K, W, W)
        for (int i = 0; i < from.length; i++) {
            int m = i % k[3];
            int in = i / k[3] % k[2];
            int place = i / k[3] / k[2];
            kernel[(m * k[2] + in) * k[0] * k[1] + place] = from[i];
        }
        int pad = (k[0] - 1) / 2;
        String image =
                graph.node(
                        "Transpose",
                        List.of(graph.reshape(value(o.x()), -1, o.size(), o.size(), k[2])),
                        Attribute.integers("perm", 0, 3, 1, 2));
        String convolved =
                graph.node(
                        "Conv",
                        List.of(
                                image,
                                graph.weight(o.kernel().name(), kernel, k[3], k[2], k[0], k[1]),
                                value(o.bias())),
                        Attribute.integers("pads", pad, pad, pad, pad),
                        Attribute.integers("strides", o.stride(), o.stride()));
        String pooled =
                graph.node(
                        "MaxPool",
                        List.of(graph.node("Relu", convolved)),
                        Attribute.integers("kernel_shape", 2, 2),
                        Attribute.integers("strides", 2, 2));
        String last =
                graph.node("Transpose", List.of(pooled), Attribute.integers("perm", 0, 2, 3, 1));
        set(o.out(), graph.reshape(last, -1, o.out().columns()));
    }

    // ---- heads

    /** (B, L): 1 before the lengths, 0 from there on. */
    private String mask(Tensor lengths) {
        String places = graph.integers(LongStream.range(0, length).toArray(), 1, length);
        String before = graph.node("Less", places, graph.reshape(value(lengths), -1, 1));
        return graph.node("Cast", List.of(before), Attribute.integer("to", 1));
    }

    private void pool(Pool o) {
        long h = o.x().columns();
        String x = graph.reshape(value(o.x()), -1, length, h);
        if (o.pooling() == Pooling.LAST) {
            set(o.out(), graph.reshape(graph.slice(x, 1, length - 1, length), -1, h));
            return;
        }
        String count = graph.scalar(length);
        if (o.lengths() != null) {
            x = graph.node("Mul", x, graph.reshape(mask(o.lengths()), -1, length, 1));
            count =
                    graph.node(
                            "Cast",
                            List.of(graph.reshape(value(o.lengths()), -1, 1)),
                            Attribute.integer("to", 1));
        }
        String sum =
                graph.node(
                        "ReduceSum",
                        List.of(x, graph.integers(1)),
                        Attribute.integer("keepdims", 0));
        set(o.out(), graph.node("Div", sum, count));
    }

    private void pairs(PairFeatures o) {
        List<String> e =
                graph.nodes("Split", 2, List.of(value(o.e())), Attribute.integer("axis", 0));
        String a = e.getFirst();
        String b = e.getLast();
        set(o.out(), graph.concat(1, a, b, graph.node("Sub", a, b), graph.node("Mul", a, b)));
    }

    /** The variance exp(z) for z below 0, else z + 1, is exp(min(z, 0)) + max(z, 0). */
    private void gaussian(GaussianLoss o) {
        String zero = graph.scalar(0);
        String z = value(o.z());
        String variance =
                add(graph.node("Exp", graph.node("Min", z, zero)), graph.node("Max", z, zero));
        set(o.prediction(), graph.concat(1, value(o.mean()), variance));
    }
}
