package s5.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import s5.Classifier;
import s5.UserError;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.config.Key;
import s5.config.Messages;
import s5.data.Dataset;
import s5.train.Checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code s5 predict CHECKPOINT FILE [key=value ...]}: what a trained model makes of a file. */
@Command(
        name = "predict",
        customSynopsis = "s5 predict CHECKPOINT FILE [key=value ...]",
        description = "Classify the samples in a file: a line of JSON for each.")
public final class PredictCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(PredictCommand.class);
    private static final JsonMapper JSON = new JsonMapper();

    /** The settings that change what predict does. */
    private static final List<String> USED =
            List.of("device", "precision", "kernels", "threads", "train.eval_batch");

    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "WORD",
            arity = "0..*",
            description = {
                "CHECKPOINT: a file that training wrote, runs/NAME/best.safetensors",
                "FILE: a text with a sample a line; .csv or .f32 with the numbers that the model"
                        + " sees; what else the model's data set reads; - for standard input",
                "cut=true: what is longer than the model takes is cut, and the answer says so;"
                        + " else it is refused",
                "key=value: wins over the settings in the checkpoint: device=cpu; also"
                        + " precision, kernels, threads and train.eval_batch"
            })
    private List<String> words = List.of();

    /** Options of this command. */
    record Options(
            @Key(value = "whether what is longer than the model takes is cut", unset = "false")
                    boolean cut) {}

    private int index; // of the line to come

    PredictCommand() {}

    @Override
    public Integer call() {
        Words given = Words.of(words);
        if (given.operands().size() != 2) {
            throw new UserError(
                    "predict takes a CHECKPOINT and a FILE; write s5 predict CHECKPOINT FILE"
                            + " [key=value ...]");
        }
        Words.Split split = given.split(Options.class);
        Options options = ConfigLoader.options(Options.class, split.own());
        Checkpoint checkpoint = Checkpoint.read(Words.path(given.operands().getFirst()));
        Config config = checkpoint.config(used(split.config()));
        if (checkpoint.shape().regression()) {
            throw new UserError("predict: the model tells numbers, not classes; use eval");
        }
        String file = given.operands().get(1);
        if (!file.equals("-")) {
            predict(checkpoint, config, Words.path(file), options);
            return 0;
        }
        try (StandardInput input = StandardInput.read(System.in)) {
            try {
                predict(checkpoint, config, input.file(), options);
            } catch (UserError e) {
                throw input.named(e);
            }
        }
        return 0;
    }

    /** Refuses settings that change nothing here; those of the model are checked against it. */
    private static List<String> used(List<String> settings) {
        for (String setting : settings) {
            String key = Words.key(setting);
            if (!USED.contains(key) && !key.startsWith("model.")) {
                throw new UserError(
                        "command line: predict has no use for %s%s; it takes cut, %s"
                                .formatted(
                                        Messages.quoted(key),
                                        Messages.didYouMean(key, USED),
                                        String.join(", ", USED)));
            }
        }
        return settings;
    }

    private void predict(Checkpoint checkpoint, Config config, Path file, Options options) {
        Dataset data = config.data().samples(file, Classifier.fitted(checkpoint));
        for (int i = 0; i < data.size() && !options.cut(); i++) {
            if (!data.cut(i).isEmpty()) {
                throw new UserError(
                        data.cut(i) + "; shorten it, or add cut=true to predict from its start");
            }
        }
        checkpoint
                .ranges()
                .farOutside(data)
                .ifPresent(far -> LOG.warn("{}", Messages.plain(file + ": " + far)));
        int samples = Math.min(config.train().evaluationBatch(), data.size());
        try (Classifier model = new Classifier(checkpoint, config, samples)) {
            model.classify(
                    data, probabilities -> print(probabilities, model.classes(), data.cut(index)));
        }
    }

    private void print(float[] probabilities, List<String> classes, String cut) {
        int best = Classifier.likeliest(probabilities);
        ObjectNode line = JSON.createObjectNode().put("index", index++);
        line.put("class", classes.get(best)).put("label", best);
        ArrayNode all = line.putArray("probabilities");
        for (float p : probabilities) {
            all.add(p);
        }
        if (!cut.isEmpty()) {
            line.put("cut", true);
        }
        try {
            spec.commandLine().getOut().println(JSON.writeValueAsString(line));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
