package s5.data.set;

import s5.UserError;
import s5.data.AtRate;
import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Official;
import s5.data.Shape;
import s5.data.Splits;
import s5.data.cache.Cache;
import s5.data.cache.CacheWriter;
import s5.data.format.WavFile;
import s5.data.media.ClipScale;
import s5.data.set.Sc35.Normalization;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Speech Commands v0.02: one-second clips of 35 spoken words as raw audio; x is (16000, 1), a
 * sample of 16 bits at each position, zeros behind the end of a shorter clip.
 *
 * <p>The label of a word is its place in the list of 35, the official code's order. When only some
 * of the words are there, they keep these labels and the set keeps its 35 classes. The splits are
 * those of validation_list.txt and testing_list.txt; clips in neither train. Inside a split, clips
 * are ordered by label, then by file name (the official order is the file system's).
 *
 * <p>The first use writes all samples as they are (32 kB a clip, 3.4 GB for the whole set) and the
 * sums that normalization needs into a cache, which is mapped; samples are normalized as they are
 * read.
 */
public final class SpeechCommands implements Dataset {
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

    /** Part of the cache's key: raise it when the same files give other bytes. */
    private static final int VERSION = 1;

    private static final List<String> SPLITS = List.of("train", "validation", "test");
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Cache.Section samples; // (clips, 16000), of all splits
    private final byte[] labels; // (clips)
    private final long[] clips; // which of them this split has
    private final ClipScale scale;

    private SpeechCommands(Cache.Section samples, byte[] labels, long[] clips, ClipScale scale) {
        this.samples = samples;
        this.labels = labels;
        this.clips = clips;
        this.scale = scale;
    }

    /**
     * Opens the set, from the cache if that was made from the same files.
     *
     * @param root the folder that holds speech_commands/ (or torchaudio's or the official code's
     *     folder, or the files), with the published tar.gz archive or what it unpacks to
     * @param cacheDir the folder of the cache; made when missing
     * @param normalization see {@link Normalization}
     * @return the splits, and validation and test at half the rate
     * @throws UserError when a file is missing, damaged or of another kind, or the cache cannot be
     *     written; no cache is left behind then
     */
    public static Splits open(Path root, Path cacheDir, Normalization normalization) {
        Cache cache =
                Cache.of(
                        cacheDir,
                        "sc35",
                        "version=%d".formatted(VERSION),
                        () -> List.of(SpeechFiles.find(root, WORDS).source()),
                        writer -> write(writer, SpeechFiles.find(root, WORDS)));
        byte[] labels = cache.bytes("labels");
        ClipScale scale =
                scale(
                        normalization,
                        cache.longs("train").length,
                        cache.longs("sums"),
                        cache.longs("squares"));
        List<SpeechCommands> sets =
                SPLITS.stream()
                        .map(name ->
                                new SpeechCommands(
                                        cache.section("samples"), labels, cache.longs(name), scale))
                        .toList();
        Splits splits =
                new Splits(
                        sets.get(0),
                        sets.get(1),
                        sets.get(2),
                        false,
                        List.of(AtRate.of(2, sets.get(1), sets.get(2))));
        Official.compare("Speech Commands", "clips", splits, 84_843, 9_981, 11_005);
        return splits;
    }

    private static void write(CacheWriter writer, SpeechFiles files) throws IOException {
        Map<String, Long> clips = new HashMap<>(); // WORD/NAME.wav, row of samples
        Map<String, SpeechList> lists = new HashMap<>();
        byte[] clip = new byte[(int) CLIP];
        writer.begin("samples");
        List<String> left =
                files.read((word, name, place, content) -> {
                    if (word.isEmpty()) {
                        lists.put(name, SpeechList.read(place, content));
                        return;
                    }
                    int length = WavFile.read(place, content, clip);
                    Arrays.fill(clip, 2 * length, clip.length, (byte) 0);
                    writer.append(clip, clip.length);
                    if (clips.put(word + "/" + name, (long) clips.size()) != null) {
                        throw new UserError(place + ": occurs twice; make it anew");
                    }
                });
        MemorySegment samples = writer.end();
        writer.leftOut(left);
        List<long[]> splits =
                split(files.path(), clips.keySet(), lists).stream()
                        .map(split -> split.stream().mapToLong(clips::get).toArray())
                        .toList();
        byte[] labels = new byte[clips.size()];
        clips.forEach((name, row) -> labels[Math.toIntExact(row)] = (byte) label(name));
        writer.section("labels", labels);
        for (int i = 0; i < SPLITS.size(); i++) {
            writer.section(SPLITS.get(i), splits.get(i));
        }
        long[][] sums = sums(samples, splits.getFirst());
        writer.section("sums", sums[0]);
        writer.section("squares", sums[1]);
    }

    private static int label(String name) {
        return WORDS.indexOf(name.substring(0, name.indexOf('/')));
    }

    /** The names of the clips to train, validate and test on, each list in its final order. */
    private static List<List<String>> split(
            Path files, Set<String> clips, Map<String, SpeechList> lists) {
        Map<String, Integer> splitOf = new HashMap<>();
        for (int i = 0; i < SpeechFiles.LISTS.size(); i++) {
            String name = SpeechFiles.LISTS.get(i);
            SpeechList list = lists.get(name);
            if (list == null) {
                throw new UserError("%s: holds no %s; download it again".formatted(files, name));
            }
            list.check(clips);
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
        clips.stream()
                .sorted(Comparator.comparingInt(SpeechCommands::label).thenComparing(n -> n))
                .forEach(clip -> splits.get(splitOf.getOrDefault(clip, 0)).add(clip));
        for (int i = 0; i < SPLITS.size(); i++) {
            int least = i == 0 ? 2 : 1; // the unbiased deviation needs two
            if (splits.get(i).size() < least) {
                throw new UserError(
                        "%s: has %d clips for %s of %d in all; at least %d are needed"
                                .formatted(
                                        files,
                                        splits.get(i).size(),
                                        SPLITS.get(i),
                                        clips.size(),
                                        least));
            }
        }
        return splits;
    }

    /** For each position, the sum over some clips of its samples, and of their squares; exact. */
    private static long[][] sums(MemorySegment samples, long[] clips) {
        long[] sums = new long[LENGTH];
        long[] squares = new long[LENGTH];
        short[] clip = new short[LENGTH];
        for (long row : clips) {
            MemorySegment.copy(samples, SHORT, row * CLIP, clip, 0, LENGTH);
            for (int t = 0; t < LENGTH; t++) {
                sums[t] += clip[t];
                squares[t] += clip[t] * clip[t];
            }
        }
        return new long[][] {sums, squares};
    }

    private static ClipScale scale(
            Normalization normalization, int n, long[] sums, long[] squares) {
        return switch (normalization) {
            case OFFICIAL -> ClipScale.perPosition(n, sums, squares);
            case GLOBAL -> ClipScale.global((long) n * LENGTH, sums, squares);
        };
    }

    /** The words. */
    @Override
    public List<String> classNames() {
        return WORDS;
    }

    /** The scale. */
    @Override
    public String preparation() {
        return scale.toJson();
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
        MemorySegment.copy(samples.slice(clips[i] * CLIP, CLIP), SHORT, 0, clip, 0, LENGTH);
        int to = row * LENGTH;
        scale.write(clip, batch.x, to);
        batch.lengths[row] = LENGTH;
        batch.labels[row] = labels[(int) clips[i]];
    }
}
