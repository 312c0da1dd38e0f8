package s5.exchange;

import s5.data.Batch;
import s5.data.Shape;
import s5.io.Safetensors.Array;
import s5.model.Model;
import s5.ops.Backend;
import s5.train.Evaluator;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Random sequences and what a model says of them: with these another program can see that it has
 * the same model.
 */
public final class Samples {
    /** Before the names of the arrays; a reader of weights leaves them out. */
    static final String PREFIX = "check/";

    private Samples() {}

    /**
     * {@return a full batch of random sequences: normal numbers, tokens and lengths evenly}
     *
     * @param shape of a sample
     * @param samples B
     * @param seed gives the same batch again
     */
    public static Batch random(Shape shape, int samples, long seed) {
        Batch batch = new Batch(shape, samples);
        SplittableRandom random = new SplittableRandom(seed);
        batch.rows = samples;
        for (int i = 0; i < batch.lengths.length; i++) {
            batch.lengths[i] =
                    shape.padded() ? random.nextInt(1, shape.length() + 1) : shape.length();
        }
        if (batch.tokens != null) {
            for (int i = 0; i < batch.tokens.length; i++) {
                boolean padding = i % shape.length() >= batch.lengths[i / shape.length()];
                batch.tokens[i] = padding ? 0 : random.nextInt(shape.inputs());
            }
        } else {
            int row = shape.length() * shape.inputs();
            for (int i = 0; i < batch.x.length; i++) {
                boolean padding = i % row / shape.inputs() >= batch.lengths[i / row];
                batch.x[i] = padding ? 0 : (float) random.nextGaussian();
            }
        }
        for (int i = 0; batch.dt != null && i < batch.dt.length; i++) {
            batch.dt[i] = i % shape.length() == 0 ? 1 : random.nextInt(1, 6);
        }
        return batch;
    }

    /**
     * {@return the arrays of a batch, and the model's answers, by their names in a file}
     *
     * @param backend that holds the model's parameters
     * @param model to ask
     * @param batch full
     */
    public static Map<String, Array> arrays(Backend backend, Model model, Batch batch) {
        Shape shape = batch.shape;
        int sequences = batch.lengths.length;
        Map<String, Array> arrays = new LinkedHashMap<>();
        if (batch.tokens != null) {
            arrays.put(PREFIX + "tokens", floats(batch.tokens, sequences, shape.length()));
        } else {
            arrays.put(
                    PREFIX + "x",
                    new Array(
                            new int[] {sequences, shape.length(), shape.inputs()},
                            batch.x.clone()));
        }
        if (shape.padded()) {
            arrays.put(PREFIX + "lengths", floats(batch.lengths, sequences));
        }
        if (batch.dt != null) {
            arrays.put(
                    PREFIX + "dt",
                    new Array(new int[] {batch.capacity, shape.length()}, batch.dt.clone()));
        }
        try (Evaluator evaluator =
                new Evaluator(backend, model, batch.capacity, shape.length(), 1)) {
            float[] said = evaluator.predict(batch);
            int row = said.length / batch.capacity;
            arrays.put(PREFIX + "answers", new Array(new int[] {batch.capacity, row}, said));
        }
        return arrays;
    }

    private static Array floats(int[] values, int... shape) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = values[i];
        }
        return new Array(shape, floats);
    }
}
