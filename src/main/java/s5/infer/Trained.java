package s5.infer;

import s5.UserError;
import s5.config.Config;
import s5.config.ModelConfig;
import s5.cpu.CpuBackend;
import s5.data.DataSource.TextReader;
import s5.data.Fitted;
import s5.data.Shape;
import s5.data.forecast.ForecastPreparation;
import s5.data.own.Preparation;
import s5.model.Inputs;
import s5.model.Model;
import s5.model.Outputs;
import s5.ops.Program;
import s5.ops.Step;
import s5.ops.Tensor;
import s5.train.Checkpoint;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A trained model's weights and what else it knows. Nothing of it changes once it is made, so that
 * any number of threads may read it; only programs are written by one at a time.
 */
final class Trained {
    private final Config config;
    private final Model model;
    private final Shape shape;
    private final Fitted fitted;
    private final Preparation preparation; // null where the user's numbers are the model's
    private final ForecastPreparation forecast; // null unless it tells what comes next
    private final Answers answers;
    private final double stepRescale;
    private final int fingerprint;
    private final CpuBackend memory;
    private final Constants constants;
    private final Map<String, float[]> values = new HashMap<>();

    /**
     * Takes the weights out of a checkpoint, which is not needed any more then.
     *
     * @param vector whether to use the Vector API
     * @throws UserError when they are no finite numbers
     */
    Trained(Checkpoint checkpoint, boolean vector) {
        checkpoint
                .badWeights()
                .ifPresent(bad -> {
                    throw new UserError(bad);
                });
        config = checkpoint.config(List.of());
        shape = checkpoint.shape();
        model = new Model(config.model(), shape);
        fitted = checkpoint.fitted();
        String json = config.data().set().learned() ? fitted.preparation() : "";
        boolean next = ForecastPreparation.is(json);
        forecast = next ? ForecastPreparation.of(json) : null;
        preparation = next || json.isEmpty() ? null : Preparation.of(json);
        answers =
                new Answers(
                        shape,
                        Answers.names(fitted),
                        preparation == null ? (_, _) -> {} : preparation::restore);
        fingerprint = checkpoint.checksum();
        stepRescale = 1;
        memory = new CpuBackend(1, vector);
        checkpoint.load(memory, model);
        constants = compute();
    }

    /** The same weights at another rate. */
    Trained(Trained other, double stepRescale) {
        config = other.config;
        shape = other.shape;
        model = other.model;
        fitted = other.fitted;
        preparation = other.preparation;
        forecast = other.forecast;
        answers = other.answers;
        this.stepRescale = stepRescale;
        fingerprint = 31 * other.fingerprint + Double.hashCode(stepRescale);
        memory = other.memory.sharing();
        constants = compute();
    }

    private Constants compute() {
        Constants found =
                new Constants(evaluation(Inputs.of(shape, 1, 1), Outputs.of(shape, 1, 1), 1));
        try (Step step = memory.compile("constants", found.program())) {
            step.run();
        }
        model.parameters().forEach(p -> put(p.value()));
        model.statistics().forEach(this::put);
        for (var op : found.program().ops()) {
            op.writes().forEach(this::put);
        }
        return found;
    }

    private void put(Tensor t) {
        values.put(t.name(), memory.values(t));
    }

    /** The whole evaluation of one sample of that length. */
    private Program evaluation(Inputs in, Outputs out, int length) {
        synchronized (model) { // which remembers tensors while it writes a program
            return model.evaluation(in, out, 1, length, stepRescale);
        }
    }

    /** The evaluation of one sample of that length, for a backend that shares the memory. */
    Program program(Inputs in, Outputs out, int length) {
        return constants.without(evaluation(in, out, length));
    }

    /** The evaluation's two ends for one position of one sample. */
    Model.Ends ends(Inputs in, Outputs out) {
        synchronized (model) {
            return model.ends(in, out, 1);
        }
    }

    /** A backend for one thread that has the weights. */
    CpuBackend backend() {
        return memory.sharing();
    }

    boolean vector() {
        return memory.vector();
    }

    /**
     * The values of a parameter, a running statistic or a constant; not to be changed.
     *
     * @param name of its tensor
     * @return null when the model has none of that name
     */
    float[] values(String name) {
        return values.get(name);
    }

    ModelConfig config() {
        return config.model();
    }

    Shape shape() {
        return shape;
    }

    Fitted fitted() {
        return fitted;
    }

    /** Makes predictions of what evaluations write. */
    Answers answers() {
        return answers;
    }

    /** Tells the model, at this rate, from others. */
    int fingerprint() {
        return fingerprint;
    }

    double stepRescale() {
        return stepRescale;
    }

    /** How the user's numbers become the model's; null where they are the same. */
    Preparation preparation() {
        return preparation;
    }

    /** Whether sequences had no times in training. */
    boolean timeless() {
        if (forecast != null) {
            return forecast.step() == 0;
        }
        return !shape.timed() && (preparation == null || preparation.timeless());
    }

    /** What windows it tells the next rows of; null for a model that does not. */
    ForecastPreparation forecast() {
        return forecast;
    }

    /** The numbers of a position as the user has them. */
    int channels() {
        if (forecast != null) {
            return forecast.forecast().columns().size();
        }
        boolean raw = preparation != null && !shape.tokens();
        return raw ? preparation.inputs().size() : shape.inputs();
    }

    /** Reads texts of up to so many tokens. */
    TextReader texts(int length) {
        return config.data()
                .texts(
                        new Fitted(
                                shape.withLength(length),
                                fitted.classNames(),
                                fitted.tokenNames(),
                                fitted.targetNames(),
                                fitted.preparation()));
    }

    /**
     * Whether the positions behind a sequence's end have a part in the answer, which is then that
     * of training only with as many of them: the backward scan comes from there.
     */
    boolean seesPadding() {
        ModelConfig model = config.model();
        return shape.padded() && model.bidirectional() && !model.maskStates();
    }
}
