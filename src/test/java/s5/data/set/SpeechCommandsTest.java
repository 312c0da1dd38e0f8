package s5.data.set;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static s5.data.TestFiles.assertUserError;
import static s5.data.set.SpeechTestFiles.good;
import static s5.data.set.SpeechTestFiles.labels;
import static s5.data.set.SpeechTestFiles.sample;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import s5.config.Config;
import s5.config.ConfigLoader;
import s5.data.AtRate;
import s5.data.Dataset;
import s5.data.Fitted;
import s5.data.Shape;
import s5.data.Splits;
import s5.data.TestFiles;
import s5.data.set.Sc35.Normalization;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

class SpeechCommandsTest {
    private static final Shape SHAPE = new Shape(16_000, 1, false, false, 35, 1);

    @TempDir Path root;

    private Splits open(Normalization normalization) {
        return SpeechCommands.open(root, root.resolve("cache"), normalization);
    }

    @Test
    void splitsLabelsAndOrder() throws IOException {
        SpeechTestFiles.writeArchive(root, good());
        Splits splits = open(Normalization.OFFICIAL);
        assertEquals(SHAPE, splits.shape());
        assertEquals(List.of(2, 2, 2, 16, 16), labels(splits.train()), "down c d f, yes a_0 a_1");
        assertEquals(List.of(16, 34), labels(splits.validation()));
        assertEquals(List.of(2), labels(splits.test()));
        assertFalse(splits.selectsOnTest());
    }

    /** A recording that is to be predicted becomes what it is in training, from any rate. */
    @Test
    void rawClipsArePreparedAsInTraining() throws IOException {
        SpeechTestFiles.writeArchive(root, good());
        SpeechTestFiles.writeFolder(root.resolve("raw"), good());
        for (String normalization : List.of("official", "global")) {
            Config config =
                    ConfigLoader.of(
                            "data.set=sc35",
                            "data.root=" + root,
                            "data.cache_dir=" + root.resolve("cache"),
                            "data.normalization=" + normalization);
            Dataset train = config.data().open().train();
            Fitted fitted =
                    new Fitted(
                            SHAPE, train.classNames(), List.of(), List.of(), train.preparation());
            List<String> names = List.of("down/c", "down/d", "down/f");
            for (int i = 0; i < names.size(); i++) {
                Path file = root.resolve("raw/" + names.get(i) + "_nohash_0.wav");
                Dataset raw = config.data().samples(file, fitted);
                assertArrayEquals(sample(train, i), sample(raw, 0));
                assertEquals(file.toString(), raw.id(0));
            }
            assertEquals(2, config.data().samples(root.resolve("raw/zero"), fitted).size() + 1);
        }
        Path longer = TestFiles.write(root.resolve("x.wav"), SpeechTestFiles.wav(16_001, 1));
        Config config = ConfigLoader.of("data.set=sc35");
        Dataset train = open(Normalization.GLOBAL).train();
        Fitted fitted = new Fitted(SHAPE, List.of(), List.of(), List.of(), train.preparation());
        assertEquals(
                longer
                        + ": has 16,001 samples at 16,000 a second, more than the second that the"
                        + " model takes",
                config.data().samples(longer, fitted).cut(0));
        assertUserError(
                () -> config.data().samples(longer, new Fitted(SHAPE, List.of(), List.of())),
                longer + ": the checkpoint does not hold the scale of its training clips");
        assertUserError(
                () ->
                        config.data()
                                .samples(
                                        longer,
                                        new Fitted(SHAPE, List.of(), List.of(), List.of(), "{}")),
                "the checkpoint is damaged: its scale makes no sense");
    }

    /** Capitals are read; what is left out is told, of an archive as of a folder. */
    @Test
    void capitalsAreReadAndOthersTold() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>(good());
        files.put("down/g_nohash_0.WAV", SpeechTestFiles.wav(100, 2));
        files.put("down/notes.txt", new byte[3]);
        files.put("hello/a_nohash_0.wav", SpeechTestFiles.wav(100, 2));
        SpeechTestFiles.writeArchive(root, files);
        Path unpacked = root.resolve("unpacked");
        SpeechTestFiles.writeFolder(unpacked.resolve("speech_commands"), files);
        for (Path place : List.of(root, unpacked)) {
            String told =
                    TestFiles.told(() ->
                            assertEquals(
                                    6,
                                    SpeechCommands.open(
                                                    place,
                                                    place.resolve("cache"),
                                                    Normalization.OFFICIAL)
                                            .train()
                                            .size()));
            assertTrue(told.contains("passed over 1 files of down/ that are no .wav"), told);
            assertTrue(told.contains("passed over 1 files of hello/, none of the words"), told);
            String later = // from the cache
                    TestFiles.told(() ->
                            SpeechCommands.open(
                                    place, place.resolve("cache"), Normalization.OFFICIAL));
            assertTrue(later.contains("passed over 1 files of hello/, none of the words"), later);
            assertFalse(told.contains("_background_noise_"), told);
            assertTrue(
                    told.contains(
                            "Speech Commands: 6 training, 2 validation and 1 test clips, where the"
                                    + " official set has 84,843 training"),
                    told);
        }
    }

    /** By the definition, in double precision. */
    @Test
    void normalizesEachPositionByTheTrainingClips() throws IOException {
        SpeechTestFiles.writeArchive(root, good());
        Splits splits = open(Normalization.OFFICIAL);
        int[] slopes = {5, -9, -3, 2, 1};
        int[] lengths = {12_000, 16_000, 15_999, 16_000, 16_000};
        float[][] train = new float[5][];
        for (int i = 0; i < 5; i++) {
            train[i] = sample(splits.train(), i);
        }
        float[] shortest = sample(splits.validation(), 1);
        for (int t : new int[] {0, 1, 999, 1000, 11_999, 12_000, 15_998, 15_999}) {
            double[] x = new double[5];
            double mean = 0;
            for (int i = 0; i < 5; i++) {
                int sample = t < lengths[i] ? SpeechTestFiles.sample(t, slopes[i]) : 0;
                x[i] = sample / 32768.0 / 32768.0;
                mean += x[i] / 5;
            }
            double squares = 0;
            for (double value : x) {
                squares += (value - mean) * (value - mean);
            }
            double deviation = Math.sqrt(squares / 4) + 1e-5;
            for (int i = 0; i < 5; i++) {
                assertEquals(
                        (x[i] - mean) / deviation, train[i][t], 1e-6, "clip " + i + " at " + t);
            }
            assertEquals(-mean / deviation, shortest[t], 1e-6, "validation at " + t);
        }
    }

    @Test
    void globalNormalizationGivesMeanZeroAndDeviationOne() throws IOException {
        SpeechTestFiles.writeArchive(root, good());
        Splits splits = open(Normalization.GLOBAL);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < 5; i++) {
            for (float x : sample(splits.train(), i)) {
                sum += x;
                squares += (double) x * x;
            }
        }
        assertEquals(0, sum / 80_000, 1e-6);
        assertEquals(1, squares / 79_999, 1e-6);
    }

    @Test
    void halfRateIsEverySecondPositionAfterNormalization() throws IOException {
        SpeechTestFiles.writeArchive(root, good());
        Splits splits = open(Normalization.OFFICIAL);
        assertEquals(1, splits.atRates().size());
        AtRate half = splits.atRates().getFirst();
        assertEquals(2, half.rate());
        assertEquals(new Shape(8_000, 1, false, false, 35, 1), half.test().shape());
        assertEquals(2, half.validation().size());
        float[] full = sample(splits.validation(), 0);
        float[] halved = sample(half.validation(), 0);
        for (int t = 0; t < 8_000; t++) {
            assertEquals(full[2 * t], halved[t]);
        }
        assertEquals(List.of(2), labels(half.test()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "speech_commands",
                "speech_commands/speech_commands_v0.02",
                "speech_commands/0.0.2/SpeechCommands",
                "SpeechCommands/speech_commands_v0.02",
                "speech_commands_v0.02",
                "."
            })
    void anUnpackedFolderIsTheSame(String folder) throws IOException {
        Path archived = root.resolve("archived");
        SpeechTestFiles.writeArchive(archived, good());
        Splits expected = SpeechCommands.open(archived, root.resolve("c"), Normalization.OFFICIAL);
        Path unpacked = root.resolve("unpacked");
        SpeechTestFiles.writeFolder(unpacked.resolve(folder), good());
        TestFiles.write(unpacked.resolve(folder).resolve("yes/._a_nohash_0.wav"), "of a Mac");
        TestFiles.write(unpacked.resolve(folder).resolve("yes/notes.txt"), "not a clip");
        Splits splits = SpeechCommands.open(unpacked, root.resolve("d"), Normalization.OFFICIAL);
        for (int i = 0; i < 5; i++) {
            assertArrayEquals(sample(expected.train(), i), sample(splits.train(), i));
        }
        assertEquals(labels(expected.validation()), labels(splits.validation()));
    }

    @Test
    void namesInTheArchiveMayHaveAFolderBeforeThem() throws IOException {
        Map<String, byte[]> files = new java.util.LinkedHashMap<>();
        good().forEach((name, content) -> files.put("./sc/" + name, content));
        SpeechTestFiles.writeArchive(root, files);
        assertEquals(5, open(Normalization.OFFICIAL).train().size());
    }

    @Test
    void theSecondTimeTheCacheIsOpened() throws IOException {
        Path archive = SpeechTestFiles.writeArchive(root, good());
        float[] expected = sample(open(Normalization.OFFICIAL).train(), 3);
        List<Path> caches = TestFiles.tree(root.resolve("cache"));
        assertEquals(2, caches.size());
        var time = Files.getLastModifiedTime(caches.getLast());
        assertArrayEquals(expected, sample(open(Normalization.OFFICIAL).train(), 3));
        assertEquals(time, Files.getLastModifiedTime(caches.getLast()));
        open(Normalization.GLOBAL);
        assertEquals(caches, TestFiles.tree(root.resolve("cache")), "both share it");
        // Compact: 16-bit samples; sums, labels and the rest in less than 300 kB.
        long size = Files.size(caches.getLast());
        assertTrue(size > 8 * 32_000 && size < 8 * 32_000 + 300_000, "" + size);

        // It may be used without the raw files, on another machine for example.
        Files.delete(archive);
        assertArrayEquals(expected, sample(open(Normalization.OFFICIAL).train(), 3));
        Files.delete(caches.getLast());
        assertUserError(() -> open(Normalization.OFFICIAL), "data.root: Speech Commands not found");
    }

    @Test
    void otherFilesMakeTheCacheAnew() throws IOException {
        SpeechTestFiles.writeArchive(root, good());
        assertEquals(5, open(Normalization.OFFICIAL).train().size());
        Map<String, byte[]> more = good();
        more.put("bed/a_nohash_0.wav", SpeechTestFiles.wav(16_000, 1));
        SpeechTestFiles.writeArchive(root, more);
        assertEquals(6, open(Normalization.OFFICIAL).train().size());
        assertEquals(2, TestFiles.tree(root.resolve("cache")).size());
    }

    @Test
    void aDamagedCacheIsMadeAnew() throws IOException {
        SpeechTestFiles.writeArchive(root, good());
        float[] expected = sample(open(Normalization.OFFICIAL).train(), 3);
        Path cache = TestFiles.tree(root.resolve("cache")).getLast();
        byte[] bytes = Files.readAllBytes(cache);
        bytes[70_000] ^= 1;
        Files.write(cache, bytes);
        assertArrayEquals(expected, sample(open(Normalization.OFFICIAL).train(), 3));
    }
}
