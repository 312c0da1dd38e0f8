package s5.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.io.Safetensors;
import s5.io.Safetensors.Array;
import s5.run.TinyRun;
import s5.run.TinyRun.Ended;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Runs that begin with weights, with another head, and with parts that do not learn. */
class StartFromTest {
    @TempDir static Path folder;
    private static TinyRun tiny;
    private static Map<String, Array> start; // of a run of an epoch
    private static String from;

    @BeforeAll
    static void train() throws IOException {
        tiny = new TinyRun(folder);
        ok("run", "train.epochs=1");
        from = "train.start_from=" + tiny.out("run/last.safetensors");
        start = tensors("run");
    }

    private static Ended ok(String name, String... more) {
        Ended ended = tiny.train(name, more);
        assertEquals(0, ended.code(), ended.err());
        return ended;
    }

    private static Map<String, Array> tensors(String run) {
        return Safetensors.read(tiny.out(run + "/last.safetensors")).arrays();
    }

    /** Every bit of what is frozen, however long the others learn. */
    @Test
    void whatIsFrozenStays() {
        ok("frozen", from, "train.freeze=encoder/*, decoder/bias", "train.epochs=2");
        Map<String, Array> after = tensors("frozen");
        int frozen = 0;
        int statistics = 0;
        for (Map.Entry<String, Array> entry : after.entrySet()) {
            String name = entry.getKey();
            float[] values = entry.getValue().values();
            boolean same = Arrays.equals(start.get(name).values(), values);
            if (name.matches("[mv]/(encoder/.*|decoder/bias)")) {
                assertArrayEquals(new float[values.length], values, name);
            } else if (name.matches("encoder/.*/norm/(mean|var)")) {
                assertFalse(same, name + " follows the data");
                statistics++;
            } else if (name.matches("encoder/.*|decoder/bias")) {
                assertTrue(same, name);
                frozen++;
            } else {
                assertFalse(same, name);
            }
        }
        assertEquals(2, statistics);
        assertTrue(frozen > 10, "frozen: " + frozen);
    }

    @Test
    void aFrozenRunGoesOnAsIfNobodyHadStoppedIt() throws IOException {
        String[] settings = {
            from, "train.freeze=*/seq/*", "train.schedule=constant", "train.epochs=2"
        };
        ok("whole", settings);
        settings[3] = "train.epochs=1";
        ok("parts", settings);
        settings[3] = "train.epochs=2";
        String[] resumed = Arrays.copyOf(settings, 5);
        resumed[4] = "resume=true";
        ok("parts", resumed);
        TinyRun.assertSame(tiny.out("whole"), tiny.out("parts"));
        resumed[1] = "train.freeze=*";
        Ended ended = tiny.train("parts", resumed);
        assertTrue(ended.err().contains("train.freeze is *, not */seq/*"), ended.err());
    }

    /** A head of three classes does not fit these ten, and need not. */
    @Test
    void aNewHeadIsDrawn() {
        Map<String, Array> other = new LinkedHashMap<>(start);
        other.put("decoder/kernel", new Array(new int[] {8, 3}, new float[24]));
        other.put("decoder/bias", new Array(new int[] {3}, new float[3]));
        Path file = folder.resolve("other.safetensors");
        new Safetensors(Map.of(), other).write(file);
        String[] settings = {
            "train.start_from=" + file,
            "train.epochs=1",
            "train.ssm_lr=1e-30",
            "train.weight_decay=0",
            "train.start_head=new"
        };
        Ended ended = ok("new", settings);
        assertTrue(ended.out().contains("other.safetensors, and a new head"), ended.out());
        ok("drawn", Arrays.copyOfRange(settings, 1, 4));
        Map<String, Array> after = tensors("new");
        Map<String, Array> drawn = tensors("drawn");
        for (String name : after.keySet()) {
            if (!name.matches("[mv]/.*|.*/norm/(mean|var)")) {
                boolean head = name.startsWith("decoder");
                float[] expected = (head ? drawn : start).get(name).values();
                assertArrayEquals(expected, after.get(name).values(), 1e-6f, name);
            }
        }
        settings[4] = "train.start_head=keep";
        Ended refused = tiny.train("kept", settings);
        assertEquals(2, refused.code());
        assertTrue(
                refused.err().contains("'decoder/kernel' has shape [8, 3], expected [8, 10]"),
                refused.err());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train.freeze=encodr/* | 'encodr/*' is the name of no parameter",
                "train.freeze=decoder/kernels | did you mean decoder/kernel?",
                "train.freeze=encoder/*,, | one is empty",
                "train.freeze=* | leaves no parameter to learn",
                "train.start_head=new | new is for a run with train.start_from only"
            })
    void mistakesAreTold(String word, String part) {
        Ended ended = tiny.train("bad", word);
        assertEquals(2, ended.code(), ended.err());
        assertEquals(1, ended.err().lines().count(), ended.err());
        assertTrue(ended.err().contains(part), ended.err());
    }
}
