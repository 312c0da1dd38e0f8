package s5.train;

import s5.data.Batch;
import s5.data.Shape;
import s5.model.Model;
import s5.model.Parameter;
import s5.ops.Backend;
import s5.ops.Tensor;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Compares this build, on a backend, with a file of official numbers: one training step with its
 * gradients, five updates, and the evaluation after them.
 */
public final class Verifier {

    /** What is compared, and how far a float32 computation in another order may be off. */
    public enum Check {
        /** Largest absolute error of a log-probability, mean or variance in training. */
        LOG_PROBS("prediction", 5e-6),
        /** Relative error of the first loss. */
        LOSS("loss", 5e-6),
        /**
         * Largest relative norm error of a gradient tensor; absolute below {@link #SMALL_GRADIENT}.
         */
        GRADIENTS("gradients", 1e-4),
        /** Largest relative error of the losses of five updates. */
        LOSSES("5 losses", 1e-4),
        /** Largest relative norm error of a parameter or running statistic after five updates. */
        PARAMETERS("parameters", 1e-3),
        /**
         * Largest absolute error of a log-probability in the evaluation after them, at full and
         * half rate.
         */
        EVALUATION("evaluation", 1e-4),
        /** Largest relative error of HiPPO eigenvalues and learning rates. */
        START("start", 1e-5),
        /** Largest error of |V|; the official eigenvectors are those of a float32 solver. */
        EIGENVECTORS("|V|", 5e-4);

        private final String title;
        private final double tolerance;

        Check(String title, double tolerance) {
            this.title = title;
            this.tolerance = tolerance;
        }

        /** For the head of a column. */
        public String title() {
            return title;
        }

        /** For the CPU. */
        public double tolerance() {
            return tolerance;
        }
    }

    /**
     * Gradients with a smaller norm are compared absolutely: {@code 1e-4 * 1e-2} is the 1e-6 that
     * float32 leaves of them.
     */
    static final double SMALL_GRADIENT = 1e-2;

    /**
     * The errors of one file.
     *
     * @param errors by what was compared
     * @param worst names of the tensors with the largest errors
     */
    public record Report(Map<Check, Double> errors, Map<Check, String> worst) {
        Report() {
            this(new LinkedHashMap<>(), new LinkedHashMap<>());
        }

        void add(Check check, String what, double error) {
            // a NaN must win, and stay
            Double before = errors.get(check);
            if (before == null || (!(error <= before) && !before.isNaN())) {
                errors.put(check, error);
                worst.put(check, what);
            }
        }
    }

    private Verifier() {}

    /**
     * Runs one file.
     *
     * @throws s5.UserError when the file is damaged or holds no official numbers
     */
    public static Report verify(Backend backend, Path file) {
        GoldenFile golden = GoldenFile.read(file);
        return golden.hasModel() ? verifyModel(backend, golden) : StartVerifier.verify(golden);
    }

    private static Report verifyModel(Backend backend, GoldenFile golden) {
        Report report = new Report();
        Shape shape = golden.shape();
        Model model = new Model(golden.model(), shape);
        int samples = golden.train().batch();
        double ssmLr = golden.number("ssm_lr");
        double lr = golden.number("lr");
        try (Learner learner =
                new Learner(backend, model, golden.train(), samples, shape.length(), 0)) {
            learner.initialize(0);
            for (Parameter p : model.parameters()) {
                backend.write(p.value(), golden.array("p0/" + p.name(), p.value().shape()));
            }
            for (Tensor t : model.statistics()) {
                backend.write(t, golden.array("s0/" + t.name(), t.shape()));
            }
            float[] losses = golden.array("out/losses", 5);
            for (int i = 0; i < 5; i++) {
                learner.step(i, golden.batch(i, 1), ssmLr, lr);
                double error = relative(learner.metrics()[2 * i], losses[i]);
                report.add(Check.LOSSES, "loss " + i, error);
                if (i == 0) {
                    report.add(Check.LOSS, "loss 0", error);
                    String name = golden.regression() ? "mu, var" : "log-probs";
                    float[] official = golden.prediction();
                    report.add(Check.LOG_PROBS, name, largest(learner.prediction(), official));
                    Map<String, float[]> gradients = learner.gradients();
                    for (Parameter p : model.parameters()) {
                        float[] g = golden.array("g/" + p.name(), p.value().shape());
                        report.add(
                                Check.GRADIENTS,
                                p.name(),
                                norm(gradients.get(p.name()), g, SMALL_GRADIENT));
                    }
                }
            }
            for (Parameter p : model.parameters()) {
                float[] official = golden.array("p5/" + p.name(), p.value().shape());
                report.add(
                        Check.PARAMETERS, p.name(), norm(backend.read(p.value()), official, 1e-3));
            }
            for (Tensor t : model.statistics()) {
                report.add(
                        Check.PARAMETERS,
                        t.name(),
                        norm(backend.read(t), golden.array("s5/" + t.name(), t.shape()), 1e-3));
            }
            if (!golden.regression()) {
                evaluation(backend, model, golden, report);
            }
        }
        return report;
    }

    private static void evaluation(Backend backend, Model model, GoldenFile golden, Report report) {
        for (int every = 1; every <= 2; every++) {
            String name = every == 1 ? "out/eval_log_probs" : "out/eval_log_probs_half_rate";
            if (every == 2 && !golden.has(name)) {
                continue;
            }
            Batch batch = golden.batch(0, every);
            int classes = model.shape().classes();
            float[] official = golden.array(name, batch.capacity, classes);
            try (Evaluator evaluator =
                    new Evaluator(backend, model, batch.capacity, batch.shape.length(), every)) {
                float[] logProbs = evaluator.predict(batch);
                report.add(Check.EVALUATION, name, largest(logProbs, official));
                if (every == 1) {
                    float[] losses = golden.array("out/eval_losses", batch.capacity);
                    float[] correct = golden.array("out/eval_correct", batch.capacity);
                    for (int i = 0; i < batch.capacity; i++) {
                        float[] row = Arrays.copyOfRange(logProbs, i * classes, (i + 1) * classes);
                        double loss = -row[batch.labels[i]];
                        report.add(Check.EVALUATION, "out/eval_losses", Math.abs(loss - losses[i]));
                        boolean right = Evaluator.likeliest(row) == batch.labels[i];
                        report.add(
                                Check.EVALUATION,
                                "out/eval_correct",
                                Math.abs((right ? 1 : 0) - correct[i]));
                    }
                }
            }
        }
    }

    static double relative(double value, double official) {
        return Math.abs(value - official) / Math.abs(official);
    }

    static double largest(float[] values, float[] official) {
        double worst = 0;
        for (int i = 0; i < official.length; i++) {
            double error = Math.abs((double) values[i] - official[i]);
            worst = error <= worst ? worst : error;
        }
        return worst;
    }

    /** {@code |values - official| / max(|official|, floor)}, Euclidean norms. */
    private static double norm(float[] values, float[] official, double floor) {
        double difference = 0;
        double size = 0;
        for (int i = 0; i < official.length; i++) {
            difference += Math.pow((double) values[i] - official[i], 2);
            size += (double) official[i] * official[i];
        }
        return Math.sqrt(difference) / Math.max(Math.sqrt(size), floor);
    }
}
