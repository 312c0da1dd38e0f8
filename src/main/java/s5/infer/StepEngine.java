package s5.infer;

import s5.config.ModelConfig;
import s5.config.ModelConfig.Activation;
import s5.cpu.layer.LayerEnd;
import s5.cpu.norm.FrozenNorm;
import s5.cpu.product.Packed;
import s5.cpu.scan.Recurrence;
import s5.train.Finite;

import java.util.ArrayList;
import java.util.List;

/**
 * Scratch that takes some streams one position further. All that it runs is bound to its arrays
 * when it is made, so that a step allocates nothing. For one thread at a time.
 *
 * <pre>
 *   a ─► norm ─► u ─► B ─► bu ─► recurrence ─► x ─► C ─► cx ─► skip, gelu ─► g ─► gate ─► + a ─► b      (prenorm)
 * </pre>
 *
 * The next layer reads b and writes a.
 */
final class StepEngine {
    private final StepWeights weights;
    private final int rows;

    /** (rows, H): what goes into the layers. */
    private final float[] features;

    /** (rows, H): what comes out of them. */
    private final float[] out;

    private final Packed.Product encoder; // null unless numbers are read
    private final float[] input; // (rows, inputs)
    private final Part[][] layers;
    private final int[] at;
    private final float[] dt;
    private final float[] before; // (rows, kept): what streams remembered before the step
    private final boolean[] unread; // (rows)

    /**
     * @param rows streams that step at a time
     * @param kept numbers of a stream that a step may have to take back
     */
    StepEngine(StepWeights weights, int rows, int kept) {
        this.weights = weights;
        this.rows = rows;
        before = new float[rows * kept];
        unread = new boolean[rows];
        at = new int[rows];
        dt = weights.timed() ? new float[rows] : null;
        Scratch scratch = new Scratch(weights, rows);
        features = scratch.a;
        float[] from = scratch.a;
        float[] to = scratch.b;
        layers = new Part[weights.layers().size()][];
        for (int i = 0; i < layers.length; i++) {
            layers[i] = parts(weights.layers().get(i), scratch, from, to);
            if (weights.model().config().prenorm()) {
                float[] other = from;
                from = to;
                to = other;
            } // else the norm has brought the result back
        }
        out = from;
        Packed kernel = weights.encoder().kernel();
        input = kernel == null ? null : new float[rows * weights.model().shape().inputs()];
        encoder = kernel == null ? null : kernel.product(input, features, scratch.edge);
    }

    /** Arrays of a row for each stream, which the layers use one after the other. */
    private static final class Scratch {
        final float[] a;
        final float[] b;
        final float[] u;
        final float[] bu;
        final float[] x;
        final float[] cx;
        final float[] y;
        final float[] g;
        final float[] z;
        final float[] v;

        final float[] edge;

        Scratch(StepWeights weights, int rows) {
            int h = weights.features();
            int states = weights.states();
            a = new float[rows * h];
            b = new float[rows * h];
            u = new float[rows * h];
            bu = new float[rows * states];
            x = new float[rows * states];
            cx = new float[rows * h];
            y = new float[rows * h];
            g = new float[rows * h];
            z = new float[rows * h];
            v = new float[rows * h];
            edge = Packed.edge(rows, weights.model().vector());
        }
    }

    /**
     * A part of a layer, bound to its arrays. One call site runs all kinds of them, so that HotSpot
     * compiles each by itself: inlined into one method, they exceed what it takes, and the calls
     * that it then leaves out turn vectors into objects.
     */
    private interface Part {
        void run(float[] states, int rows);
    }

    /** The parts of a layer, in the order in which they run; see {@code s5.model.S5Layer}. */
    private Part[] parts(StepWeights.Layer layer, Scratch s, float[] from, float[] to) {
        ModelConfig config = weights.model().config();
        LayerEnd end = weights.end();
        boolean prenorm = config.prenorm();
        float[] u = prenorm ? s.u : from;
        float[] y = config.activation() == Activation.HALF_GLU2 ? s.y : null;
        float[] v =
                switch (config.activation()) {
                    case FULL_GLU -> s.v;
                    case HALF_GLU1 -> s.g;
                    case HALF_GLU2 -> s.y;
                    case GELU -> null;
                };
        boolean vector = weights.model().vector();
        FrozenNorm norm =
                FrozenNorm.of(layer.norm(), prenorm ? from : to, prenorm ? u : from, vector);
        List<Part> parts = new ArrayList<>();
        if (prenorm) {
            parts.add((_, rows) -> norm.run(rows));
        }
        parts.add(product(layer.b(), u, s.bu, s.edge));
        Recurrence.Step recurrence = layer.recurrence().get();
        parts.add((states, rows) -> recurrence.run(states, at, s.bu, dt, s.x, rows));
        parts.add(product(layer.c(), s.x, s.cx, s.edge));
        parts.add(part(end.skipGelu(s.cx, layer.d(), u, y, s.g)));
        if (layer.w2() != null) {
            parts.add(product(layer.w2(), s.g, s.z, s.edge));
        }
        if (layer.w1() != null) {
            parts.add(product(layer.w1(), s.g, s.v, s.edge));
        }
        parts.add(
                part(
                        v == null
                                ? end.add(from, s.g, to)
                                : end.gate(v, layer.b1(), s.z, layer.b2(), from, to)));
        if (!prenorm) {
            parts.add((_, rows) -> norm.run(rows));
        }
        return parts.toArray(Part[]::new);
    }

    private static Part product(Packed matrix, float[] a, float[] c, float[] edge) {
        Packed.Product product = matrix.product(a, c, edge);
        return (_, rows) -> product.run(rows);
    }

    private static Part part(LayerEnd.Rows operation) {
        return (_, rows) -> operation.run(rows);
    }

    /** Streams that step at a time. */
    int rows() {
        return rows;
    }

    /**
     * Where the numbers of each row go, (rows, inputs), for a model whose input layer is a product.
     */
    float[] input() {
        return input;
    }

    /** Begins the row of a stream: all that its step changes can be taken back from here on. */
    void begin(int row, States states, int stream) {
        states.keep(stream, before, row);
    }

    /**
     * Whether the stream of a row is where it was, for the last step would have left no numbers.
     */
    boolean unread(int row) {
        return unread[row];
    }

    /** Puts the features of a position into a row. */
    void features(int row, float[] values) {
        System.arraycopy(values, 0, features, row * values.length, values.length);
    }

    /** Puts a token into a row. */
    void token(int row, int token) {
        float[] table = weights.encoder().table();
        float[] bias = weights.encoder().bias();
        int h = bias.length;
        for (int j = 0; j < h; j++) {
            features[row * h + j] = table[token * h + j] + bias[j];
        }
    }

    /** Says how much time has passed before the position in a row; at the first one, any. */
    void time(int row, float since) {
        if (dt != null) {
            dt[row] = since;
        }
    }

    /**
     * Takes streams one position further, but for those whose state would be infinite or NaN then.
     *
     * @param streams those of the rows, from {@code first} on; null for all from there on
     * @param first the stream of row 0, or where it is told
     * @param count rows that were begun and filled
     * @return how many streams were not taken further; see {@link #unread}
     */
    int run(States states, int[] streams, int first, int count) {
        if (encoder != null) {
            encoder.run(count);
            float[] bias = weights.encoder().bias();
            for (int i = 0, row = 0; row < count; row++) {
                for (int j = 0; j < bias.length; j++, i++) {
                    features[i] += bias[j];
                }
            }
        }
        for (int row = 0; row < count; row++) {
            int stream = streams == null ? first + row : streams[first + row];
            at[row] = stream * states.size();
        }
        int width = weights.states();
        for (Part[] layer : layers) {
            for (Part part : layer) {
                part.run(states.x(), count);
            }
            for (int row = 0; row < count; row++) {
                at[row] += width;
            }
        }
        int bad = 0;
        int h = weights.features();
        for (int row = 0; row < count; row++) {
            int stream = streams == null ? first + row : streams[first + row];
            unread[row] = !Finite.all(out, row * h, (row + 1) * h) || !states.finite(stream);
            if (unread[row]) {
                states.undo(stream, before, row);
                bad++;
            } else {
                states.read(stream, out, row);
            }
        }
        return bad;
    }
}
