package s5.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import s5.Prediction;
import s5.UserError;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.data.Dataset;
import s5.infer.Predictor;
import s5.train.Checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code s5 predict CHECKPOINT FILE [key=value ...]}: what a trained model makes of a file. */
@Command(
        name = "predict",
        customSynopsis = "s5 predict CHECKPOINT FILE... [key=value ...]",
        description = "Predict the samples in files: a line of JSON for each.")
public final class PredictCommand implements Callable<Integer> {
    private static final JsonMapper JSON = new JsonMapper();

    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "WORD",
            arity = "0..*",
            description = {
                "CHECKPOINT: a file that training wrote, runs/NAME/best.safetensors",
                "FILE: a text with a sample a line; .csv or .f32 with the numbers that the model"
                    + " sees; what else the model's data set reads, a folder of recordings, say; -"
                    + " for standard input",
                "cut=true: what is longer than the model takes is cut, and the answer says so;"
                        + " else it is refused",
                "key=value: wins over the settings in the checkpoint: device=cpu; also"
                        + " precision, kernels, threads and train.eval_batch"
            })
    private List<String> words = List.of();

    private int index; // of the line to come

    PredictCommand() {}

    @Override
    public Integer call() {
        Words given = Words.of(words);
        if (given.operands().size() < 2) {
            throw new UserError(
                    "predict takes a CHECKPOINT and a FILE; write s5 predict CHECKPOINT FILE..."
                            + " [key=value ...]");
        }
        Words.Split split = given.split(PredictInput.Options.class);
        PredictInput.Options options =
                ConfigLoader.options(PredictInput.Options.class, split.own());
        Checkpoint checkpoint = Checkpoint.read(Words.path(given.operands().getFirst()));
        Config config = checkpoint.config(PredictInput.used(split.config()));
        for (String word : given.operands().subList(1, given.operands().size())) {
            PredictInput.file(word, config, file -> predict(checkpoint, config, file, options));
        }
        return 0;
    }

    private void predict(
            Checkpoint checkpoint, Config config, Path file, PredictInput.Options options) {
        Dataset data = config.data().samples(file, checkpoint.fitted());
        if (data.forecast() != null) {
            ForecastLines.print(checkpoint, config, data, spec.commandLine().getOut());
            return;
        }
        PredictInput.check(checkpoint, data, file, options);
        int samples = Math.min(config.train().evaluationBatch(), data.size());
        int first = index;
        try (Predictor model = new Predictor(checkpoint, config, samples)) {
            model.predict(data, prediction -> print(prediction, data, index - first));
        }
    }

    private void print(Prediction prediction, Dataset data, int sample) {
        ObjectNode line =
                PredictInput.line(JSON.createObjectNode().put("index", index++), data, sample);
        switch (prediction) {
            case Prediction.Classes c -> {
                line.put("class", c.name()).put("label", c.likeliest());
                add(line.putArray("probabilities"), c.probabilities());
            }
            case Prediction.Numbers n -> {
                for (int i = 0; i < n.names().size(); i++) {
                    line.withObjectProperty("values").put(n.names().get(i), n.mean(i));
                    line.withObjectProperty("deviations").put(n.names().get(i), n.deviation(i));
                }
            }
            case Prediction.ClassesEach each -> {
                ArrayNode classes = line.putArray("classes");
                ArrayNode probabilities = line.putArray("probabilities");
                for (int k = 0; k < each.length(); k++) {
                    classes.add(each.at(k).name());
                    add(probabilities.addArray(), each.at(k).probabilities());
                }
            }
            case Prediction.NumbersEach each -> {
                for (int i = 0; i < each.names().size(); i++) {
                    ArrayNode values =
                            line.withObjectProperty("values").putArray(each.names().get(i));
                    ArrayNode deviations =
                            line.withObjectProperty("deviations").putArray(each.names().get(i));
                    for (int k = 0; k < each.length(); k++) {
                        values.add(each.at(k).mean(i));
                        deviations.add(each.at(k).deviation(i));
                    }
                }
            }
        }
        try {
            spec.commandLine().getOut().println(JSON.writeValueAsString(line));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void add(ArrayNode to, float[] values) {
        for (float value : values) {
            to.add(value);
        }
    }
}
