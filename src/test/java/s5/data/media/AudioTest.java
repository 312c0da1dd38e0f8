package s5.data.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static s5.data.TestFiles.assertUserError;
import static s5.data.media.MediaTestFiles.sine;
import static s5.data.media.MediaTestFiles.wav;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.config.Config;
import s5.config.ConfigLoader;
import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Fitted;
import s5.data.Splits;
import s5.data.TestFiles;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

class AudioTest {
    @TempDir Path root;

    private Config config(String... more) {
        List<String> words = new ArrayList<>(List.of("data.set=audio"));
        words.add("data.root=" + root.resolve("sounds"));
        words.add("data.cache_dir=" + root.resolve("cache"));
        words.addAll(Arrays.asList(more));
        return ConfigLoader.of(words.toArray(String[]::new));
    }

    private Splits open(String... more) {
        return config(more).data().open();
    }

    private List<String> notes(String... more) {
        Config config = config(more);
        return config.data().notes(config.data().open());
    }

    private static Batch read(Dataset data, int i) {
        Batch batch = new Batch(data.shape(), 1);
        data.read(i, batch, 0);
        return batch;
    }

    /** The classes by the ids of a split. */
    private static Map<String, String> labels(Dataset data) {
        Map<String, String> labels = new TreeMap<>();
        for (int i = 0; i < data.size(); i++) {
            labels.put(data.id(i), data.classNames().get(read(data, i).labels[0]));
        }
        return labels;
    }

    @Test
    void aFolderIsAClassAndRatesAreMadeEqual() throws IOException {
        MediaTestFiles.tones(root.resolve("sounds"));
        Splits splits = open("data.scale=none");
        assertEquals(List.of("high", "low"), splits.train().classNames());
        assertEquals(20, splits.train().size() + splits.validation().size() + splits.test().size());
        int seen = 0;
        for (Dataset data : List.of(splits.train(), splits.validation(), splits.test())) {
            for (int i = 0; i < data.size(); i++) {
                String id = data.id(i);
                Batch batch = read(data, i);
                String name = data.classNames().get(batch.labels[0]);
                assertTrue(id.startsWith(name + "/" + name.charAt(0)), id);
                int number = id.charAt(id.length() - 5) - '0';
                double seconds = 0.1 + 0.0025 * number;
                int length = Math.min(batch.lengths[0], data.shape().length());
                assertEquals(8_000 * seconds, length, length == data.shape().length() ? 60 : 1);
                // Away from the ends, the same tone whatever the rate was.
                double[] expected =
                        sine(8_000, (name.equals("low") ? 200 : 1000) + 10 * number, 0.09, 0.5);
                for (int k = 150; k < 600; k++) {
                    assertEquals(expected[k], batch.x[k], 2e-3, id + " at " + k);
                }
                for (int k = length; k < data.shape().length(); k++) {
                    assertEquals(0, batch.x[k]);
                }
                seen++;
            }
        }
        assertEquals(20, seen);
        List<String> notes = notes("data.scale=none");
        assertTrue(
                notes.contains(
                        "4 of 20 recordings are resampled to 8,000 a second, from 44,100 (4)"),
                notes::toString);
        assertTrue(
                notes.contains(
                        "4 of 20 recordings have several channels, of which the mean is taken"),
                notes::toString);
    }

    @Test
    void whatIsLeftOutIsTold() throws IOException {
        Path sounds = root.resolve("sounds");
        MediaTestFiles.tones(sounds);
        TestFiles.write(sounds.resolve("low/notes.txt"), "x");
        TestFiles.write(sounds.resolve("README.md"), "x");
        TestFiles.write(sounds.resolve("beside.wav"), wav(8_000, 1, new double[800]));
        TestFiles.write(sounds.resolve("_noise_/n.wav"), wav(8_000, 1, new double[800]));
        TestFiles.write(sounds.resolve("hum/n.wav"), wav(8_000, 1, new double[800]));
        List<String> notes = notes("data.classes=low, high");
        for (String note :
                List.of(
                        "1 files left out: *.txt",
                        "1 files left out: *.md",
                        "1 files left out: beside the classes' folders, in " + sounds,
                        "1 files left out: in " + sounds.resolve("_noise_") + ", which is no class",
                        "1 recordings left out: class hum is not in data.classes")) {
            assertTrue(notes.contains(note), () -> note + " is not in " + notes);
        }
        assertUserError(
                () -> open("data.classes=lov,high"),
                "data.classes: there is no recording of class 'lov'",
                "did you mean low");
    }

    @Test
    void foldersNameTheParts() throws IOException {
        for (String part : List.of("train", "valid", "test")) {
            MediaTestFiles.tones(root.resolve("sounds").resolve(part));
        }
        TestFiles.write(root.resolve("sounds/more/a.wav"), wav(8_000, 1, new double[800]));
        Splits splits = open();
        assertEquals(20, splits.train().size());
        assertEquals(20, splits.validation().size());
        assertEquals(20, splits.test().size());
        assertEquals("low", labels(splits.test()).get("low/l3.wav"));
        String more = root.resolve("sounds/more").toString();
        assertTrue(notes().contains("1 files left out: in " + more + ", which is no part"));
    }

    @Test
    void metadataNamesTheClasses() throws IOException {
        Path sounds = root.resolve("sounds");
        MediaTestFiles.tones(sounds.resolve("clips"));
        StringBuilder csv = new StringBuilder("file_name,speaker,label,length\n");
        for (int i = 0; i < 9; i++) {
            csv.append("clips/low/l%d.wav,s%d,\"deep, dark\",1\n".formatted(i, i % 3));
            csv.append("clips/high/h%d.wav,s%d,bright,1\n".formatted(i, i % 3));
        }
        Path metadata = TestFiles.write(sounds.resolve("metadata.csv"), csv.toString());
        Splits splits = open("data.split_by=speaker");
        assertEquals(List.of("bright", "deep, dark"), splits.train().classNames());
        assertEquals(6, splits.train().size());
        assertEquals("deep, dark", labelsOfAll(splits).get("low/l4.wav"));
        for (Dataset data : List.of(splits.train(), splits.validation(), splits.test())) {
            assertEquals(
                    1,
                    labels(data).keySet().stream()
                            .map(id -> (id.charAt(id.length() - 5) - '0') % 3)
                            .distinct()
                            .count(),
                    "speakers of a part");
        }
        List<String> notes = notes("data.split_by=speaker");
        assertTrue(notes.contains("2 recordings left out: not in metadata.csv"), notes::toString);
        assertTrue(notes.contains(metadata + ": columns not used: length"), notes::toString);
        TestFiles.write(metadata, csv + "clips/none.wav,s1,bright,1\n");
        assertUserError(
                () -> open("data.split_by=speaker"),
                metadata + ":20: there is no file " + sounds.resolve("clips/none.wav"));
        assertUserError(
                () -> open("data.label=lable"),
                metadata + ": has no column 'lable'; did you mean label");
        assertUserError(() -> open("data.split_by=x"), metadata + ": has no column 'x'");
    }

    private static Map<String, String> labelsOfAll(Splits splits) {
        Map<String, String> all = labels(splits.train());
        all.putAll(labels(splits.validation()));
        all.putAll(labels(splits.test()));
        return all;
    }

    @Test
    void levelsAreMadeEqual() throws IOException {
        Path sounds = root.resolve("sounds");
        for (int i = 1; i <= 4; i++) {
            double[] loud = sine(8_000, 1000, 0.1, 0.1 * i);
            TestFiles.write(sounds.resolve("a/" + i + ".wav"), wav(8_000, 1, loud));
            TestFiles.write(sounds.resolve("b/" + i + ".wav"), wav(8_000, 1, loud));
        }
        Dataset peak = open("data.level=peak", "data.scale=none").train();
        Dataset rms = open("data.level=rms", "data.scale=none").train();
        for (int i = 0; i < peak.size(); i++) {
            float most = 0;
            double squares = 0;
            float[] atPeak = read(peak, i).x;
            float[] atRms = read(rms, i).x;
            for (int k = 0; k < atPeak.length; k++) {
                most = Math.max(most, Math.abs(atPeak[k]));
                squares += (double) atRms[k] * atRms[k];
            }
            assertEquals(1, most, 1e-6);
            assertEquals(1, squares / atRms.length, 1e-5);
        }
    }

    @Test
    void channelsMayStay() throws IOException {
        Path sounds = root.resolve("sounds");
        for (String name : List.of("a", "b")) {
            for (int i = 0; i < 4; i++) {
                double[] sine = sine(8_000, 1000, 0.1, 0.1);
                TestFiles.write(sounds.resolve(name + "/" + i + ".wav"), wav(8_000, 2, sine));
            }
        }
        assertEquals(2, open("data.mono=false").train().shape().inputs());
        Path mono = TestFiles.write(sounds.resolve("b/9.wav"), wav(8_000, 1, new double[9]));
        assertUserError(
                () -> open("data.mono=false"), mono + ": has 1 channels where the others have 2");
    }

    /** A recording that is to be predicted becomes what it is in training. */
    @Test
    void rawFilesArePreparedAsInTraining() throws IOException {
        Path sounds = root.resolve("sounds");
        MediaTestFiles.tones(sounds);
        Config config = config();
        Splits splits = config.data().open();
        Dataset train = splits.train();
        Fitted fitted =
                new Fitted(
                        train.shape(),
                        train.classNames(),
                        List.of(),
                        List.of(),
                        train.preparation());
        for (int i = 0; i < train.size(); i++) {
            Dataset one = config.data().samples(sounds.resolve(train.id(i)), fitted);
            assertEquals(1, one.size());
            assertEquals(sounds.resolve(train.id(i)).toString(), one.id(0));
            assertArrayEquals(read(train, i).x, read(one, 0).x);
            assertArrayEquals(read(train, i).lengths, read(one, 0).lengths);
        }
        assertEquals(20, config.data().samples(sounds, fitted).size());
        double[] longer = sine(8_000, 100, 1, 0.1);
        Path file = TestFiles.write(root.resolve("longer.wav"), wav(8_000, 1, longer));
        Dataset cut = config.data().samples(file, fitted);
        assertEquals(
                file + ": has 8,000 positions where the model takes " + train.shape().length(),
                cut.cut(0));
        assertEquals("", config.data().samples(sounds.resolve("low/l1.wav"), fitted).cut(0));
    }

    @Test
    void badFilesAreOneLineAndLeaveNoCache() throws IOException {
        Path sounds = root.resolve("sounds");
        MediaTestFiles.tones(sounds);
        Path file = sounds.resolve("low/l3.wav");
        byte[] content = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(content, content.length - 7));
        assertUserError(() -> open(), file + ": is cut off: the chunk \"data\" at byte 36");
        assertTrue(Files.notExists(root.resolve("cache")));
        Files.move(file, sounds.resolve("low/l3.mp3"));
        assertUserError(() -> open(), "l3.mp3: is cut off");
        Files.write(sounds.resolve("low/l3.mp3"), new byte[100]);
        assertUserError(() -> open(), "l3.mp3: is no recording that can be read here");
        assertUserError(
                () -> open("data.files=none-such"),
                "data.files: there is no " + sounds.resolve("none-such"));
        TestFiles.write(root.resolve("empty/x.txt"), "");
        assertUserError(
                () -> open("data.root=" + root.resolve("empty")), "data.files: ", "holds no .aif");
        assertUserError(() -> open("data.files=high"), "data: all sequences are of class 'high'");
    }

    @Test
    void linksAreFollowedAndLoopsAreOneLine() throws IOException {
        MediaTestFiles.tones(root.resolve("elsewhere"));
        Path sounds = Files.createDirectories(root.resolve("sounds"));
        Files.createSymbolicLink(sounds.resolve("low"), root.resolve("elsewhere/low"));
        Files.createSymbolicLink(sounds.resolve("high"), root.resolve("elsewhere/high"));
        assertEquals(List.of("high", "low"), open().train().classNames());
        Files.createSymbolicLink(root.resolve("elsewhere/low/loop"), root.resolve("elsewhere/low"));
        assertUserError(() -> open("data.seed=3"), sounds.resolve("low") + ": cannot be read");
    }

    /** Renaming a class's folder gives another data set. */
    @Test
    void theCacheKnowsTheFolders() throws IOException {
        Path sounds = root.resolve("sounds");
        MediaTestFiles.tones(sounds);
        assertEquals(List.of("high", "low"), open().train().classNames());
        Files.move(sounds.resolve("low"), sounds.resolve("deep"));
        assertEquals(List.of("deep", "high"), open().train().classNames());
    }
}
