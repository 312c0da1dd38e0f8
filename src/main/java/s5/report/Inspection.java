package s5.report;

import s5.config.Config;
import s5.data.Batch;
import s5.data.Batches;
import s5.data.Dataset;
import s5.model.Initialization;
import s5.model.Model;
import s5.ops.Discretizer;
import s5.report.Findings.Layer;
import s5.report.Findings.Mistake;
import s5.report.Findings.Predicted;
import s5.report.Findings.Spectrum;
import s5.train.Checkpoint;
import s5.train.Evaluator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** A closer look at a trained model: what it gets wrong, and what became of its state spaces. */
public final class Inspection {
    private static final int MISTAKES = 18;

    private final Config config;
    private final Dataset test;
    private final Evaluator evaluator;
    private final List<Mistake> mistakes = new ArrayList<>();
    private final int[][] confusion;
    private final List<Predicted> regression = new ArrayList<>();
    private final List<Predicted> tracks = new ArrayList<>();
    private final BooleanSupplier enough;
    private int samples;
    private int unanswered;

    private Inspection(Config config, Dataset test, Evaluator evaluator, BooleanSupplier enough) {
        this.config = config;
        this.test = test;
        this.evaluator = evaluator;
        this.enough = enough;
        int classes = test.shape().classes();
        confusion = new int[classes][classes];
    }

    /**
     * Looks at a model.
     *
     * @param config of the run
     * @param test to predict
     * @param evaluator whose backend holds the checkpoint's values
     * @param checkpoint the trained model
     * @param enough asked after each batch whether to leave the rest of the set out
     * @return what there is to see, of the samples that were looked at
     */
    public static Findings of(
            Config config,
            Dataset test,
            Evaluator evaluator,
            Checkpoint checkpoint,
            BooleanSupplier enough) {
        Inspection inspection = new Inspection(config, test, evaluator, enough);
        if (test.shape().regression()) {
            NumberInspection numbers = new NumberInspection(test);
            numbers.look(evaluator, enough);
            inspection.samples = numbers.samples;
            inspection.regression.addAll(numbers.all);
            inspection.tracks.addAll(numbers.tracks);
        } else {
            inspection.classify();
        }
        return new Findings(
                checkpoint.place(),
                inspection.samples,
                test.size(),
                test.shape().regression() ? List.of() : test.classNames(),
                inspection.confusion,
                inspection.mistakes,
                inspection.regression,
                inspection.tracks,
                layers(config, checkpoint),
                inspection.unanswered);
    }

    private void classify() {
        Batches batches = Batches.evaluation(test, evaluator.samples());
        int classes = test.shape().classes();
        int answers = test.shape().each() ? test.shape().length() : 1;
        int index = 0;
        for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
            float[] logProbs = evaluator.predict(batch);
            for (int row = 0; row < batch.rows; row++, index++) {
                if (Float.isNaN(logProbs[row * answers * classes])) {
                    unanswered++;
                    continue;
                }
                for (int at = row * answers; at < (row + 1) * answers; at++) {
                    int truth = batch.labels[at];
                    if (truth < 0) {
                        continue;
                    }
                    int said = Evaluator.likeliest(logProbs, at, classes);
                    confusion[truth][said]++;
                    if (said != truth && answers == 1) {
                        note(index, batch, row, said, Math.exp(logProbs[at * classes + said]));
                    }
                }
            }
            samples = index;
            if (enough.getAsBoolean()) {
                break;
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
                        test.id(index).equals(Integer.toString(index)) ? "" : test.id(index),
                        names.get(batch.labels[row]),
                        names.get(said),
                        probability,
                        Picture.of(test, config.data().set(), batch, row)));
        mistakes.sort(Comparator.comparingDouble(Mistake::probability).reversed());
        if (mistakes.size() > MISTAKES) {
            mistakes.removeLast();
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
            re[p] =
                    config.model().clipEigs()
                            ? Math.min(lambdaRe[p], Discretizer.CLIP_EIGENVALUES)
                            : lambdaRe[p];
            im[p] = lambdaIm[p];
            dt[p] = Math.exp(logStep[p]);
        }
        return new Spectrum(re, im, dt);
    }
}
