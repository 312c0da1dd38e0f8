package s5.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.config.Config;
import s5.data.TestFiles;
import s5.io.Safetensors;
import s5.run.TinyRun;
import s5.run.TinyRun.Ended;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checkpoints whose sum is right, but not what they say: somebody's own, say. */
class CheckpointTest {
    @TempDir Path folder;

    /** As a smaller model its tensors would fit, and the answers mean nothing. */
    @Test
    void isNotTakenForASmallerModel() throws IOException {
        TinyRun tiny = new TinyRun(folder);
        assertEquals(0, tiny.train("a", "train.epochs=1", "model.layers=2").code());
        String file = tiny.out("a/last.safetensors").toString();
        String cache = "data.cache_dir=" + folder.resolve("cache");
        Path text = Files.writeString(folder.resolve("text"), "[MAX 1 2 ]");
        for (String[] words :
                List.of(
                        new String[] {"eval", file, "model.layers=1", cache},
                        new String[] {"eval", file, "model.bidirectional=false", cache},
                        new String[] {"predict", file, text.toString(), "model.activation=gelu"})) {
            Ended ended = TinyRun.s5(words);
            assertEquals(2, ended.code(), ended.err());
            assertTrue(ended.err().contains("is of another model: it"), ended.err());
        }
        assertEquals(0, TinyRun.s5("predict", file, text.toString()).code());
    }

    /** A tool that files models by their metadata adds to it. */
    @Test
    void mayHoldMoreMetadata() throws IOException {
        TinyRun tiny = new TinyRun(folder);
        assertEquals(0, tiny.train("a", "train.epochs=1").code());
        Path file = tiny.out("a/last.safetensors");
        String before = TinyRun.s5("info", file.toString()).out();
        Safetensors content = Safetensors.read(file);
        Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
        metadata.put("registered", "2026-11-26");
        new Safetensors(metadata, content.arrays()).write(file);
        assertEquals(before, TinyRun.s5("info", file.toString()).out());
    }

    /** It answers nearly as the original does, in half of the bytes. */
    @Test
    void mayBeStoredInFewerBits() throws IOException {
        TinyRun tiny = new TinyRun(folder);
        assertEquals(0, tiny.train("a", "train.epochs=1").code());
        Path file = tiny.out("a/last.safetensors");
        Path text = Files.writeString(folder.resolve("text"), "[MAX 1 2 ]");
        double exact = probability(file, text);
        byte[] whole = Files.readAllBytes(file);
        ByteBuffer in = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
        int header = (int) in.getLong();
        JsonMapper json = new JsonMapper();
        ObjectNode names = (ObjectNode) json.readTree(whole, 8, header);
        for (var entry : names.properties()) {
            if (entry.getValue() instanceof ObjectNode array && array.has("dtype")) {
                array.put("dtype", "F16");
                ArrayNode at = (ArrayNode) array.get("data_offsets");
                at.set(0, json.getNodeFactory().numberNode(at.get(0).asLong() / 2));
                at.set(1, json.getNodeFactory().numberNode(at.get(1).asLong() / 2));
            }
        }
        byte[] text16 = json.writeValueAsBytes(names);
        ByteBuffer out =
                ByteBuffer.allocate(8 + text16.length + (whole.length - 8 - header) / 2)
                        .order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(text16.length).put(text16);
        in.position(8 + header);
        while (in.hasRemaining()) {
            out.putShort(Float.floatToFloat16(in.getFloat()));
        }
        Path half = Files.write(folder.resolve("half.safetensors"), out.array());
        assertEquals(exact, probability(half, text), 2e-3);
    }

    /** What the model gives the likeliest class of a text. */
    private static double probability(Path checkpoint, Path text) {
        Ended ended = TinyRun.s5("predict", checkpoint.toString(), text.toString());
        assertEquals(0, ended.code(), ended.err());
        Matcher number = Pattern.compile("0\\.\\d+").matcher(ended.out());
        assertTrue(number.find(), ended.out());
        return Double.parseDouble(number.group());
    }

    @Test
    void isNotWithoutItsMetadata() {
        Path official = Path.of("src/test/resources/golden/base.safetensors");
        Ended ended = TinyRun.s5("info", official.toString());
        assertEquals(2, ended.code(), ended.err());
        assertTrue(ended.err().contains("not a checkpoint of this program"), ended.err());
        assertEquals(1, ended.err().lines().count(), ended.err());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "progress | null",
                "progress | what",
                "progress | {\"epoch\": -1}",
                "progress | {\"unheard\": 1}",
                "progress | {\"best\": {\"epoch\": 1}}",
                "shape | null",
                "shape | []",
                "progress | {\"epoch\": 2147483647}",
                "progress | {\"epoch\": 1, \"best\": null}",
                "progress | {\"epoch\": 0, \"step\": 3, \"loss\": \"NaN\"}",
                "progress | {\"sinceBest\": -1}",
                "progress | {\"ssmLr\": -1}",
                "progress | {\"ssmLr\": 1e400}",
                "shape |"
                    + " {\"length\":24,\"inputs\":20,\"tokens\":true,\"padded\":true,\"classes\":10,\"documents\":2}",
                "shape |"
                    + " {\"length\":24,\"inputs\":20,\"tokens\":false,\"padded\":true,\"classes\":10,\"documents\":1}",
                "shape |"
                    + " {\"length\":24,\"inputs\":20,\"tokens\":true,\"padded\":true,\"classes\":9,\"documents\":1}",
                "shape |"
                    + " {\"length\":0,\"inputs\":20,\"tokens\":true,\"padded\":true,\"classes\":10,\"documents\":1}",
                "classes | null",
                "classes | [null, null]",
                "classes | [\"1\"]",
                "classes | {}",
                "tokens | null",
                "tokens | [null]",
                "tokens | [\"a\", \"b\"]",
                "tokens | [\"<pad>\", \"<unk>\", \"<eos>\", \"1\", \"1\"]",
                "tokens | [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,"
                        + " 21]",
                "ranges | null",
                "ranges | {\"min\": [1], \"max\": [0]}",
                "training_samples | many"
            })
    void isRefusedInOneLine(String key, String value) throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "[MAX 1 2 ]");
        Path file = changed(key, value);
        for (Ended ended :
                List.of(
                        TinyRun.s5("info", file.toString()),
                        TinyRun.s5("predict", file.toString(), text.toString()),
                        TinyRun.s5("eval", file.toString(), "data.cache_dir=" + folder))) {
            assertEquals(2, ended.code(), ended.err());
            assertEquals(1, ended.err().lines().count(), ended.err());
            assertTrue(
                    ended.err().contains("its metadata '" + key + "'")
                            || ended.err().contains("has 10 names of 9 classes"),
                    ended.err());
        }
    }

    private static Safetensors trained; // by the first test that asks for it

    /** A checkpoint of a run, with another entry of its metadata and the sum that goes with it. */
    private Path changed(String key, String value) throws IOException {
        if (trained == null) {
            TinyRun tiny = new TinyRun(folder);
            assertEquals(0, tiny.train("trained", "train.epochs=1").code());
            trained = Safetensors.read(tiny.out("trained/last.safetensors"));
        }
        Map<String, String> metadata = new LinkedHashMap<>(trained.metadata());
        metadata.put(key, value);
        Safetensors changed = new Safetensors(metadata, trained.arrays());
        metadata.put("checksum", "%08x".formatted(changed.checksum(CheckpointChecks.SUMMED)));
        Path file = folder.resolve("changed.safetensors");
        changed.write(file);
        return file;
    }

    /** Whoever prints it would end in a stack trace. */
    @Test
    void aMetricThatIsNullIsRefused() throws IOException {
        changed("progress", "{}"); // for the run
        String progress =
                trained.metadata()
                        .get("progress")
                        .replaceFirst("\"log_loss\":[-0-9.E]+", "\"log_loss\":null");
        assertTrue(progress.contains(":null"), progress);
        Ended ended = TinyRun.s5("info", changed("progress", progress).toString());
        assertEquals(2, ended.code(), ended.out());
        assertTrue(ended.err().contains("its metadata 'progress' tells of none"), ended.err());
    }

    /** It would be gone on with beyond the end of its epoch. */
    @Test
    void ofAStepThatNoEpochHasIsNotGoneOnFrom() throws IOException {
        TinyRun tiny = new TinyRun(folder);
        Ended first = tiny.train("a", "train.epochs=2");
        assertEquals(0, first.code(), first.err());
        changed("progress", "{}"); // for the run
        String progress = trained.metadata().get("progress").replace("\"step\":0", "\"step\":13");
        Files.move(
                changed("progress", progress),
                tiny.out("a/last.safetensors"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Ended ended = tiny.train("a", "train.epochs=1", "resume=true");
        assertEquals(2, ended.code(), ended.err());
        assertTrue(
                ended.err().contains("tells of epoch 2, step 13, of 1 epochs of 12"), ended.err());
    }

    /** Sizes that would overflow, or that no memory holds. */
    @ParameterizedTest
    @CsvSource({
        "length, 2147483647",
        "length, 16777216",
        "inputs, 2147483647",
        "classes, 2147483647"
    })
    void ofImpossibleSizeIsRefused(String size, int value) throws IOException {
        changed("shape", "[]"); // for the run
        String shape =
                trained.metadata()
                        .get("shape")
                        .replaceFirst(
                                "\"%s\":\\d+".formatted(size), "\"%s\":%d".formatted(size, value));
        Path file = changed("shape", shape);
        for (String command : List.of("info", "eval")) {
            Ended ended = TinyRun.s5(command, file.toString(), "data.cache_dir=" + folder);
            assertEquals(2, ended.code(), ended.out() + ended.err());
            assertEquals(1, ended.err().lines().count(), ended.err());
        }
    }

    /** Files of the same columns may be others, and hold what the model was trained on. */
    @Test
    void otherFilesThanItsRunHadAreTold() throws IOException {
        StringBuilder rows = new StringBuilder("id,x,c\n");
        for (int i = 0; i < 80; i++) {
            rows.append("g%d,%d,%s\n".formatted(i / 4, i % 7, i / 4 % 2 == 0 ? "a" : "b"));
        }
        Files.writeString(folder.resolve("mine.csv"), rows);
        Files.writeString(folder.resolve("others.csv"), rows.toString().replace("g", "h"));
        String[] places = {"data.root=" + folder, "data.cache_dir=" + folder.resolve("cache")};
        Path yaml =
                Files.writeString(
                        folder.resolve("c.yaml"),
                        """
                        device: cpu
                        data: {set: table, files: mine.csv, id: id, label: c}
                        model: {layers: 1, features: 4, states: 4, blocks: 1}
                        train: {epochs: 1, batch: 6}
                        """);
        String out = "out=" + folder.resolve("a");
        Ended trained = TinyRun.s5("train", yaml.toString(), out, places[0], places[1]);
        assertEquals(0, trained.code(), trained.err());
        String best = folder.resolve("a/best.safetensors").toString();
        String told = TestFiles.told(() -> TinyRun.s5("eval", best, places[0], places[1]));
        assertTrue(told.contains("had data.files=mine.csv, which is not taken"), told);
        String same =
                TestFiles.told(() ->
                        TinyRun.s5("eval", best, places[0], places[1], "data.files=mine.csv"));
        assertFalse(same.contains("not taken"), same);
        Ended renamed = eval(best, places, rows.toString().replace(",b", ",A"));
        assertEquals(2, renamed.code());
        assertTrue(
                renamed.err()
                        .contains(
                                "other classes than the model: 'A' at place 0, where the model has"
                                        + " 'a'"),
                renamed.err());
        String scaled =
                TestFiles.told(() -> eval(best, places, rows.toString().replace(",1,", ",9,")));
        assertTrue(scaled.contains("gaps, time steps and vocabulary are the model's"), scaled);
        Ended lost = TinyRun.s5("eval", best, "data.root=" + folder.resolve("a"), places[1]);
        assertEquals(2, lost.code());
        assertTrue(
                lost.err().contains("; the run of " + best + " had data.files=mine.csv"),
                lost.err());
    }

    private Ended eval(String checkpoint, String[] places, String rows) throws IOException {
        Files.writeString(folder.resolve("new.csv"), rows);
        return TinyRun.s5("eval", checkpoint, places[0], places[1], "data.files=new.csv");
    }

    /** Whoever made the file would choose where others write, and what they read. */
    @Test
    void itsPlacesAreNotBelieved() throws IOException {
        TinyRun tiny = new TinyRun(folder);
        assertEquals(0, tiny.train("a", "train.epochs=1").code());
        Path file = tiny.out("a/best.safetensors");
        Safetensors content = Safetensors.read(file);
        Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
        Path theirs = folder.resolve("theirs");
        String config =
                metadata.get("config")
                        .replaceFirst("cache_dir: .*", "cache_dir: " + theirs)
                        .replaceFirst("out: .*", "out: " + theirs)
                        .replaceFirst("root: .*", "root: " + theirs);
        assertEquals(4, config.split(theirs.toString(), -1).length, config);
        metadata.put("config", config);
        Safetensors changed = new Safetensors(metadata, content.arrays());
        metadata.put("checksum", "%08x".formatted(changed.checksum(CheckpointChecks.SUMMED)));
        changed.write(file);
        assertEquals(0, tiny.eval("a/best.safetensors").code());
        assertEquals(0, tiny.report("a").code());
        assertFalse(Files.exists(theirs));
        assertFalse(TinyRun.s5("info", file.toString()).out().contains("theirs"));
        assertFalse(
                Files.readString(tiny.out("a/report.html")).contains("theirs"), "in its settings");
        Config read = Checkpoint.read(file).config(List.of());
        assertEquals(
                List.of("cache", "data", "runs/tiny"),
                List.of(read.data().cacheDir(), read.data().root(), read.out()));
    }
}
