package s5.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import s5.Devices;
import s5.Failure;
import s5.UserError;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.config.Key;
import s5.config.ModelConfig;
import s5.data.Dataset;
import s5.data.Decimated;
import s5.data.Shape;
import s5.data.Splits;
import s5.metric.TrainingLabels;
import s5.model.Model;
import s5.ops.Backend;
import s5.train.Checkpoint;
import s5.train.Evaluator;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * {@code s5 eval CHECKPOINT [split=test rate=1 step_rescale=1 json=FILE] [key=value ...]}: a
 * trained model on a data set.
 */
@Command(
        name = "eval",
        customSynopsis =
                "s5 eval CHECKPOINT [split=test] [rate=1] [step_rescale=1] [json=FILE] [key=value"
                        + " ...]",
        description = "Evaluate a trained model.")
public final class EvalCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "WORD",
            arity = "0..*",
            description = {
                "CHECKPOINT: a file that training wrote, runs/NAME/best.safetensors",
                "split=test: or validation, train; the part of the data set",
                "step_rescale=1: multiplies every time step",
                "rate=1: keeps every n-th position and multiplies every time step by n as well",
                "json=FILE: writes every metric by its name there, every prediction, and how each"
                        + " class fared",
                "key=value: wins over the settings in the checkpoint: data.root=..."
            })
    private List<String> words = List.of();

    private static final String NO_FILE = "none";
    private static final JsonMapper JSON = new JsonMapper();

    /** Which part of a data set. */
    enum Split {
        TRAIN,
        VALIDATION,
        TEST;

        Dataset of(Splits splits) {
            return switch (this) {
                case TRAIN -> splits.train();
                case VALIDATION -> {
                    if (splits.selectsOnTest()) {
                        throw new UserError(
                                "split: there is no validation set, the best epoch is chosen on the"
                                        + " test set; use test or train");
                    }
                    yield splits.validation();
                }
                case TEST -> splits.test();
            };
        }
    }

    /** Options of this command. */
    record Options(
            @Key(value = "part of the data set", unset = "test") Split split,
            @Key(value = "multiplies every time step", unset = "1") double stepRescale,
            @Key(
                            value =
                                    "keeps every n-th position of a sampled signal, and multiplies"
                                            + " every time step by n as well",
                            unset = "1")
                    int rate,
            @Key(value = "file to write metrics and predictions to", unset = NO_FILE) String json) {
        Options {
            if (!(stepRescale > 0) || Double.isInfinite(stepRescale)) {
                throw new UserError("step_rescale: must be above 0, not " + stepRescale);
            }
        }
    }

    EvalCommand() {}

    @Override
    public Integer call() {
        Words given = Words.of(words);
        Path file = given.only("eval", "CHECKPOINT");
        Words.Split split = given.split(Options.class);
        Options options = ConfigLoader.options(Options.class, split.own());
        Checkpoint checkpoint = Checkpoint.read(file);
        checkpoint
                .badWeights()
                .ifPresent(bad -> {
                    throw new Failure(bad);
                });
        Config config = checkpoint.config(split.config());
        Splits splits = checkpoint.data(split.config());
        Dataset full = options.split().of(splits);
        Dataset data = Decimated.of(full, options.rate());
        Model model = new Model(config.model(), full.shape());
        PrintWriter out = spec.commandLine().getOut();
        try (Backend backend = Devices.open(config)) {
            out.println("device: " + backend.describe());
            otherLength(config.model(), checkpoint.shape(), full.shape()).ifPresent(out::println);
            checkpoint.load(backend, model);
            try (Evaluator evaluator =
                    new Evaluator(
                            backend,
                            model,
                            config.train().evaluationBatch(),
                            data.shape().length(),
                            options.rate() * options.stepRescale())) {
                Evaluator.Result result =
                        evaluator.evaluate(data, TrainingLabels.mean(splits.train()));
                if (!result.finite()) {
                    throw new Failure(
                            "%s: the model's answers are no numbers: the loss is %s; first to go bad: %s"
                                    .formatted(
                                            file,
                                            result.loss(),
                                            evaluator.firstNotFinite(data).orElse("not found")));
                }
                result.details().forEach(out::println);
                out.printf(
                        "%s, %s%s: %,d samples, %s%s%n",
                        config.name(),
                        options.split().name().toLowerCase(Locale.ROOT),
                        options.rate() == 1 ? "" : " at 1/" + options.rate() + " of the rate",
                        data.size(),
                        result,
                        result.guessing());
                write(options, file, config, data, evaluator, result);
            }
        }
        return 0;
    }

    /** What to say of samples of another length than those of the training, if it matters. */
    private static Optional<String> otherLength(ModelConfig model, Shape trained, Shape given) {
        if (given.length() == trained.length()) {
            return Optional.empty();
        }
        boolean sees = model.bidirectional() && !model.maskStates();
        if (given.padded() && given.length() > trained.length() && !sees) {
            return Optional.empty(); // there is more padding, which the model does not see
        }
        return Optional.of(
                "length: %,d positions, where the model was trained with %,d%s"
                        .formatted(
                                given.length(),
                                trained.length(),
                                given.padded() && sees
                                        ? "; its answers depend on how much padding follows"
                                                + " (model.mask_states is false)"
                                        : ""));
    }

    private static void write(
            Options options,
            Path file,
            Config config,
            Dataset data,
            Evaluator evaluator,
            Evaluator.Result result) {
        if (options.json().equals(NO_FILE)) {
            return;
        }
        ObjectNode about =
                JSON.createObjectNode()
                        .put("name", config.name())
                        .put("checkpoint", file.toString())
                        .put("split", options.split().name().toLowerCase(Locale.ROOT))
                        .put("samples", data.size());
        about.setAll(result.toJson());
        EvalFile.write(
                Words.path(options.json()),
                about,
                data,
                config.train().evaluationBatch(),
                evaluator);
    }
}
