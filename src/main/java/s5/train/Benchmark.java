package s5.train;

import s5.config.Config;
import s5.data.Batch;
import s5.data.Shape;
import s5.model.Model;
import s5.ops.Backend;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;

/** Times training and evaluation steps on random input of an experiment's shape. */
public final class Benchmark {
    private Benchmark() {}

    /**
     * Wall-clock times of one kind of step, feeding its input included.
     *
     * @param median in milliseconds, as {@code least} and {@code most}
     * @param bytes of scratch and output memory that the step holds
     * @param profile milliseconds a step by operation, largest first; empty where the backend
     *     cannot tell
     */
    public record Times(
            double median, double least, double most, long bytes, Map<String, Double> profile) {}

    /** Both kinds of step of one experiment. */
    public record Result(Times train, Times evaluation) {}

    /**
     * Runs one experiment.
     *
     * @param steps timed, after {@code warmup} untimed ones, of each kind
     */
    public static Result run(Config config, Shape shape, Backend backend, int warmup, int steps) {
        Model model = new Model(config.model(), shape);
        int samples = config.train().batch();
        Times train;
        try (Learner learner =
                new Learner(
                        backend, model, config.train(), samples, shape.length(), config.seed())) {
            learner.initialize(config.seed());
            Batch[] batches = {random(shape, samples, 1), random(shape, samples, 2)};
            double[] times = new double[warmup + steps];
            for (int i = 0; i < times.length; i++) {
                long start = System.nanoTime();
                learner.step(i, batches[i % 2], config.train().ssmLr(), config.train().lr());
                learner.metrics();
                times[i] = (System.nanoTime() - start) * 1e-6;
            }
            train = summary(times, warmup, learner.bytes(), learner.profile());
        }
        int evaluated = config.train().evaluationBatch();
        try (Evaluator evaluator = new Evaluator(backend, model, evaluated, shape.length(), 1)) {
            Batch[] batches = {random(shape, evaluated, 3), random(shape, evaluated, 4)};
            double[] times = new double[warmup + steps];
            for (int i = 0; i < times.length; i++) {
                long start = System.nanoTime();
                evaluator.predict(batches[i % 2]);
                times[i] = (System.nanoTime() - start) * 1e-6;
            }
            return new Result(
                    train, summary(times, warmup, evaluator.bytes(), evaluator.profile()));
        }
    }

    private static Times summary(
            double[] times, int warmup, long bytes, Map<String, Double> profile) {
        double[] timed = Arrays.copyOfRange(times, warmup, times.length);
        Arrays.sort(timed);
        int n = timed.length;
        double median = (timed[(n - 1) / 2] + timed[n / 2]) / 2;
        return new Times(median, timed[0], timed[n - 1], bytes, profile);
    }

    /**
     * A full batch: normal input or uniform tokens, lengths between half of L and L, uniform labels
     * or normal targets, time steps of 1 to 3.
     */
    private static Batch random(Shape shape, int samples, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Batch batch = new Batch(shape, samples);
        batch.rows = samples;
        if (shape.tokens()) {
            Arrays.setAll(batch.tokens, i -> random.nextInt(shape.inputs()));
        } else {
            for (int i = 0; i < batch.x.length; i++) {
                batch.x[i] = (float) random.nextGaussian();
            }
        }
        int least = shape.padded() ? (shape.length() + 1) / 2 : shape.length();
        Arrays.setAll(batch.lengths, i -> random.nextInt(least, shape.length() + 1));
        if (shape.regression()) {
            for (int i = 0; i < batch.targets.length; i++) {
                batch.targets[i] = (float) random.nextGaussian();
            }
        } else {
            Arrays.setAll(batch.labels, i -> random.nextInt(shape.classes()));
        }
        for (int i = 0; shape.timed() && i < batch.dt.length; i++) {
            batch.dt[i] = random.nextInt(1, 4);
        }
        return batch;
    }
}
