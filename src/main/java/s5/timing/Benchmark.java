package s5.timing;

import s5.config.Config;
import s5.data.Batch;
import s5.data.Shape;
import s5.model.Model;
import s5.ops.Backend;
import s5.train.Evaluator;
import s5.train.Learner;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;

/** Times training and evaluation steps on random input of an experiment's shape. */
public final class Benchmark {
    private Benchmark() {}

    /**
     * Wall-clock times of one kind of step, feeding its input included.
     *
     * @param median milliseconds a step
     * @param least milliseconds a step
     * @param most milliseconds a step
     * @param bytes of scratch and output memory that the step holds
     * @param profile milliseconds a step by operation, largest first; empty where the backend
     *     cannot tell
     */
    public record Times(
            double median, double least, double most, long bytes, Map<String, Double> profile) {}

    /**
     * Both kinds of step of one experiment.
     *
     * @param train training steps, each waited for
     * @param trainInARow milliseconds of a training step among many that are waited for only at the
     *     end, as training does between the rows of its table
     * @param evaluation evaluation steps, without gradients
     */
    public record Result(Times train, double trainInARow, Times evaluation) {}

    /**
     * Runs one experiment.
     *
     * @param config of the experiment
     * @param shape of its samples
     * @param backend to run on
     * @param warmup untimed steps of each kind
     * @param steps timed, after {@code warmup} untimed ones, of each kind
     * @return times of both kinds of step
     */
    public static Result run(Config config, Shape shape, Backend backend, int warmup, int steps) {
        return run(config, shape, backend, warmup, 0, steps);
    }

    /**
     * Runs one experiment, warmed up for some time too: the JIT compiler takes seconds, in which a
     * small model does many steps.
     *
     * @param config of the experiment
     * @param shape of its samples
     * @param backend to run on; where several processes share its training, each has its part of
     *     train.batch, and {@code warmupSeconds} has to be 0
     * @param warmup least number of untimed steps before the timed ones
     * @param warmupSeconds least time that the untimed ones take
     * @param steps timed, of each kind
     * @return times of both kinds of step
     */
    public static Result run(
            Config config,
            Shape shape,
            Backend backend,
            int warmup,
            double warmupSeconds,
            int steps) {
        Model model = new Model(config.model(), shape);
        int ranks = backend.ranks().size();
        int samples = config.train().batch();
        int share = samples / ranks; // the learner demands that it can be shared
        int seed = 4 * backend.ranks().rank();
        Times train;
        double inARow;
        try (Learner learner =
                new Learner(
                        backend, model, config.train(), samples, shape.length(), config.seed())) {
            learner.initialize(config.seed());
            Batch[] batches = {random(shape, share, seed + 1), random(shape, share, seed + 2)};
            IntConsumer step =
                    i -> {
                        double ssmLr = config.train().ssmLr();
                        learner.step(i, batches[i % 2], ssmLr, config.train().lr());
                    };
            double[] times =
                    times(
                            warmup,
                            warmupSeconds,
                            steps,
                            i -> {
                                step.accept(i);
                                learner.metrics();
                            });
            long start = System.nanoTime();
            for (int i = 0; i < steps; i++) {
                step.accept(i);
            }
            learner.metrics();
            inARow = (System.nanoTime() - start) * 1e-6 / steps;
            train = summary(times, learner.bytes(), learner.profile());
        }
        int evaluated = Math.ceilDiv(config.train().evaluationBatch(), ranks);
        try (Evaluator evaluator = new Evaluator(backend, model, evaluated, shape.length(), 1)) {
            Batch[] batches = {random(shape, evaluated, 3), random(shape, evaluated, 4)};
            double[] times =
                    times(warmup, warmupSeconds, steps, i -> evaluator.predict(batches[i % 2]));
            return new Result(
                    train, inARow, summary(times, evaluator.bytes(), evaluator.profile()));
        }
    }

    /** Milliseconds that the steps take after the warm-up. */
    private static double[] times(int warmup, double seconds, int steps, IntConsumer step) {
        long begun = System.nanoTime();
        int done = 0;
        while (done < warmup || (System.nanoTime() - begun) * 1e-9 < seconds) {
            step.accept(done++);
        }
        double[] times = new double[steps];
        for (int i = 0; i < steps; i++) {
            long start = System.nanoTime();
            step.accept(done++);
            times[i] = (System.nanoTime() - start) * 1e-6;
        }
        return times;
    }

    private static Times summary(double[] timed, long bytes, Map<String, Double> profile) {
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
            Arrays.setAll(
                    batch.labels,
                    i ->
                            shape.each() && i % shape.length() >= batch.lengths[i / shape.length()]
                                    ? -1
                                    : random.nextInt(shape.classes()));
        }
        for (int i = 0; shape.timed() && i < batch.dt.length; i++) {
            batch.dt[i] = random.nextInt(1, 4);
        }
        return batch;
    }
}
