package s5.verify;

import s5.data.Batch;
import s5.data.Shape;
import s5.model.Model;
import s5.model.Parameter;
import s5.ops.Backend;
import s5.ops.Tensor;
import s5.train.Evaluator;
import s5.train.Learner;

import java.nio.file.Path;
import java.util.Map;

/**
 * Compares this build, on a backend, with a file of official numbers: one training step with its
 * gradients, five updates, and the evaluation after them.
 */
public final class Verifier {
    private Verifier() {}

    /**
     * Runs one file.
     *
     * @param backend to run on
     * @param file of official numbers
     * @return the largest deviations
     * @throws s5.UserError when the file is damaged or holds no official numbers
     */
    public static Errors verify(Backend backend, Path file) {
        GoldenFile golden = GoldenFile.read(file);
        return golden.hasModel() ? verifyModel(backend, golden) : StartVerifier.verify(golden);
    }

    private static Errors verifyModel(Backend backend, GoldenFile golden) {
        Errors errors = new Errors();
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
                errors.add(Comparison.LOSSES, "loss " + i, error);
                if (i == 0) {
                    errors.add(Comparison.LOSS, "loss 0", error);
                    String name = golden.regression() ? "mu, var" : "log-probs";
                    float[] official = golden.prediction();
                    errors.add(Comparison.LOG_PROBS, name, largest(learner.prediction(), official));
                    Map<String, float[]> gradients = learner.gradients();
                    for (Parameter p : model.parameters()) {
                        float[] g = golden.array("g/" + p.name(), p.value().shape());
                        errors.add(
                                Comparison.GRADIENTS,
                                p.name(),
                                norm(gradients.get(p.name()), g, Comparison.SMALL_GRADIENT));
                    }
                }
            }
            for (Parameter p : model.parameters()) {
                float[] official = golden.array("p5/" + p.name(), p.value().shape());
                errors.add(
                        Comparison.PARAMETERS,
                        p.name(),
                        norm(backend.read(p.value()), official, 1e-3));
            }
            for (Tensor t : model.statistics()) {
                errors.add(
                        Comparison.PARAMETERS,
                        t.name(),
                        norm(backend.read(t), golden.array("s5/" + t.name(), t.shape()), 1e-3));
            }
            if (!golden.regression()) {
                evaluation(backend, model, golden, errors);
            }
        }
        return errors;
    }

    private static void evaluation(Backend backend, Model model, GoldenFile golden, Errors errors) {
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
                errors.add(Comparison.EVALUATION, name, largest(logProbs, official));
                if (every == 1) {
                    float[] losses = golden.array("out/eval_losses", batch.capacity);
                    float[] correct = golden.array("out/eval_correct", batch.capacity);
                    for (int i = 0; i < batch.capacity; i++) {
                        double loss = -logProbs[i * classes + batch.labels[i]];
                        errors.add(
                                Comparison.EVALUATION,
                                "out/eval_losses",
                                Math.abs(loss - losses[i]));
                        boolean right =
                                Evaluator.likeliest(logProbs, i, classes) == batch.labels[i];
                        errors.add(
                                Comparison.EVALUATION,
                                "out/eval_correct",
                                Math.abs((right ? 1 : 0) - correct[i]));
                    }
                }
            }
        }
    }

    private static double relative(double value, double official) {
        return Math.abs(value - official) / Math.abs(official);
    }

    private static double largest(float[] values, float[] official) {
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
