package s5.train;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import s5.collective.Alone;
import s5.collective.Collective;
import s5.config.TrainConfig.Select;
import s5.data.Batch;
import s5.data.Batches;
import s5.data.Dataset;
import s5.metric.Answers;
import s5.metric.Means;
import s5.metric.Tally;
import s5.metric.TrainingLabels;
import s5.model.Inputs;
import s5.model.Model;
import s5.model.Outputs;
import s5.ops.Backend;
import s5.ops.Counters;
import s5.ops.Program;
import s5.ops.Step;
import s5.ops.Tensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/**
 * Runs a model forward on the backend that holds its parameters: losses, accuracies, predictions.
 */
public final class Evaluator implements AutoCloseable {
    private final Backend backend;
    private final Inputs inputs;
    private final Outputs outputs;
    private final Program program;
    private final Step step;
    private final int samples;
    private final Collective ranks; // who share an evaluation
    // of the simplest predictors
    private final IdentityHashMap<Dataset, Map<String, Double>> rivals = new IdentityHashMap<>();

    /**
     * Loss and accuracy of a data set, averaged over its samples, or over the positions that count
     * where each has an answer.
     *
     * @param loss mean negative log-likelihood, in nats, of what the model was trained on
     * @param accuracy share of answers whose most likely class is right, in [0, 1]; in regression
     *     minus the mean squared error of what the model was trained on, which the official code
     *     calls accuracy
     * @param majority share of the most frequent label: what guessing it always would reach; 0 in
     *     regression
     * @param regression whether numbers were predicted instead of classes
     * @param metrics every other metric by its name, see {@link s5.metric.Scores}, those of the
     *     simplest predictors last; empty in a checkpoint of before there were any
     */
    public record Result(
            double loss,
            double accuracy,
            double majority,
            boolean regression,
            Map<String, Double> metrics) {
        /** Keeps a copy of the metrics, in their order. */
        public Result {
            if (metrics != null && metrics.values().stream().anyMatch(Objects::isNull)) {
                throw new IllegalArgumentException("a metric that is null");
            }
            metrics =
                    metrics == null
                            ? Map.of()
                            : Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        }

        /** {@return whether the model's answers are numbers; their mean is none if one is not} */
        public boolean finite() {
            return Double.isFinite(loss) && Double.isFinite(accuracy);
        }

        /**
         * {@return every metric by its name: {@code accuracy}, {@code log_loss}, {@code
         * majority_accuracy} and so on, or in regression {@code mse}, {@code rmse}, {@code nll} and
         * so on}
         */
        public ObjectNode toJson() {
            ObjectNode all = JsonNodeFactory.instance.objectNode();
            if (regression) {
                all.put("mse", -accuracy).put("rmse", Math.sqrt(-accuracy)).put("nll", loss);
                metrics.forEach(all::put);
            } else {
                metrics.forEach(all::put);
                all.put("accuracy", accuracy)
                        .put("log_loss", loss)
                        .put("majority_accuracy", majority);
            }
            return all;
        }

        /** {@return the mean squared error in the units that the metrics are told in} */
        private double mse() {
            return metrics.getOrDefault("mse", -accuracy);
        }

        /** Loss and {@link #score} in words. */
        @Override
        public String toString() {
            return "%s %.4f, %s".formatted(regression ? "nll" : "loss", loss, score());
        }

        /**
         * Loss and accuracy or mean squared error of what the model was trained on, without their
         * names: {@code 0.1234, 98.76 %}.
         */
        String brief() {
            return regression
                    ? "%.4f, mse %.5f".formatted(loss, -accuracy)
                    : "%.4f, %.2f %%".formatted(loss, 100 * accuracy);
        }

        /** {@return the accuracy or the mean squared error in words} */
        public String score() {
            return regression
                    ? "mse %.5f".formatted(mse())
                    : "accuracy %.2f %%".formatted(100 * accuracy);
        }

        /**
         * {@return what guessing would reach, in parentheses after a blank; empty in regression}
         */
        public String guessing() {
            return regression ? "" : " (majority class: %.2f %%)".formatted(100 * majority);
        }

        /** {@return all other metrics, in lines: the model's, then those of each rival} */
        public List<String> details() {
            Map<String, List<String>> lines = new LinkedHashMap<>();
            metrics.forEach((name, value) -> {
                int end = name.indexOf('_');
                String whose = regression && end > 0 ? name.substring(0, end) : "";
                boolean rival = metrics.containsKey(whose + "_mse");
                lines.computeIfAbsent(rival ? whose : "", w -> new ArrayList<>())
                        .add("%s %.4f".formatted(rival ? name.substring(end + 1) : name, value));
            });
            return lines.entrySet().stream()
                    .map(e ->
                            "  %s: %s"
                                    .formatted(
                                            e.getKey().isEmpty() ? "model" : e.getKey(),
                                            String.join(", ", e.getValue())))
                    .toList();
        }

        /**
         * How good it is by a measure.
         *
         * @param select the measure
         * @return larger is better
         */
        double worth(Select select) {
            return switch (select) {
                case SCORE, ACCURACY, RMSE -> accuracy;
                case F1 -> metrics.getOrDefault("f1", Double.NaN);
                case AUROC -> metrics.getOrDefault("auroc", 0.5); // one class: nothing is told
                case LOSS -> -loss;
                case MAE -> -metrics.getOrDefault("mae", Double.NaN);
            };
        }
    }

    /**
     * Compiles the evaluation step.
     *
     * @param backend that holds the model's parameters
     * @param model to evaluate
     * @param samples B, the most in a batch
     * @param length L
     * @param stepRescale multiplies every Delta: 2 for input at half the training rate
     */
    public Evaluator(Backend backend, Model model, int samples, int length, double stepRescale) {
        this(backend, model, samples, length, stepRescale, UnaryOperator.identity(), Alone.PROCESS);
    }

    /**
     * Compiles the evaluation step of a model with other tensors, for processes that share the
     * evaluation.
     *
     * @param backend that holds them
     * @param model to evaluate
     * @param samples B, the most in a batch
     * @param length L
     * @param stepRescale multiplies every Delta
     * @param taken in place of each tensor of the model, of the same shape
     * @param ranks the processes that take turns with the batches, each with the same model; rank 0
     *     adds up
     */
    public Evaluator(
            Backend backend,
            Model model,
            int samples,
            int length,
            double stepRescale,
            UnaryOperator<Tensor> taken,
            Collective ranks) {
        this.ranks = ranks;
        this.backend = backend;
        this.samples = samples;
        inputs = Inputs.of(model.shape(), samples, length);
        outputs = Outputs.of(model.shape(), samples, length);
        program = model.evaluation(inputs, outputs, samples, length, stepRescale).map(taken);
        step = backend.compile("evaluate", program);
    }

    /** {@return B, the most samples in a batch} */
    public int samples() {
        return samples;
    }

    private void run(Batch batch, int slot) {
        feed(batch, slot);
        step.run();
    }

    private void feed(Batch batch, int slot) {
        inputs.write(backend, batch);
        int[] counters = new int[Counters.SIZE];
        counters[Counters.ROWS] = batch.rows;
        counters[Counters.SLOT] = slot;
        backend.write(inputs.counters(), counters);
    }

    /**
     * {@return what the model says of one batch, see {@link Outputs#prediction()}; rows past {@code
     * batch.rows} mean nothing}
     *
     * @param batch at most B samples
     */
    public float[] predict(Batch batch) {
        run(batch, 0);
        return backend.read(outputs.prediction());
    }

    /**
     * Evaluates every sample of a data set once.
     *
     * @param data of the model's shape
     * @param mean of the training set's targets, see {@link TrainingLabels#mean}, to be compared
     *     with the model; or null
     * @return means over its samples
     */
    public Result evaluate(Dataset data, double[] mean) {
        return evaluate(data, mean, () -> false);
    }

    /**
     * As {@link #evaluate(Dataset, double[])}, unless it is stopped before.
     *
     * @param stop asked before each batch, by all processes together
     * @return null when it was stopped
     */
    Result evaluate(Dataset data, double[] mean, BooleanSupplier stop) {
        if (!ranks.leads()) {
            return follow(data, stop);
        }
        Batches batches = Batches.evaluation(data, samples, 0, ranks.size());
        Batch theirs = ranks.size() == 1 ? null : new Batch(data.shape(), samples);
        Tally tally = new Tally(data, mean, !rivals.containsKey(data));
        int pending = 0;
        Batch batch = batches.next();
        while (batch != null) {
            if (stop.getAsBoolean()) {
                return null;
            }
            run(batch, pending++);
            tally.add(batch, backend.read(outputs.prediction()));
            int number = batches.number();
            batch = batches.next();
            if (batch == null || pending == Outputs.SLOTS || ranks.size() > 1) {
                float[] metrics = backend.read(outputs.metrics());
                for (int i = 0; i < pending; i++) {
                    tally.tell(metrics[2 * i], metrics[2 * i + 1]);
                }
                pending = 0;
            }
            for (int rank = 1; rank < ranks.size() && number + rank < batches.all(); rank++) {
                Answers answers = Answers.of(ranks.receive(rank), theirs);
                tally.add(theirs, answers.prediction());
                tally.tell(answers.loss(), answers.right());
            }
        }
        rivals.computeIfAbsent(data, d -> tally.rivals());
        Map<String, Double> metrics = new LinkedHashMap<>(tally.metrics());
        metrics.putAll(rivals.get(data));
        Means means = new Means(tally.loss(), tally.accuracy(), tally.majority(), metrics);
        if (ranks.size() > 1) {
            ranks.broadcast(means.message());
        }
        return result(means, data);
    }

    /** What other processes than rank 0 do in {@link #evaluate}: every so many-th batch. */
    private Result follow(Dataset data, BooleanSupplier stop) {
        Batches batches = Batches.evaluation(data, samples, ranks.rank(), ranks.size());
        for (int round = 0; round < Math.ceilDiv(batches.all(), ranks.size()); round++) {
            if (stop.getAsBoolean()) {
                return null;
            }
            Batch batch = batches.next();
            if (batch != null) {
                run(batch, 0);
                float[] prediction = backend.read(outputs.prediction());
                float[] metrics = backend.read(outputs.metrics());
                ranks.send(new Answers(prediction, metrics[0], metrics[1]).with(batch));
            }
        }
        return result(Means.of(ranks.broadcast(new byte[0])), data);
    }

    private static Result result(Means means, Dataset data) {
        return new Result(
                means.loss(),
                means.accuracy(),
                means.majority(),
                data.shape().regression(),
                means.metrics());
    }

    /**
     * Looks for what makes an evaluation {@linkplain Result#finite no number}, with all
     * intermediate results kept, batch by batch.
     *
     * @param data the set that it was of
     * @return the name of a tensor and the operation, and the batch, from 1; empty when all is well
     */
    public Optional<String> firstNotFinite(Dataset data) {
        Batches batches = Batches.evaluation(data, samples);
        try (Trace trace = new Trace(backend, program)) {
            int number = 1;
            for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
                if (!Finite.all(batch)) {
                    return Optional.of("%s of batch %d".formatted(Finite.INPUT, number));
                }
                feed(batch, 0);
                Optional<String> bad = trace.firstNotFinite();
                if (bad.isPresent()) {
                    return Optional.of("%s of batch %d".formatted(bad.get(), number));
                }
                number++;
            }
        }
        return Optional.empty();
    }

    /** {@return bytes of scratch and output memory of the evaluation step} */
    public long bytes() {
        return step.bytes();
    }

    /** {@return milliseconds by operation, see {@link Step#profile}} */
    public Map<String, Double> profile() {
        return step.profile();
    }

    /**
     * The class that a model takes a sample for.
     *
     * @param classes a number for each, such as the logarithm of its probability
     * @return the place of the largest number; the first such place if there are several
     */
    public static int likeliest(float[] classes) {
        return likeliest(classes, 0, classes.length);
    }

    /**
     * The class that a model takes one of several samples for.
     *
     * @param values (samples, classes)
     * @param sample its place among them
     * @param classes how many there are
     * @return as {@link #likeliest(float[])}
     */
    public static int likeliest(float[] values, int sample, int classes) {
        int first = sample * classes;
        int best = 0;
        for (int c = 1; c < classes; c++) {
            best = values[first + c] > values[first + best] ? c : best;
        }
        return best;
    }

    @Override
    public void close() {
        step.close();
    }
}
