package s5.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import s5.UserError;
import s5.data.Batch;
import s5.data.Batches;
import s5.data.Dataset;
import s5.data.Shape;
import s5.io.AtomicFile;
import s5.metric.ClassScores;
import s5.train.Evaluator;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Writes what an evaluation says of a data set: every metric by its name, each sample's prediction
 * beside the truth, and of classes how each fared. Numbers are in the user's units, probabilities
 * and so on as far as a float32 goes.
 */
final class EvalFile {
    private static final JsonMapper JSON = new JsonMapper();

    private final Dataset data;
    private final Shape shape;
    private final int batchSize;
    private final Evaluator evaluator;
    private final long[][] confusion; // answers by true class and by predicted class

    private EvalFile(Dataset data, int batchSize, Evaluator evaluator) {
        this.data = data;
        this.batchSize = batchSize;
        this.evaluator = evaluator;
        shape = data.shape();
        confusion = new long[shape.classes()][shape.classes()];
    }

    /**
     * Predicts all samples, and writes the file.
     *
     * @param about what stands first in it, the metrics included
     * @param batchSize samples in a batch
     * @throws UserError when it cannot be written
     */
    static void write(
            Path file, ObjectNode about, Dataset data, int batchSize, Evaluator evaluator) {
        EvalFile of = new EvalFile(data, batchSize, evaluator);
        try {
            AtomicFile.write(
                    file,
                    out -> {
                        Writer text =
                                new BufferedWriter(
                                        Channels.newWriter(out, StandardCharsets.UTF_8), 1 << 16);
                        of.write(text, about);
                        text.write("\n");
                        text.flush();
                    });
        } catch (IOException e) {
            throw new UserError(
                    "json: %s cannot be written: %s".formatted(file, AtomicFile.reason(e)), e);
        }
    }

    private void write(Writer text, ObjectNode about) throws IOException {
        JsonGenerator json = JSON.createGenerator(text);
        json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        DefaultPrettyPrinter lines = new DefaultPrettyPrinter();
        lines.indentArraysWith(new DefaultIndenter("  ", "\n"));
        json.setPrettyPrinter(lines);
        json.writeStartObject();
        for (var entry : about.properties()) {
            json.writePOJOField(entry.getKey(), entry.getValue());
        }
        if (shape.regression()) {
            json.writePOJOField("targets", data.targetNames());
        }
        json.writeArrayFieldStart("predictions");
        Batches batches = Batches.evaluation(data, batchSize);
        int sample = 0;
        for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
            float[] prediction = evaluator.predict(batch);
            for (int row = 0; row < batch.rows; row++, sample++) {
                json.writeRawValue(JSON.writeValueAsString(line(sample, batch, row, prediction)));
            }
        }
        json.writeEndArray();
        if (!shape.regression()) {
            classes(json);
        }
        json.writeEndObject();
        json.close();
    }

    private ObjectNode line(int sample, Batch batch, int row, float[] prediction) {
        ObjectNode line = JSON.createObjectNode().put("id", data.id(sample));
        if (data.forecast() != null && data.forecast().apart()) {
            line.put("column", data.forecast().columns().get(data.forecast().column(sample, 0)));
        }
        if (shape.regression()) {
            numbers(line, sample, batch, row, prediction);
        } else if (shape.each()) {
            positions(line, batch, row, prediction);
        } else {
            classes(line, batch, row, prediction);
        }
        return line;
    }

    private void classes(ObjectNode line, Batch batch, int row, float[] logProbs) {
        List<String> names = data.classNames();
        int said = count(batch.labels[row], logProbs, row);
        line.put("truth", names.get(batch.labels[row])).put("class", names.get(said));
        var probabilities = line.putArray("probabilities");
        for (int c = 0; c < shape.classes(); c++) {
            probabilities.add((float) Math.exp(logProbs[row * shape.classes() + c]));
        }
    }

    /** Of each position with a label. */
    private void positions(ObjectNode line, Batch batch, int row, float[] logProbs) {
        List<String> names = data.classNames();
        var positions = line.putArray("positions");
        var truth = line.putArray("truth");
        var classes = line.putArray("class");
        var probabilities = line.putArray("probability");
        for (int k = 0; k < shape.length(); k++) {
            int at = row * shape.length() + k;
            if (batch.labels[at] >= 0) {
                int said = count(batch.labels[at], logProbs, at);
                positions.add(k);
                truth.add(names.get(batch.labels[at]));
                classes.add(names.get(said));
                probabilities.add((float) Math.exp(logProbs[at * shape.classes() + said]));
            }
        }
    }

    private int count(int label, float[] logProbs, int at) {
        int said = Evaluator.likeliest(logProbs, at, shape.classes());
        confusion[label][said]++;
        return said;
    }

    private void numbers(ObjectNode line, int sample, Batch batch, int row, float[] prediction) {
        int targets = shape.targets();
        int size = shape.answers() * targets;
        double[] means = new double[size];
        double[] deviations = new double[size];
        double[] truth = new double[size];
        for (int i = 0; i < size; i++) {
            int at = (row * shape.answers() + i / targets) * 2 * targets + i % targets;
            means[i] = prediction[at];
            deviations[i] = Math.sqrt(prediction[at + targets]);
            truth[i] = batch.targets[row * size + i];
        }
        data.restore(sample, means, deviations);
        data.restore(sample, truth, new double[size]);
        int own = shape.each() && shape.padded() ? batch.lengths[row] : shape.answers();
        put(line, "truth", truth, own);
        put(line, "values", means, own);
        put(line, "deviations", deviations, own);
    }

    /** A list of targets, or where each position has an answer a list of such. */
    private void put(ObjectNode line, String name, double[] values, int answers) {
        var list = line.putArray(name);
        int targets = shape.targets();
        for (int k = 0; k < answers; k++) {
            var row = shape.each() ? list.addArray() : list;
            for (int t = 0; t < targets; t++) {
                row.add((float) values[k * targets + t]);
            }
        }
    }

    /** How each class fared: what is empty of samples has no precision or recall. */
    private void classes(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("classes");
        for (int c = 0; c < confusion.length; c++) {
            int column = c;
            long right = confusion[c][c];
            long there = Arrays.stream(confusion[c]).sum();
            long said = Arrays.stream(confusion).mapToLong(row -> row[column]).sum();
            ObjectNode line = JSON.createObjectNode().put("class", data.classNames().get(c));
            line.put("samples", there).put("predicted", said).put("right", right);
            line.put("precision", said == 0 ? null : (Double) ((double) right / said));
            line.put("recall", there == 0 ? null : (Double) ((double) right / there));
            line.put("f1", there + said == 0 ? null : (Double) ClassScores.f1(right, there, said));
            json.writeRawValue(JSON.writeValueAsString(line));
        }
        json.writeEndArray();
        json.writeArrayFieldStart("confusion");
        for (long[] row : confusion) {
            json.writeRawValue(JSON.writeValueAsString(row));
        }
        json.writeEndArray();
    }
}
