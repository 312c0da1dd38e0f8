package s5.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        Path text = Files.writeString(folder.resolve("text"), "[MAX 1 2 ]");
        for (String[] words :
                List.of(
                        new String[] {"eval", file, "model.layers=1"},
                        new String[] {"eval", file, "model.bidirectional=false"},
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
                "shape | []"
            })
    void isRefusedInOneLine(String key, String value) throws IOException {
        TinyRun tiny = new TinyRun(folder);
        assertEquals(0, tiny.train("a", "train.epochs=1").code());
        Path file = tiny.out("a/last.safetensors");
        Safetensors content = Safetensors.read(file);
        Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
        metadata.put(key, value);
        Safetensors changed = new Safetensors(metadata, content.arrays());
        metadata.put("checksum", "%08x".formatted(changed.checksum(Checkpoint.SUMMED)));
        changed.write(file);
        Ended ended = TinyRun.s5("info", file.toString());
        assertEquals(2, ended.code(), ended.err());
        assertEquals(1, ended.err().lines().count(), ended.err());
        assertTrue(ended.err().contains("its metadata '" + key + "'"), ended.err());
    }
}
