package s5.train;

import s5.config.Config;
import s5.data.Batch;
import s5.data.Batches;
import s5.data.Dataset;
import s5.model.Initialization;
import s5.model.Model;
import s5.report.Findings;
import s5.report.Findings.Layer;
import s5.report.Findings.Mistake;
import s5.report.Findings.Predicted;
import s5.report.Findings.Spectrum;
import s5.report.Picture;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A closer look at a trained model: what it gets wrong, and what became of its state spaces. */
public final class Inspection {
    private static final int MISTAKES = 18;
    private static final int POINTS = 600;
    private static final double CLIP = -1e-4; // see Ops.discretize

    private final Config config;
    private final Dataset test;
    private final Evaluator evaluator;
    private final List<Mistake> mistakes = new ArrayList<>();
    private final int[][] confusion;
    private final List<Predicted> regression = new ArrayList<>();

    private Inspection(Config config, Dataset test, Evaluator evaluator) {
        this.config = config;
        this.test = test;
        this.evaluator = evaluator;
        int classes = test.shape().classes();
        confusion = new int[classes][classes];
    }

    /**
     * Looks at a model.
     *
     * @param test to predict, all of it
     * @param evaluator whose backend holds the checkpoint's values
     * @param checkpoint the trained model
     */
    public static Findings of(
            Config config, Dataset test, Evaluator evaluator, Checkpoint checkpoint) {
        Inspection inspection = new Inspection(config, test, evaluator);
        if (test.shape().regression()) {
            inspection.predictNumbers();
        } else {
            inspection.classify();
        }
        return new Findings(
                test.shape().regression() ? List.of() : test.classNames(),
                inspection.confusion,
                inspection.mistakes,
                inspection.regression,
                layers(config, checkpoint));
    }

    private void classify() {
        Batches batches = Batches.evaluation(test, config.train().evaluationBatch());
        int classes = test.shape().classes();
        int index = 0;
        for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
            float[] logProbs = evaluator.predict(batch);
            for (int row = 0; row < batch.rows; row++) {
                int said = 0;
                for (int c = 1; c < classes; c++) {
                    said = logProbs[row * classes + c] > logProbs[row * classes + said] ? c : said;
                }
                int truth = batch.labels[row];
                confusion[truth][said]++;
                if (said != truth) {
                    note(index, batch, row, said, Math.exp(logProbs[row * classes + said]));
                }
                index++;
            }
        }
    }

    /** Keeps a mistake if it is one of the surest so far. */
    private void note(int index, Batch batch, int row, int said, double probability) {
        if (mistakes.size() == MISTAKES && probability <= mistakes.getLast().probability()) {
            return;
        }
        List<String> names = test.classNames();
        mistakes.add(
                new Mistake(
                        index,
                        names.get(batch.labels[row]),
                        names.get(said),
                        probability,
                        Picture.of(test, batch, row)));
        mistakes.sort(Comparator.comparingDouble(Mistake::probability).reversed());
        if (mistakes.size() > MISTAKES) {
            mistakes.removeLast();
        }
    }

    /** Means against targets, at the last position of samples from all over the set. */
    private void predictNumbers() {
        int targets = test.shape().targets();
        int length = test.shape().length();
        List<double[]> truth = new ArrayList<>();
        List<double[]> said = new ArrayList<>();
        Batches batches = Batches.evaluation(test, config.train().evaluationBatch());
        for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
            float[] means = evaluator.predict(batch);
            for (int row = 0; row < batch.rows && truth.size() < POINTS; row++) {
                int position = row * length + length - 1;
                double[] right = new double[targets];
                double[] mean = new double[targets];
                for (int t = 0; t < targets; t++) {
                    right[t] = batch.targets[position * targets + t];
                    mean[t] = means[position * 2 * targets + t];
                }
                truth.add(right);
                said.add(mean);
            }
        }
        for (int t = 0; t < targets; t++) {
            int target = t;
            regression.add(
                    new Predicted(
                            "target " + (t + 1) + ", at the last position",
                            truth.stream().mapToDouble(v -> v[target]).toArray(),
                            said.stream().mapToDouble(v -> v[target]).toArray()));
        }
    }

    private static List<Layer> layers(Config config, Checkpoint checkpoint) {
        Model model = new Model(config.model(), checkpoint.shape());
        Map<String, float[]> start =
                new Initialization(config.model(), config.seed()).parameters(model);
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < config.model().layers(); i++) {
            String name = "encoder/layers_" + i + "/seq/";
            layers.add(
                    new Layer(
                            "layer " + (i + 1),
                            spectrum(config, name, start::get),
                            spectrum(config, name, checkpoint::values)));
        }
        return layers;
    }

    private static Spectrum spectrum(Config config, String name, Function<String, float[]> values) {
        float[] lambdaRe = values.apply(name + "Lambda_re");
        float[] lambdaIm = values.apply(name + "Lambda_im");
        float[] logStep = values.apply(name + "log_step");
        int n = lambdaRe.length;
        double[] re = new double[n];
        double[] im = new double[n];
        double[] dt = new double[n];
        for (int p = 0; p < n; p++) {
            re[p] = config.model().clipEigs() ? Math.min(lambdaRe[p], CLIP) : lambdaRe[p];
            im[p] = lambdaIm[p];
            dt[p] = Math.exp(logStep[p]);
        }
        return new Spectrum(re, im, dt);
    }
}
