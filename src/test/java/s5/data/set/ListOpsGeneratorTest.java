package s5.data.set;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static s5.data.TestFiles.assertUserError;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.data.Batch;
import s5.data.Splits;
import s5.data.TestFiles;
import s5.data.TokenSet;
import s5.data.set.ListOpsGenerator.Settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

class ListOpsGeneratorTest {
    private static final Settings SMALL = new Settings(5, 40, 5, 5, 60, 20, 30, 7);

    @TempDir Path root;

    private static List<String> lines(Settings settings) {
        List<String> lines = new ArrayList<>();
        ListOpsGenerator.generate(settings)
                .forEach(split -> lines.addAll(ListOpsTest.lines(split)));
        return lines;
    }

    /**
     * With operators at the root only and two arguments there are 4 x 10 x 10 expressions of more
     * than one token: asking for all of them must give each exactly once, with its value.
     */
    @Test
    void everyExpressionOfASmallLanguageOnce() {
        Settings all = new Settings(1, 5, 2, 2, 200, 100, 100, 0);
        Set<String> expected = new HashSet<>();
        for (int a = 0; a < 10; a++) {
            for (int b = 0; b < 10; b++) {
                expected.add("[MIN %d %d ] \t%d".formatted(a, b, Math.min(a, b)));
                expected.add("[MAX %d %d ] \t%d".formatted(a, b, Math.max(a, b)));
                expected.add("[MED %d %d ] \t%d".formatted(a, b, (a + b) / 2));
                expected.add("[SM %d %d ] \t%d".formatted(a, b, (a + b) % 10));
            }
        }
        List<String> actual = lines(all);
        assertEquals(400, actual.size());
        assertEquals(expected, new HashSet<>(actual));
    }

    @Test
    void moreThanTheLanguageHas() throws IOException {
        Path cache = root.resolve("cache");
        assertUserError(
                () -> ListOps.generate(cache, new Settings(1, 5, 2, 2, 200, 100, 101, 0), 8),
                "only 400 of 401",
                "max_depth 2");
        assertUserError(
                () -> ListOps.generate(cache, new Settings(500, 600, 2, 2, 1, 1, 1, 0), 600),
                "only 0 of 3");
        assertFalse(Files.exists(cache), "nothing may be written");
    }

    @Test
    void boundsOfLengthAndDepthAreKept() {
        int longest = 0;
        int shortest = Integer.MAX_VALUE;
        int deepest = 0;
        for (String line : lines(new Settings(7, 20, 4, 3, 3000, 1, 1, 5))) {
            String[] words = line.substring(0, line.indexOf('\t')).trim().split(" ", -1);
            longest = Math.max(longest, words.length);
            shortest = Math.min(shortest, words.length);
            int depth = 1;
            for (String word : words) {
                depth += word.startsWith("[") ? 1 : word.equals("]") ? -1 : 0;
                deepest = Math.max(deepest, depth);
            }
            assertEquals(1, depth);
        }
        assertEquals(8, shortest, "7 is a length that occurs often");
        assertEquals(19, longest);
        assertEquals(4, deepest);
    }

    /**
     * The statistics of 4,000 expressions that another program (Python, random.random, the
     * published rules written down separately) drew: mean length 1037.98, standard deviation
     * 396.39; classes 0 and 9 17.5 % and 16.3 %, the others 6.8 to 9.4 %.
     */
    @Test
    void officialSettingsHaveThePublishedStatistics() {
        Settings settings = new Settings(500, 2000, 10, 10, 4000, 1, 1, 3);
        TokenSet.Builder train = ListOpsGenerator.generate(settings).getFirst();
        long[] starts = train.starts();
        double mean = 0;
        double square = 0;
        for (int i = 0; i < 4000; i++) {
            double length = starts[i + 1] - starts[i] - 1; // without <eos>
            assertTrue(length > 500 && length < 2000);
            mean += length / 4000;
            square += length * length / 4000;
        }
        double error = 396.39 * Math.sqrt(2.0 / 4000); // of the difference of two such means
        assertEquals(1037.98, mean, 4 * error);
        assertEquals(396.39, Math.sqrt(square - mean * mean), 4 * error);
        double[] classes = new double[10];
        for (byte label : train.labels()) {
            classes[label] += 1 / 4000.0;
        }
        double[] expected = {
            .17525, .084, .08125, .08425, .094, .0905, .07575, .06775, .08475, .1625
        };
        for (int c = 0; c < 10; c++) {
            double sigma = Math.sqrt(2 * expected[c] * (1 - expected[c]) / 4000);
            assertEquals(expected[c], classes[c], 4 * sigma, "class " + c);
        }
    }

    @Test
    void seedDecides() {
        assertEquals(lines(SMALL), lines(SMALL));
        assertNotEquals(lines(SMALL), lines(new Settings(5, 40, 5, 5, 60, 20, 30, 8)));
    }

    @Test
    void settingsOutOfRange() {
        assertUserError(() -> new Settings(-1, 40, 5, 5, 1, 1, 1, 0), "data.min_length", "-1");
        assertUserError(() -> new Settings(40, 41, 5, 5, 1, 1, 1, 0), "data.max_length", "41");
        assertUserError(() -> new Settings(5, 40, 0, 5, 1, 1, 1, 0), "data.max_depth");
        assertUserError(() -> new Settings(5, 40, 5, 1, 1, 1, 1, 0), "data.max_args");
        assertUserError(() -> new Settings(5, 40, 5, 5, 0, 1, 1, 0), "data.train_size");
        assertUserError(() -> new Settings(5, 40, 5, 5, 1, 0, 1, 0), "data.val_size");
        assertUserError(() -> new Settings(5, 40, 5, 5, 1, 1, 0, 0), "data.test_size");
        assertUserError(
                () -> new Settings(500, 2000, 10, 10, 100_000_000, 1, 1, 0),
                "data.train_size",
                "2 GiB");
        assertUserError(
                () -> ListOps.generate(root.resolve("cache"), SMALL, 39), "data.length", "40");
        assertFalse(Files.exists(root.resolve("cache")), "nothing may be written");
    }

    // The cache

    private Path onlyFile() throws IOException {
        try (Stream<Path> files = Files.list(root)) {
            List<Path> all = files.toList();
            assertEquals(1, all.size(), all.toString());
            return all.getFirst();
        }
    }

    private int[] firstSample() {
        Splits splits = ListOps.generate(root, SMALL, 40);
        assertEquals(60, splits.train().size());
        assertEquals(20, splits.validation().size());
        assertEquals(30, splits.test().size());
        Batch batch = new Batch(splits.shape(), 1);
        splits.train().read(0, batch, 0);
        assertEquals(
                18, ((TokenSet) splits.train()).vocabulary().size(), "all symbols and specials");
        return batch.tokens;
    }

    @Test
    void secondUseReadsTheCache() throws IOException {
        int[] first = firstSample();
        FileTime old = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(onlyFile(), old);
        assertArrayEquals(first, firstSample());
        assertEquals(old, Files.getLastModifiedTime(onlyFile()));
        ListOps.generate(root, new Settings(5, 40, 5, 5, 60, 20, 30, 8), 40);
        assertEquals(3, TestFiles.tree(root).size(), "other settings, other file");
    }

    @Test
    void damagedCacheIsRebuilt() throws IOException {
        int[] first = firstSample();
        byte[] good = Files.readAllBytes(onlyFile());
        for (int at = 0; at < good.length; at += good.length / 12) {
            byte[] bad = good.clone();
            bad[at] ^= 0x10;
            Files.write(onlyFile(), bad);
            assertArrayEquals(first, firstSample());
        }
        for (int size : new int[] {0, 1, 23, 24, good.length / 2, good.length - 1}) {
            Files.write(onlyFile(), java.util.Arrays.copyOf(good, size));
            assertArrayEquals(first, firstSample());
            assertArrayEquals(good, Files.readAllBytes(onlyFile()));
        }
    }

    @Test
    void cacheThatCannotBeWritten() throws IOException {
        Path file = TestFiles.write(root.resolve("file"), "no folder");
        assertUserError(() -> ListOps.generate(file, SMALL, 40), "data.cache_dir", file.toString());
        assertEquals(file, onlyFile());
    }
}
