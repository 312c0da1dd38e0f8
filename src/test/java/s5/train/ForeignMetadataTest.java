package s5.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import s5.UserError;
import s5.io.Safetensors;
import s5.run.TinyRun;
import s5.run.TinyRun.Ended;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Checkpoints in whose metadata a single value is another, with the sum that goes with it: they are
 * refused in one line, or work.
 */
class ForeignMetadataTest {
    private static final List<String> VALUES =
            List.of("null", "-1", "3", "1e308", "2147483647", "\"x\"", "[]");

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"table", "forecast", "texts"})
    void whateverAValueIs(String kind) throws IOException {
        Path run = folder.resolve("run");
        Path input = make(kind);
        List<String> words = new ArrayList<>(List.of("train", folder.resolve("c.yaml").toString()));
        words.add("out=" + run);
        Ended ended = TinyRun.s5(words.toArray(String[]::new));
        assertEquals(0, ended.code(), ended.err());
        Safetensors content = Safetensors.read(run.resolve("best.safetensors"));
        int refused = 0;
        for (String key : List.of("preparation", "ranges", "shape", "targets", "tokens")) {
            for (String changed : changed(content.metadata().getOrDefault(key, "0"))) {
                refused += check(content, key, changed, input) ? 1 : 0;
            }
        }
        assertTrue(refused > 20, refused + " refused");
    }

    /** Whether it is refused; it may still mean something. */
    private boolean check(Safetensors content, String key, String value, Path input)
            throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
        metadata.put(key, value);
        Safetensors changed = new Safetensors(metadata, content.arrays());
        metadata.put("checksum", "%08x".formatted(changed.checksum(CheckpointChecks.SUMMED)));
        Path file = folder.resolve("changed.safetensors");
        Files.deleteIfExists(file);
        try (FileChannel out =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            changed.writeTo(out); // without waiting for the disk
        }
        try {
            Checkpoint.read(file);
        } catch (UserError e) {
            assertEquals(1, e.getMessage().lines().count(), e::getMessage);
            return true;
        }
        Ended ended = TinyRun.s5("predict", file.toString(), input.toString());
        String all = key + "=" + value + ": " + ended;
        if (ended.code() != 0) {
            assertEquals(2, ended.code(), all);
            assertEquals(1, ended.err().lines().count(), all);
        }
        return ended.code() != 0;
    }

    /** Two other values at each place, in turn. */
    private static List<String> changed(String json) throws IOException {
        JsonMapper mapper = new JsonMapper();
        JsonNode root = mapper.readTree(json);
        List<String> found = new ArrayList<>();
        for (JsonPointer at : places(root, JsonPointer.empty(), new ArrayList<>())) {
            for (int k = 0; k < 2; k++) {
                JsonNode value = mapper.readTree(VALUES.get(found.size() % VALUES.size()));
                JsonNode copy = at.matches() ? value : root.deepCopy();
                if (parentOf(copy, at) instanceof ObjectNode parent) {
                    parent.set(at.last().getMatchingProperty(), value);
                } else if (parentOf(copy, at) instanceof ArrayNode parent) {
                    parent.set(at.last().getMatchingIndex(), value);
                }
                found.add(mapper.writeValueAsString(copy));
            }
        }
        return found;
    }

    private static JsonNode parentOf(JsonNode root, JsonPointer at) {
        return at.matches() ? null : root.at(at.head());
    }

    private static List<JsonPointer> places(JsonNode node, JsonPointer at, List<JsonPointer> all) {
        all.add(at);
        if (node.isObject()) {
            node.fieldNames().forEachRemaining(n -> places(node.get(n), at.appendProperty(n), all));
        } else if (node.isArray()) {
            for (int i = 0; i < Math.min(1, node.size()); i++) {
                places(node.get(i), at.appendIndex(i), all);
            }
        }
        return all;
    }

    /** Data and a config. Returns what to predict. */
    private Path make(String kind) throws IOException {
        StringBuilder rows = new StringBuilder();
        String data;
        Path input;
        switch (kind) {
            case "table" -> {
                rows.append("id,x,y,c\n");
                for (int i = 0; i < 96; i++) {
                    rows.append(
                            "g%d,%s,%s,%s\n"
                                    .formatted(
                                            i / 4, Math.sin(i), i % 3, i / 4 % 2 == 0 ? "a" : "b"));
                }
                data = "set: table, files: d.csv, id: id, inputs: 'x, y', label: c";
                input = Files.writeString(folder.resolve("in.csv"), "id,x,y\ng,1,2\ng,2,3\n");
            }
            case "forecast" -> {
                rows.append("t,x\n");
                for (int i = 0; i < 200; i++) {
                    rows.append("%d,%s\n".formatted(i, Math.sin(i)));
                }
                data =
                        "set: table, task: forecast, files: d.csv, inputs: x, time: t, target: x,"
                                + " context: 8, horizon: 2";
                input = folder.resolve("d.csv");
            }
            default -> {
                rows.append("text,c\n");
                for (int i = 0; i < 24; i++) {
                    rows.append("%s,%s\n".formatted(i % 2 == 0 ? "good good" : "bad bad", i % 2));
                }
                data = "set: text, files: d.csv, label: c";
                input = Files.writeString(folder.resolve("in.txt"), "good bad");
            }
        }
        Files.writeString(folder.resolve("d.csv"), rows);
        Files.writeString(
                folder.resolve("c.yaml"),
                """
                seed: 7
                device: cpu
                threads: 1
                data: {root: %s, cache_dir: %s, %s}
                model: {layers: 1, features: 8, states: 8, blocks: 2}
                train: {epochs: 1, batch: 8}
                """
                        .formatted(folder, folder.resolve("cache"), data));
        return input;
    }
}
