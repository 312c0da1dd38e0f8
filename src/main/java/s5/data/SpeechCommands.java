package s5.data;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import s5.UserError;
import s5.config.DataConfig.Normalization;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Speech Commands v0.02: one-second clips of 35 spoken words as raw audio; x is (16000, 1), a
 * sample of 16 bits at each position, zeros behind the end of a shorter clip.
 *
 * <p>The label of a word is its place in {@link #WORDS}, the official code's order. When only some
 * of the words are there, they keep these labels and the set keeps its 35 classes. The splits are
 * those of validation_list.txt and testing_list.txt; clips in neither train. Inside a split, clips
 * are ordered by label, then by file name (the official order is the file system's).
 *
 * <p>The first use writes all samples as they are (32 kB a clip, 3.4 GB for the whole set) and the
 * sums that normalization needs into a cache, which is mapped; samples are normalized as they are
 * read.
 */
public final class SpeechCommands implements Dataset {
    private static final Logger LOG = LoggerFactory.getLogger(SpeechCommands.class);

    static final List<String> WORDS =
            List.of(
                    "bed",
                    "cat",
                    "down",
                    "five",
                    "forward",
                    "go",
                    "house",
                    "left",
                    "marvin",
                    "no",
                    "on",
                    "right",
                    "sheila",
                    "tree",
                    "up",
                    "visual",
                    "yes",
                    "backward",
                    "bird",
                    "dog",
                    "eight",
                    "follow",
                    "four",
                    "happy",
                    "learn",
                    "nine",
                    "off",
                    "one",
                    "seven",
                    "six",
                    "stop",
                    "three",
                    "two",
                    "wow",
                    "zero");

    private static final int LENGTH = WavFile.RATE;
    private static final long CLIP = 2L * LENGTH; // bytes
    static final Shape SHAPE = new Shape(LENGTH, 1, false, false, WORDS.size(), 1);

    private static final String FORMAT = "sc35 1"; // raise it when the cache's content changes
    private static final List<String> SPLITS = List.of("train", "validation", "test");
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment samples; // (clips, 16000), of all splits
    private final byte[] labels; // (clips)
    private final int[] clips; // which of them this split has
    private final Scale scale;

    private SpeechCommands(MemorySegment samples, byte[] labels, int[] clips, Scale scale) {
        this.samples = samples;
        this.labels = labels;
        this.clips = clips;
        this.scale = scale;
    }

    /**
     * Opens the set, from the cache if that was made from the same files.
     *
     * @param root the folder that holds speech_commands/ (or torchaudio's or the official code's
     *     folder, or the files), with the published tar.gz archive or what it unpacks to. When it
     *     holds neither and there is one cache of the set, that is opened
     * @param cacheDir the folder of the cache; made when missing
     * @param normalization see {@link Normalization}
     * @return the splits, and validation and test at half the rate
     * @throws UserError when a file is missing, damaged or of another kind, or the cache cannot be
     *     written; no cache is left behind then
     */
    public static Splits open(Path root, Path cacheDir, Normalization normalization) {
        Optional<SpeechFiles> files = SpeechFiles.find(root, WORDS);
        String source =
                files.map(SpeechFiles::fingerprint).orElseGet(() -> only(cacheDir, missing(root)));
        String key = FORMAT + " " + source;
        Path file = cacheDir.resolve("sc35-" + source + ".s5cache");
        Cache cache =
                Cache.open(file, key)
                        .orElseGet(() -> {
                            SpeechFiles found = files.orElseThrow(() -> missing(root));
                            LOG.info("Speech Commands: reading {} into {}", found.path, file);
                            return store(found, file, key);
                        });
        byte[] labels = cache.section("labels").toArray(ValueLayout.JAVA_BYTE);
        List<int[]> splits =
                SPLITS.stream().map(name -> cache.section(name).toArray(Cache.INT)).toList();
        Scale scale =
                Scale.of(
                        normalization,
                        splits.getFirst().length,
                        cache.section("sums").toArray(Cache.LONG),
                        cache.section("squares").toArray(Cache.LONG));
        List<SpeechCommands> sets =
                splits.stream()
                        .map(clips ->
                                new SpeechCommands(cache.section("samples"), labels, clips, scale))
                        .toList();
        return new Splits(
                sets.get(0),
                sets.get(1),
                sets.get(2),
                false,
                List.of(AtRate.of(2, sets.get(1), sets.get(2))));
    }

    private static UserError missing(Path root) {
        return new UserError(
                ("data.root: Speech Commands not found, there is no speech_commands*.tar.gz and no"
                                + " %s in %s or %s; s5 download sc35 fetches it")
                        .formatted(
                                SpeechFiles.LISTS.getFirst(),
                                root.resolve("speech_commands"),
                                root));
    }

    /** What the only cache in a folder was made from: it may have come from another machine. */
    private static String only(Path cacheDir, UserError otherwise) {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> caches = Files.newDirectoryStream(cacheDir, "sc35-*.s5cache")) {
            caches.forEach(cache -> names.add(cache.getFileName().toString()));
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            throw otherwise;
        }
        if (names.size() != 1) {
            throw otherwise;
        }
        LOG.info("Speech Commands: no raw files, opening {}", cacheDir.resolve(names.getFirst()));
        return names.getFirst().substring("sc35-".length()).replace(".s5cache", "");
    }

    private static Cache store(SpeechFiles files, Path file, String key) {
        return Cache.write(
                file,
                key,
                writer -> {
                    writer.begin("samples");
                    Map<String, Integer> clips = new HashMap<>(); // WORD/NAME.wav, row of samples
                    Map<String, SpeechList> lists = new LinkedHashMap<>();
                    byte[] clip = new byte[(int) CLIP];
                    try (SpeechFiles.Reader in = files.open()) {
                        while (in.next()) {
                            if (in.word.isEmpty()) {
                                lists.put(in.name, SpeechList.read(in.place, in.content));
                                continue;
                            }
                            int length = WavFile.read(in.place, in.content, clip);
                            Arrays.fill(clip, 2 * length, clip.length, (byte) 0);
                            writer.append(MemorySegment.ofArray(clip));
                            if (clips.put(in.word + "/" + in.name, clips.size()) != null) {
                                throw new UserError(in.place + ": occurs twice; make it anew");
                            }
                        }
                    }
                    MemorySegment samples = writer.written();
                    List<List<String>> splits = split(files, clips, lists);
                    byte[] labels = new byte[clips.size()];
                    clips.forEach((name, row) -> labels[row] = (byte) label(name));
                    writer.begin("labels");
                    writer.append(MemorySegment.ofArray(labels));
                    for (int i = 0; i < SPLITS.size(); i++) {
                        writer.begin(SPLITS.get(i));
                        writer.append(splits.get(i).stream().mapToInt(clips::get).toArray());
                    }
                    int[] train = splits.getFirst().stream().mapToInt(clips::get).toArray();
                    long[][] sums = sums(samples, train);
                    writer.begin("sums");
                    writer.append(sums[0]);
                    writer.begin("squares");
                    writer.append(sums[1]);
                });
    }

    private static int label(String name) {
        return WORDS.indexOf(name.substring(0, name.indexOf('/')));
    }

    /** The names of the clips to train, validate and test on, each list in its final order. */
    private static List<List<String>> split(
            SpeechFiles files, Map<String, Integer> clips, Map<String, SpeechList> lists) {
        Map<String, Integer> splitOf = new HashMap<>();
        for (int i = 0; i < SpeechFiles.LISTS.size(); i++) {
            String name = SpeechFiles.LISTS.get(i);
            SpeechList list = lists.get(name);
            if (list == null) {
                throw new UserError(
                        "%s: holds no %s; download it again".formatted(files.path, name));
            }
            list.check(clips.keySet());
            for (String clip : list.clips()) {
                if (splitOf.put(clip, i + 1) != null) {
                    throw new UserError(
                            "%s: %s stands twice in the lists; download them again"
                                    .formatted(list.place(), clip));
                }
            }
        }
        List<List<String>> splits =
                List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        clips.keySet().stream()
                .sorted(Comparator.comparingInt(SpeechCommands::label).thenComparing(n -> n))
                .forEach(clip -> splits.get(splitOf.getOrDefault(clip, 0)).add(clip));
        for (int i = 0; i < SPLITS.size(); i++) {
            int least = i == 0 ? 2 : 1; // the unbiased deviation needs two
            if (splits.get(i).size() < least) {
                throw new UserError(
                        "%s: has %d clips for %s of %d in all; at least %d are needed"
                                .formatted(
                                        files.path,
                                        splits.get(i).size(),
                                        SPLITS.get(i),
                                        clips.size(),
                                        least));
            }
        }
        long words = clips.keySet().stream().mapToInt(SpeechCommands::label).distinct().count();
        LOG.info(
                "Speech Commands: {} clips of {} of the {} words; {} to train, {} to validate, {}"
                        + " to test on",
                clips.size(),
                words,
                WORDS.size(),
                splits.get(0).size(),
                splits.get(1).size(),
                splits.get(2).size());
        return splits;
    }

    /** For each position, the sum over some clips of its samples, and of their squares; exact. */
    private static long[][] sums(MemorySegment samples, int[] clips) {
        long[] sums = new long[LENGTH];
        long[] squares = new long[LENGTH];
        short[] clip = new short[LENGTH];
        for (int row : clips) {
            MemorySegment.copy(samples, SHORT, row * CLIP, clip, 0, LENGTH);
            for (int t = 0; t < LENGTH; t++) {
                sums[t] += clip[t];
                squares[t] += clip[t] * clip[t];
            }
        }
        return new long[][] {sums, squares};
    }

    /**
     * From the integer s at position t to the model's input: (unit s - mean[t]) / deviation[t].
     *
     * @param unit what an integer step is worth
     */
    private record Scale(float unit, float[] mean, float[] deviation) {

        static Scale of(Normalization normalization, long n, long[] sums, long[] squares) {
            return switch (normalization) {
                case OFFICIAL -> perPosition(n, sums, squares);
                case GLOBAL -> global(n * LENGTH, sums, squares);
            };
        }

        /**
         * The official code: torchaudio's samples in [-1, 1) divided by 2^15 once more; the mean
         * and the deviation, unbiased and + 1e-5, of each position over the training clips.
         */
        private static Scale perPosition(long n, long[] sums, long[] squares) {
            double unit = 0x1p-30;
            float[] mean = new float[LENGTH];
            float[] deviation = new float[LENGTH];
            for (int t = 0; t < LENGTH; t++) {
                mean[t] = (float) (unit * sums[t] / n);
                double variance = variance(n, sums[t], squares[t]);
                deviation[t] = (float) (unit * Math.sqrt(variance)) + 1e-5f;
            }
            return new Scale((float) unit, mean, deviation);
        }

        /** One mean and one deviation of all samples of the training clips. */
        private static Scale global(long n, long[] sums, long[] squares) {
            double unit = 0x1p-15;
            long sum = Arrays.stream(sums).sum();
            double variance = variance(n, sum, Arrays.stream(squares).sum());
            if (variance == 0) {
                throw new UserError(
                        "data.normalization: all training clips are silent; use official");
            }
            float[] mean = new float[LENGTH];
            float[] deviation = new float[LENGTH];
            Arrays.fill(mean, (float) (unit * sum / n));
            Arrays.fill(deviation, (float) (unit * Math.sqrt(variance)));
            return new Scale((float) unit, mean, deviation);
        }

        private static double variance(long n, long sum, long squares) {
            return Math.max(0, (squares - (double) sum * sum / n) / (n - 1));
        }
    }

    @Override
    public Shape shape() {
        return SHAPE;
    }

    @Override
    public int size() {
        return clips.length;
    }

    @Override
    public void read(int i, Batch batch, int row) {
        short[] clip = new short[LENGTH];
        MemorySegment.copy(samples, SHORT, clips[i] * CLIP, clip, 0, LENGTH);
        int to = row * LENGTH;
        for (int t = 0; t < LENGTH; t++) {
            batch.x[to + t] = (scale.unit * clip[t] - scale.mean[t]) / scale.deviation[t];
        }
        batch.lengths[row] = LENGTH;
        batch.labels[row] = labels[clips[i]];
    }
}
