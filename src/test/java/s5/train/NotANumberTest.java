package s5.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.S5Model;
import s5.UserError;
import s5.data.TestFiles;
import s5.io.Safetensors;
import s5.run.TinyRun;
import s5.run.TinyRun.Ended;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Answers that are no numbers are no result, and what they are blamed on is at fault. */
class NotANumberTest {
    @TempDir Path folder;
    private TinyRun tiny;

    @BeforeEach
    void makeConfig() throws IOException {
        tiny = new TinyRun(folder);
    }

    private static void assertFails(Ended ended, String... parts) {
        assertEquals(1, ended.code(), ended.out() + ended.err());
        assertEquals(1, ended.err().lines().count(), ended.err());
        for (String part : parts) {
            assertTrue(ended.err().contains(part), ended.err());
        }
    }

    /** Running variances below 0: training, which takes those of its batch, does not notice. */
    private void spoilStatistics(String name) throws IOException {
        Path file = tiny.out(name);
        Safetensors content = Safetensors.read(file);
        Map<String, Safetensors.Array> arrays = new LinkedHashMap<>(content.arrays());
        arrays.replaceAll((tensor, array) -> {
            if (!tensor.endsWith("norm/var")) {
                return array;
            }
            float[] values = new float[array.values().length];
            Arrays.fill(values, -1e6f);
            return new Safetensors.Array(array.shape(), values);
        });
        assertFalse(arrays.equals(content.arrays()), arrays.keySet()::toString);
        write(file, content.metadata(), arrays);
    }

    private static void write(
            Path file, Map<String, String> before, Map<String, Safetensors.Array> arrays)
            throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>(before);
        Safetensors changed = new Safetensors(metadata, arrays);
        metadata.put("checksum", "%08x".formatted(changed.checksum(CheckpointChecks.SUMMED)));
        changed.write(file);
    }

    @Test
    void anEvaluationOfThemFails() throws IOException {
        assertEquals(0, tiny.train("a", "train.epochs=1").code());
        spoilStatistics("a/best.safetensors");
        Ended eval = tiny.eval("a/best.safetensors");
        assertFails(eval, "best.safetensors: the model's answers are no numbers", "of batch 1");
        assertFalse(eval.out().contains("accuracy"), eval.out());
        Ended report = tiny.report("a");
        assertEquals(0, report.code(), report.err());
        assertTrue(
                Files.readString(tiny.out("a/report.html"))
                        .contains("16 of its answers are no numbers, and are in no figure"));
    }

    /** It stops as with any other divergence, and does not blame the learning rate. */
    @Test
    void trainingStopsAtAnEvaluationOfThem() throws IOException {
        assertEquals(0, tiny.train("a", "train.epochs=1", "train.schedule=constant").code());
        spoilStatistics("a/last.safetensors");
        Ended ended = tiny.train("a", "train.epochs=3", "train.schedule=constant", "resume=true");
        assertFails(
                ended,
                "epoch 2, step 12: the validation loss is NaN",
                "batch 1 of the validation set",
                "the last checkpoint is of the end of epoch 1",
                "training itself has finite numbers");
        assertFalse(ended.err().contains("ssm_lr"), ended.err());
        JsonNode history = new JsonMapper().readTree(tiny.out("a/run.json").toFile());
        assertTrue(
                history.at("/sessions/1/outcome").asText().startsWith("failed: epoch 2, step 12"));
        assertEquals(1, history.at("/result/best_epoch").asInt(), history::toString);
    }

    /** The hint is about where the first bad number stands. */
    @Test
    void theHintIsAboutTheCause() {
        assertFails(
                tiny.train("a", "train.ssm_lr=1e4", "train.batch=16"),
                "seq/Lambda_bar",
                "; lower train.ssm_lr or set model.clip_eigs");
        assertFails(
                tiny.train("b", "train.ssm_lr=1e4", "train.batch=16", "model.clip_eigs=true"),
                "; lower train.ssm_lr");
        assertFails(
                tiny.train("c", "train.lr_factor=1e8", "train.batch=16"),
                "; lower train.lr_factor");
    }

    @Test
    void aCheckpointOfThemIsAtFaultItself() throws IOException {
        assertEquals(0, tiny.train("a", "train.epochs=1", "train.schedule=constant").code());
        Safetensors content = Safetensors.read(tiny.out("a/last.safetensors"));
        content.get("decoder/bias").values()[0] = Float.NaN;
        write(tiny.out("a/last.safetensors"), content.metadata(), content.arrays());
        Ended ended = tiny.train("a", "train.epochs=3", "train.schedule=constant", "resume=true");
        assertFails(ended, "decoder/bias holds a value", "what the run starts from is at fault");
        assertFalse(ended.err().contains("ssm_lr"), ended.err());
    }

    /** It is not the user's numbers that are blamed; whoever wants to look at it can. */
    @Test
    void weightsThatAreNoneAreNamed() throws IOException {
        assertEquals(0, tiny.train("a", "train.epochs=1").code());
        Path file = tiny.out("a/best.safetensors");
        Safetensors content = Safetensors.read(file);
        content.get("decoder/bias").values()[0] = Float.NaN;
        write(file, content.metadata(), content.arrays());
        String said = file + ": the model's weights are no finite numbers: tensor 'decoder/bias'";
        Path text = Files.writeString(folder.resolve("new.txt"), "[MAX 1 2 ]\n");
        assertFails(TinyRun.s5("predict", file.toString(), text.toString()), said);
        assertFails(tiny.eval("a/best.safetensors"), said);
        UserError loaded = assertThrows(UserError.class, () -> S5Model.load(file));
        assertTrue(loaded.getMessage().contains(said), loaded::getMessage);
        Path npz = folder.resolve("a.npz");
        for (Supplier<Ended> command :
                List.<Supplier<Ended>>of(
                        () -> TinyRun.s5("export", file.toString(), npz.toString()),
                        () -> tiny.report("a"))) {
            String told = TestFiles.told(() -> assertEquals(0, command.get().code()));
            assertTrue(told.contains(said), told);
        }
        assertTrue(Files.exists(npz));
        String[] compare = {"compare", tiny.out("a").toString(), "out=" + folder + "/all.html"};
        Ended compared = TinyRun.s5(compare);
        assertEquals(0, compared.code(), compared.err());
        assertTrue(compared.out().contains("note: " + said), compared.out());
        assertTrue(Files.readString(folder.resolve("all.html")).contains("no finite numbers"));
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 4));
        Ended damaged = TinyRun.s5(compare);
        assertEquals(0, damaged.code(), damaged.err());
        assertTrue(damaged.out().startsWith("note: " + file + ": "), damaged.out());
    }

    /** Every metric by name, as what is printed says it. */
    @Test
    void theHistoryHoldsTheResult() throws IOException {
        Ended ended = tiny.train("a");
        assertEquals(0, ended.code(), ended.err());
        JsonNode result = new JsonMapper().readTree(tiny.out("a/run.json").toFile()).path("result");
        String last =
                ended.out().lines().filter(l -> l.startsWith("best epoch")).findFirst().orElse("");
        assertEquals(
                last,
                "best epoch %d: validation accuracy %.2f %%, test accuracy %.2f %% (majority class: %.2f %%)"
                        .formatted(
                                result.path("best_epoch").asInt(),
                                100 * result.at("/validation/accuracy").asDouble(),
                                100 * result.at("/test/accuracy").asDouble(),
                                100 * result.at("/test/majority_accuracy").asDouble()));
        List<String> row =
                Files.readAllLines(tiny.out("a/metrics.csv")).stream()
                        .filter(l -> l.startsWith("epoch," + result.path("best_epoch").asInt()))
                        .map(l -> List.of(l.split(",", -1)))
                        .findFirst()
                        .orElseThrow();
        assertEquals(
                Double.parseDouble(row.get(5)), result.at("/validation/log_loss").asDouble(), 1e-6);
        assertEquals(Double.parseDouble(row.get(7)), result.at("/test/log_loss").asDouble(), 1e-6);
    }

    @Test
    void regressionHasItsOwnMetrics() throws IOException {
        Path yaml =
                Files.writeString(
                        folder.resolve("swing.yaml"),
                        """
                        device: cpu
                        data: {set: pendulum, cache_dir: '%s', sequences: 16, frames: 12, kept: 6}
                        model: {layers: 1, features: 4, states: 8, blocks: 2}
                        train: {epochs: 1, batch: 4}
                        """
                                .formatted(folder.resolve("cache")));
        Ended ended = TinyRun.s5("train", yaml.toString(), "out=" + tiny.out("swing"));
        assertEquals(0, ended.code(), ended.err());
        JsonNode test =
                new JsonMapper().readTree(tiny.out("swing/run.json").toFile()).at("/result/test");
        assertTrue(ended.out().contains("test mse %.5f".formatted(test.path("mse").asDouble())));
        assertEquals(Math.sqrt(test.path("mse").asDouble()), test.path("rmse").asDouble(), 1e-12);
        assertTrue(ended.out().contains("test %.4f, mse".formatted(test.path("nll").asDouble())));
    }
}
