package s5.data.own;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.UserError;
import s5.config.Config;
import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Splits;
import s5.data.TestFiles;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Own files mutated at random, by fixed seeds: reading them ends in success or in one line for the
 * user. {@code -Ds5.fuzz=N} mutates each kind N times.
 */
class OwnFuzzTest {
    private static final int TIMES = Integer.getInteger("s5.fuzz", 100);

    @TempDir Path root;

    private void fuzz(String name, byte[] good, String set, String... words) throws IOException {
        int refused = 0;
        OwnBed bed = new OwnBed(root);
        for (int seed = 0; seed < TIMES; seed++) {
            TestFiles.write(root.resolve(name), mutate(good, new Random(seed)));
            deleteCache();
            try {
                Config config = bed.config(set, words);
                Splits splits = config.data().open();
                readAll(splits.train());
                readAll(splits.test());
                readAll(config.data().samples(root.resolve(name), OwnBed.fitted(splits)));
            } catch (UserError e) {
                refused++;
                assertFalse(e.getMessage().contains("\n"), e.getMessage());
                assertFalse(e.getMessage().matches("(?s).*[\\p{Cntrl}].*"), e.getMessage());
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertTrue(refused > 0 && refused < TIMES, refused + " of " + TIMES + " refused");
    }

    private static void readAll(Dataset data) {
        Batch batch = new Batch(data.shape(), 1);
        for (int i = 0; i < data.size(); i++) {
            data.read(i, batch, 0);
            for (float x : batch.x) {
                assertTrue(Float.isFinite(x));
            }
        }
    }

    private void deleteCache() throws IOException {
        Path cache = root.resolve("cache");
        if (Files.exists(cache)) {
            try (Stream<Path> files = Files.list(cache)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(cache);
        }
    }

    /** A few bytes changed, a piece taken out or doubled, or the end cut off. */
    private static byte[] mutate(byte[] good, Random random) {
        byte[] bytes = good.clone();
        int from = random.nextInt(bytes.length);
        int to = Math.min(bytes.length, from + 1 + random.nextInt(8));
        return switch (random.nextInt(4)) {
            case 0 -> Arrays.copyOf(bytes, from);
            case 1 -> {
                bytes[from] = (byte) random.nextInt(256);
                yield bytes;
            }
            case 2 -> join(Arrays.copyOf(bytes, from), Arrays.copyOfRange(bytes, to, bytes.length));
            default -> {
                byte[] marks = ",:;\n\r\"?-.9e({[".getBytes(StandardCharsets.US_ASCII);
                bytes[from] = marks[random.nextInt(marks.length)];
                yield bytes;
            }
        };
    }

    private static byte[] join(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    @Test
    void tables() throws IOException {
        byte[] csv = OwnBed.waves(8, 1, true).getBytes(StandardCharsets.UTF_8);
        String[] words = {
            "data.files=d.csv",
            "data.id=id",
            "data.time=time",
            "data.label=label",
            "data.inputs=a,b"
        };
        fuzz("d.csv", csv, "table", words);
    }

    @Test
    void linesOfJson() throws IOException {
        StringBuilder json = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            json.append(
                    "{\"id\": %d, \"x\": %d.5, \"label\": \"%s\"}\n"
                            .formatted(i / 4, i, i / 4 % 2));
        }
        byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
        fuzz("d.jsonl", bytes, "table", "data.files=d.jsonl", "data.id=id", "data.label=label");
    }

    @Test
    void series() throws IOException {
        byte[] ts = (SeriesTest.HEAD + SeriesTest.lines(9)).getBytes(StandardCharsets.UTF_8);
        fuzz("d.ts", ts, "series", "data.files=d.ts");
    }

    @Test
    void arrays() throws IOException {
        fuzz("d.npz", OwnBed.npz(ArraysTest.arrays()), "arrays", "data.files=d.npz");
    }
}
