package s5.data.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static s5.data.media.MediaTestFiles.wav;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.config.ConfigLoader;
import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Splits;
import s5.data.TestFiles;
import s5.data.format.Sound;
import s5.data.format.TarGz;
import s5.run.TinyRun;
import s5.run.TinyRun.Ended;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Speech Commands and IMDb by folders, against the readers of the paper's sets. With {@code
 * -Ds5.long=true} both are trained on, too, which takes a quarter of an hour.
 */
class RealMediaTest {
    private static final String SPEECH = "speech_commands_10words_sample.tar.gz";

    @TempDir Path folder;

    /** The clips as PART/WORD/NAME.wav, by the set's own lists; some of them as others record. */
    private Path speech(boolean mixed) throws IOException {
        Path archive = TestFiles.real("speech_commands").resolve(SPEECH);
        Map<String, byte[]> files = new HashMap<>();
        TarGz.read(archive, name -> true, files::put);
        Map<String, String> parts = new HashMap<>();
        Map<String, String> lists =
                Map.of("validation", "validation_list.txt", "test", "testing_list.txt");
        files.forEach((name, content) ->
                lists.forEach((part, list) -> {
                    if (name.endsWith(list)) {
                        new String(content, StandardCharsets.UTF_8)
                                .lines()
                                .forEach(clip -> parts.put(clip, part));
                    }
                }));
        Path root = folder.resolve(mixed ? "mixed" : "speech");
        List<String> names =
                files.keySet().stream().filter(n -> n.endsWith(".wav")).sorted().toList();
        for (int i = 0; i < names.size(); i++) {
            String[] path = names.get(i).split("/", -1);
            String clip = path[path.length - 2] + "/" + path[path.length - 1];
            byte[] content = files.get(names.get(i));
            if (mixed && i % 3 > 0) {
                Sound sound = Sound.read(clip, content);
                content = i % 3 == 1 ? atCdRate(sound) : atHalfRate(sound);
            }
            TestFiles.write(root.resolve(parts.getOrDefault(clip, "train")).resolve(clip), content);
        }
        return root;
    }

    /** 44.1 kHz, stereo: a sinc under Hann's window between old samples. */
    private static byte[] atCdRate(Sound sound) {
        double[] samples = new double[(int) (sound.frames() * 44_100L / 16_000)];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = between(sound.samples(), i * 16_000.0 / 44_100, 1);
        }
        return wav(44_100, 2, samples);
    }

    /** 8 kHz: what is above 4 kHz is taken out before. */
    private static byte[] atHalfRate(Sound sound) {
        double[] samples = new double[sound.frames() / 2];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = between(sound.samples(), 2 * i, 0.5);
        }
        return wav(8_000, 1, samples);
    }

    private static double between(float[] signal, double at, double cutoff) {
        int width = (int) (32 / cutoff);
        double sum = 0;
        for (int k = (int) at - width; k <= (int) at + width + 1; k++) {
            double distance = at - k;
            if (k >= 0 && k < signal.length && Math.abs(distance) < width) {
                double x = Math.PI * cutoff * distance;
                double sinc = x == 0 ? 1 : Math.sin(x) / x;
                sum +=
                        cutoff
                                * signal[k]
                                * sinc
                                * (0.5 + 0.5 * Math.cos(Math.PI * distance / width));
            }
        }
        return sum;
    }

    private Splits audio(Path root) {
        return ConfigLoader.of(
                        "data.set=audio",
                        "data.root=" + root,
                        "data.scale=none",
                        "data.rate=16000",
                        "data.cache_dir=" + folder.resolve("cache"))
                .data()
                .open();
    }

    private static Map<String, float[]> samples(Dataset data) {
        Map<String, float[]> all = new HashMap<>();
        for (int i = 0; i < data.size(); i++) {
            Batch batch = new Batch(data.shape(), 1);
            data.read(i, batch, 0);
            assertEquals(data.id(i).split("/", -1)[0], data.classNames().get(batch.labels[0]));
            all.put(data.id(i), batch.x);
        }
        return all;
    }

    /** As many clips in each part, and the same samples but for sc35's scale. */
    @Test
    void clipsAreThoseOfSc35() throws IOException {
        Splits own = audio(speech(false));
        Splits official =
                ConfigLoader.of(
                                "data.set=sc35",
                                "data.normalization=global",
                                "data.root=" + TestFiles.real("speech_commands"),
                                "data.cache_dir=" + folder.resolve("cache"))
                        .data()
                        .open();
        assertEquals(official.train().size(), own.train().size());
        assertEquals(official.validation().size(), own.validation().size());
        assertEquals(official.test().size(), own.test().size());
        // In both, a part is in the order of classes, then of names; those of the 35 differ.
        Map<String, List<float[]>> byWord = new HashMap<>();
        Batch batch = new Batch(official.shape(), 1);
        for (int i = 0; i < official.test().size(); i++) {
            official.test().read(i, batch, 0);
            byWord.computeIfAbsent(
                            official.test().classNames().get(batch.labels[0]),
                            w -> new ArrayList<>())
                    .add(batch.x.clone());
        }
        Map<String, float[]> samples = samples(own.test());
        for (String word : own.test().classNames()) {
            List<String> ids =
                    samples.keySet().stream()
                            .filter(id -> id.startsWith(word + "/"))
                            .sorted()
                            .toList();
            assertEquals(byWord.get(word).size(), ids.size());
            for (int i = 0; i < ids.size(); i++) {
                assertTrue(
                        correlation(byWord.get(word).get(i), samples.get(ids.get(i)), 16_000)
                                > 0.999999,
                        ids.get(i));
            }
        }
    }

    /** Copies at other rates are the same sound, below what half the rate can hold. */
    @Test
    void copiesAtOtherRatesAreTheSameClips() throws IOException {
        Map<String, float[]> plain = samples(audio(speech(false)).test());
        Map<String, float[]> mixed = samples(audio(speech(true)).test());
        assertEquals(plain.keySet(), mixed.keySet());
        double[] worst = new double[1];
        double sum = 0;
        for (Map.Entry<String, float[]> clip : plain.entrySet()) {
            float[] other = mixed.get(clip.getKey());
            // A little more than half of the energy of some words' hiss is above 4 kHz.
            double same =
                    correlation(
                            smooth(clip.getValue()),
                            smooth(other),
                            Math.min(other.length, clip.getValue().length));
            worst[0] = Math.max(worst[0], 1 - same);
            sum += same;
        }
        assertTrue(worst[0] < 0.02, "worst " + worst[0]);
        assertTrue(sum / plain.size() > 0.999, "mean " + sum / plain.size());
    }

    /** Takes away most of what is above 3 kHz. */
    private static float[] smooth(float[] signal) {
        float[] smooth = new float[signal.length];
        for (int i = 0; i < signal.length; i++) {
            smooth[i] = (float) between(signal, i, 0.375);
        }
        return smooth;
    }

    private static double correlation(float[] a, float[] b, int n) {
        double sumA = 0;
        double sumB = 0;
        for (int i = 0; i < n; i++) {
            sumA += a[i];
            sumB += b[i];
        }
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < n; i++) {
            double x = a[i] - sumA / n;
            double y = b[i] - sumB / n;
            ab += x * y;
            aa += x * x;
            bb += y * y;
        }
        return ab / Math.sqrt(aa * bb);
    }

    /** The reviews, unpacked as they are, have the tokens that the paper's reader gives them. */
    @Test
    void reviewsAreThoseOfImdb() throws IOException {
        Path archive = TestFiles.real("imdb").resolve("aclImdb_v1.tar.gz");
        Set<String> some = new HashSet<>();
        TarGz.read(
                archive,
                name -> name.matches(".*/(train|test)/(neg|pos)/[0-9]{1,3}_.*"),
                (name, content) -> {
                    some.add(name);
                    try {
                        TestFiles.write(folder.resolve(name), content);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
        assertEquals(4_000, some.size());
        Splits own = texts("text", "root=" + folder.resolve("aclImdb"), "min_count=15");
        Splits official = texts("imdb", "root=" + folder);
        assertEquals(official.test().size(), own.test().size());
        assertEquals(List.of("neg", "pos"), own.test().classNames());
        Map<String, Integer> found = count(own.test());
        Map<String, Integer> expected = count(official.test());
        int same = 0;
        for (Map.Entry<String, Integer> text : expected.entrySet()) {
            same += Math.min(text.getValue(), found.getOrDefault(text.getKey(), 0));
        }
        // The paper's reader counts characters before the cut only: a rare one may differ.
        assertTrue(same > 0.98 * own.test().size(), "%d of %d".formatted(same, own.test().size()));
    }

    private Splits texts(String set, String... words) {
        List<String> all = new ArrayList<>(List.of("data.set=" + set, "data.length=512"));
        all.add("data.validation=0");
        all.add("data.cache_dir=" + folder.resolve("cache"));
        Stream.of(words).map("data."::concat).forEach(all::add);
        return ConfigLoader.of(all.toArray(String[]::new)).data().open();
    }

    /** How often each text occurs, with its class. */
    private static Map<String, Integer> count(Dataset data) {
        Map<String, Integer> texts = new HashMap<>();
        Batch batch = new Batch(data.shape(), 1);
        for (int i = 0; i < data.size(); i++) {
            data.read(i, batch, 0);
            StringBuilder text = new StringBuilder(batch.labels[0] + ":");
            for (int k = 0; k < batch.lengths[0]; k++) {
                text.append(data.tokenNames().get(batch.tokens[k]));
            }
            texts.merge(text.toString(), 1, Integer::sum);
        }
        return texts;
    }

    private double accuracy(String name, Path yaml, String... words) {
        Path out = folder.resolve(name);
        List<String> all = new ArrayList<>(List.of(yaml.toString(), "out=" + out, "device=cpu"));
        all.add("data.cache_dir=" + folder.resolve("cache"));
        all.addAll(List.of(words));
        Ended ended = TinyRun.s5(all.toArray(String[]::new));
        assertEquals(0, ended.code(), ended.err());
        try {
            String log = Files.readString(out.resolve("log.txt"));
            System.err.println(log);
            Matcher test = Pattern.compile("test accuracy ([0-9.]+) %").matcher(log);
            assertTrue(test.find(), log);
            return Double.parseDouble(test.group(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Clips mixed with copies at other rates are learned as the paper's reader's are. */
    @Test
    void speechIsLearnedAsThroughSc35() throws IOException {
        assumeTrue(Boolean.getBoolean("s5.long"), "skipped: minutes; -Ds5.long=true");
        Path yaml = Path.of("configs/sc35-small.yaml");
        String epochs = "train.epochs=" + Integer.getInteger("s5.epochs", 20);
        double official =
                accuracy(
                        "sc35",
                        yaml,
                        "data.root=" + TestFiles.real("speech_commands"),
                        "data.normalization=global",
                        epochs);
        Path own =
                Files.writeString(
                        folder.resolve("own.yaml"),
                        Files.readString(yaml).replace("set: sc35", "set: audio"));
        double mixed =
                accuracy("audio", own, "data.root=" + speech(true), epochs, "data.rate=16000");
        System.err.printf("sc35 %.2f %%, audio %.2f %%%n", official, mixed);
        assertTrue(mixed > official - 2, "%.2f %% and %.2f %%".formatted(official, mixed));
    }

    /** The reviews are learned as the paper's reader's are. */
    @Test
    void reviewsAreLearnedAsThroughImdb() throws IOException {
        assumeTrue(Boolean.getBoolean("s5.long"), "skipped: minutes; -Ds5.long=true");
        Path archive = TestFiles.real("imdb").resolve("aclImdb_v1.tar.gz");
        TarGz.read(
                archive,
                name -> name.matches(".*/(train|test)/(neg|pos)/.*"),
                (name, content) -> {
                    try {
                        TestFiles.write(folder.resolve(name), content);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
        Path yaml = Path.of("configs/imdb-small.yaml");
        String epochs = "train.epochs=" + Integer.getInteger("s5.epochs", 4);
        double official =
                accuracy("imdb", yaml, "data.root=" + archive.getParent().getParent(), epochs);
        Path own =
                Files.writeString(
                        folder.resolve("own.yaml"),
                        Files.readString(yaml).replace("set: imdb", "set: text"));
        double mine =
                accuracy(
                        "text",
                        own,
                        "data.root=" + folder.resolve("aclImdb"),
                        "data.validation=0",
                        "data.min_count=15",
                        epochs);
        System.err.printf("imdb %.2f %%, text %.2f %%%n", official, mine);
        assertTrue(mine > official - 1, "%.2f %% and %.2f %%".formatted(official, mine));
    }
}
