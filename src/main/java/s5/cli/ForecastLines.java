package s5.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import s5.Devices;
import s5.Failure;
import s5.UserError;
import s5.config.Config;
import s5.data.Batch;
import s5.data.Batches;
import s5.data.Dataset;
import s5.data.Forecast;
import s5.model.Model;
import s5.ops.Backend;
import s5.train.Checkpoint;
import s5.train.Evaluator;

import java.io.PrintWriter;

/** Prints what a model says comes next: a line of JSON for each step ahead of each series. */
final class ForecastLines {
    private static final JsonMapper JSON = new JsonMapper();

    private final Dataset data;
    private final Forecast forecast;
    private final PrintWriter out;
    private final double[] means; // (horizon, columns) of the window at work
    private final double[] deviations;

    private ForecastLines(Dataset data, PrintWriter out) {
        this.data = data;
        this.out = out;
        forecast = data.forecast();
        means = new double[forecast.horizon() * forecast.columns().size()];
        deviations = new double[means.length];
    }

    /**
     * Predicts all windows of a set.
     *
     * @throws UserError when an answer is no number
     * @throws Failure when the model's weights are none
     */
    static void print(Checkpoint checkpoint, Config config, Dataset data, PrintWriter out) {
        checkpoint
                .badWeights()
                .ifPresent(bad -> {
                    throw new Failure(bad);
                });
        Model model = new Model(config.model(), checkpoint.shape());
        int samples = Math.min(config.train().evaluationBatch(), data.size());
        ForecastLines lines = new ForecastLines(data, out);
        try (Backend backend = Devices.open(config)) {
            checkpoint.load(backend, model);
            try (Evaluator evaluator =
                    new Evaluator(backend, model, samples, checkpoint.shape().length(), 1)) {
                int first = 0;
                Batches batches = Batches.evaluation(data, samples);
                for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
                    float[] prediction = evaluator.predict(batch);
                    for (int row = 0; row < batch.rows; row++) {
                        lines.add(first + row, row, prediction);
                    }
                    first += batch.rows;
                }
            }
        }
    }

    private void add(int sample, int row, float[] prediction) {
        int targets = data.shape().targets();
        double[] said = new double[targets];
        double[] spread = new double[targets];
        for (int t = 0; t < targets; t++) {
            said[t] = prediction[row * 2 * targets + t];
            spread[t] = Math.sqrt(prediction[row * 2 * targets + targets + t]);
            if (Double.isNaN(said[t])) {
                throw new UserError(
                        "the model's answer to %s is NaN; are its numbers like those that the model was trained on?"
                                .formatted(data.id(sample)));
            }
        }
        data.restore(sample, said, spread);
        int columns = forecast.columns().size();
        for (int t = 0; t < targets; t++) {
            int at = forecast.place(sample, t);
            means[at] = said[t];
            deviations[at] = spread[t];
        }
        if (!forecast.apart() || sample % columns == columns - 1) {
            print(sample);
        }
    }

    private void print(int sample) {
        int columns = forecast.columns().size();
        for (int h = 0; h < forecast.horizon(); h++) {
            ObjectNode line = JSON.createObjectNode().put("id", data.id(sample)).put("step", h + 1);
            String time = data.time(sample, h + 1);
            if (!time.isEmpty()) {
                line.put("time", time);
            }
            ObjectNode values = line.putObject("values");
            ObjectNode spread = line.putObject("deviations");
            for (int c = 0; c < columns; c++) {
                values.put(forecast.columns().get(c), means[h * columns + c]);
                spread.put(forecast.columns().get(c), deviations[h * columns + c]);
            }
            try {
                out.println(JSON.writeValueAsString(line));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
