package s5.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import s5.cpu.CpuBackend;
import s5.data.Batch;
import s5.exchange.Fit;
import s5.exchange.WeightFile;
import s5.io.Safetensors.Array;
import s5.model.Model;
import s5.ops.Backend;
import s5.ops.Tensor;
import s5.train.Evaluator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Weights that the official code has trained, five steps of them, given as its trees are when they
 * are flattened: the model says what the official one says.
 */
class OfficialWeightsTest {
    @TempDir Path folder;

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/golden"))) {
            return files.filter(f -> !f.toString().matches(".*(init|pendulum[a-z_]*)\\..*"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void sayTheSameHere(Path file) {
        GoldenFile golden = GoldenFile.read(file);
        for (String ending : List.of(".safetensors", ".npz")) {
            String dot = ending.equals(".npz") ? "." : "/";
            Map<String, Array> tree = new LinkedHashMap<>();
            golden.arrays()
                    .arrays()
                    .forEach((name, array) -> {
                        if (name.startsWith("p5/")) {
                            tree.put(("params/" + name.substring(3)).replace("/", dot), array);
                        } else if (name.startsWith("s5/")) {
                            tree.put(("batch_stats/" + name.substring(3)).replace("/", dot), array);
                        }
                    });
            Path saved = folder.resolve("official" + ending);
            WeightFile.write(saved, Map.of(), tree, ending.equals(".npz"));
            check(golden, saved);
        }
    }

    private static void check(GoldenFile golden, Path saved) {
        Model model = new Model(golden.model(), golden.shape());
        Fit fit = Fit.of(WeightFile.read(saved), model);
        assertEquals(List.of(), fit.complaints());
        Batch batch = golden.batch(0, 1);
        float[] official =
                golden.array("out/eval_log_probs", batch.capacity, model.shape().classes());
        try (Backend backend = new CpuBackend(1, false)) {
            for (Tensor t : Fit.weights(model)) {
                backend.write(t, fit.tensors().get(t.name()).values());
            }
            try (Evaluator evaluator =
                    new Evaluator(backend, model, batch.capacity, batch.shape.length(), 1)) {
                float[] said = evaluator.predict(batch);
                double worst = 0;
                for (int i = 0; i < official.length; i++) {
                    worst = Math.max(worst, Math.abs(said[i] - official[i]));
                }
                assertTrue(worst < 5e-6, golden.file() + ": " + worst);
            }
        }
    }
}
