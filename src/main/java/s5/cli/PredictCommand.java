package s5.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import s5.Devices;
import s5.UserError;
import s5.config.Config;
import s5.data.Batch;
import s5.data.Batches;
import s5.data.Dataset;
import s5.data.UserFile;
import s5.model.Model;
import s5.ops.Backend;
import s5.train.Checkpoint;
import s5.train.Evaluator;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code s5 predict CHECKPOINT FILE [key=value ...]}: what a trained model makes of a file. */
@Command(
        name = "predict",
        customSynopsis = "s5 predict CHECKPOINT FILE [key=value ...]",
        description = "Classify the samples in a file: a line of JSON for each.")
public final class PredictCommand implements Callable<Integer> {
    private static final JsonMapper JSON = new JsonMapper();

    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "WORD",
            arity = "0..*",
            description = {
                "CHECKPOINT: a file that training wrote, runs/NAME/best.safetensors",
                "FILE: a text with a sample a line; .csv or .f32 with the numbers that the model"
                        + " sees; images as MNIST has them (idx3-ubyte)",
                "key=value: wins over the settings in the checkpoint: device=cpu"
            })
    private List<String> words = List.of();

    @Override
    public Integer call() {
        Words given = Words.of(words);
        if (given.operands().size() != 2) {
            throw new UserError(
                    "predict takes a CHECKPOINT and a FILE; write s5 predict CHECKPOINT FILE"
                            + " [key=value ...]");
        }
        Path file = Words.path(given.operands().get(1));
        Checkpoint checkpoint = Checkpoint.read(Words.path(given.operands().getFirst()));
        Config config = checkpoint.config(given.settings());
        if (checkpoint.shape().regression()) {
            throw new UserError("predict: the model tells numbers, not classes; use eval");
        }
        Dataset data =
                UserFile.open(file, config.data(), checkpoint.shape(), checkpoint.tokenNames());
        Model model = new Model(config.model(), checkpoint.shape());
        try (Backend backend =
                Devices.open(config.device(), config.precision(), config.threads())) {
            checkpoint.load(backend, model);
            int samples = Math.min(config.train().evaluationBatch(), data.size());
            try (Evaluator evaluator =
                    new Evaluator(backend, model, samples, data.shape().length(), 1)) {
                predict(evaluator, Batches.evaluation(data, samples), checkpoint.classNames());
            }
        }
        return 0;
    }

    private void predict(Evaluator evaluator, Batches batches, List<String> classes) {
        PrintWriter out = spec.commandLine().getOut();
        int index = 0;
        for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
            float[] logProbs = evaluator.predict(batch);
            for (int row = 0; row < batch.rows; row++) {
                ObjectNode line = JSON.createObjectNode().put("index", index++);
                int best = 0;
                ArrayNode probabilities = JSON.createArrayNode();
                for (int c = 0; c < classes.size(); c++) {
                    float p = logProbs[row * classes.size() + c];
                    probabilities.add((float) Math.exp(p));
                    best = p > logProbs[row * classes.size() + best] ? c : best;
                }
                line.put("class", classes.get(best)).put("label", best);
                line.set("probabilities", probabilities);
                try {
                    out.println(JSON.writeValueAsString(line));
                } catch (JsonProcessingException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }
}
