package s5.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.io.Safetensors;
import s5.run.TinyRun;
import s5.run.TinyRun.Ended;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
        metadata.put("checksum", "%08x".formatted(changed.checksum("checksum")));
        changed.write(file);
        Ended ended = TinyRun.s5("info", file.toString());
        assertEquals(2, ended.code(), ended.err());
        assertEquals(1, ended.err().lines().count(), ended.err());
        assertTrue(ended.err().contains("its metadata '" + key + "'"), ended.err());
    }
}
