package s5.exchange.onnx;

import s5.UserError;
import s5.Version;
import s5.config.Config;
import s5.data.Shape;
import s5.exchange.WeightFile;
import s5.io.AtomicFile;
import s5.model.Inputs;
import s5.model.Model;
import s5.model.Outputs;
import s5.ops.Op;
import s5.train.Checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A trained model as a file that ONNX runtimes evaluate: sequences of one length L, any number of
 * them at once. Its inputs are {@code x} (batch, L, inputs) or {@code tokens} (batch, L), {@code
 * lengths} (batch) where samples are padded, {@code dt} (batch, L) where positions have time steps;
 * of two documents, a first dimension of 2 comes before the batch. Its output is {@code log_probs}
 * (batch, classes), or {@code means} and {@code variances} in regression.
 */
public final class OnnxFile {
    private OnnxFile() {}

    /**
     * Writes a file.
     *
     * @param checkpoint of any run
     * @param file that is not there yet
     * @param length L, or 0 for that of the training
     * @return what was done, in words
     * @throws UserError when the file is there or cannot be written, or the model has an operation
     *     that is not translated
     */
    public static String write(Checkpoint checkpoint, Path file, int length) {
        WeightFile.mustBeNew(file);
        Shape trained = checkpoint.shape();
        Shape shape = length == 0 ? trained : trained.withLength(length);
        byte[] bytes = bytes(checkpoint, shape);
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder);
            }
            AtomicFile.write(file, out -> AtomicFile.writeAll(out, ByteBuffer.wrap(bytes)));
        } catch (IOException e) {
            throw new UserError(file + ": cannot be written (" + AtomicFile.reason(e) + ")", e);
        }
        return "%s: ONNX, opset %d, sequences of length %d"
                .formatted(file, Graph.OPSET, shape.length());
    }

    private static byte[] bytes(Checkpoint checkpoint, Shape shape) {
        Config config = checkpoint.config(List.of());
        Map<String, String> metadata = new LinkedHashMap<>();
        if (!shape.regression()) {
            metadata.put("classes", String.join("\n", checkpoint.classNames()));
        }
        if (shape.tokens()) {
            metadata.put("tokens", String.join("\n", checkpoint.tokenNames()));
        }
        if (!checkpoint.fitted().preparation().isEmpty()) {
            metadata.put("preparation", checkpoint.fitted().preparation());
        }
        return graph(new Model(config.model(), shape), checkpoint::values)
                .model(config.name(), Version.TEXT, metadata);
    }

    /** The evaluation of a model for sequences of the length of its shape. */
    static Graph graph(Model model, Function<String, float[]> weights) {
        Shape shape = model.shape();
        int length = shape.length();
        Inputs in = Inputs.of(shape, 1, length);
        Outputs out = Outputs.of(shape, 1, length);
        Graph graph = new Graph();
        Translation translation = new Translation(graph, length, weights);
        inputs(graph, translation, in, shape);
        for (Op op : model.evaluation(in, out, 1, length, 1).ops()) {
            translation.add(op);
        }
        String said = translation.value(out.prediction());
        if (shape.regression()) {
            long targets = shape.targets();
            String both = graph.reshape(said, -1, 2 * targets);
            output(graph, "means", graph.slice(both, 1, 0, targets), shape, targets);
            output(graph, "variances", graph.slice(both, 1, targets, 2 * targets), shape, targets);
        } else {
            output(graph, "log_probs", said, shape, shape.classes());
        }
        return graph;
    }

    private static void output(Graph graph, String name, String value, Shape shape, long answers) {
        if (shape.each()) {
            graph.output(
                    name,
                    graph.reshape(value, -1, shape.length(), answers),
                    -1,
                    shape.length(),
                    answers);
        } else {
            graph.output(name, graph.reshape(value, -1, answers), -1, answers);
        }
    }

    private static void inputs(Graph graph, Translation translation, Inputs in, Shape shape) {
        boolean pairs = shape.documents() > 1;
        long documents = shape.documents();
        long length = shape.length();
        String x =
                shape.tokens()
                        ? pairs
                                ? graph.input("tokens", true, documents, -1, length)
                                : graph.input("tokens", true, -1, length)
                        : pairs
                                ? graph.input("x", false, documents, -1, length, shape.inputs())
                                : graph.input("x", false, -1, length, shape.inputs());
        translation.set(
                in.x(),
                shape.tokens() ? graph.reshape(x, -1) : graph.reshape(x, -1, shape.inputs()));
        if (in.lengths() != null) {
            String lengths =
                    pairs
                            ? graph.input("lengths", true, documents, -1)
                            : graph.input("lengths", true, -1);
            translation.set(in.lengths(), graph.reshape(lengths, -1));
        }
        if (in.dt() != null) {
            translation.set(in.dt(), graph.input("dt", false, -1, length));
        }
    }
}
