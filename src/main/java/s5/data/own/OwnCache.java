package s5.data.own;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;

import s5.UserError;
import s5.config.Messages;
import s5.data.cache.Cache;
import s5.data.cache.CacheWriter;
import s5.data.own.OwnKeys.Task;
import s5.data.own.Preparation.Column;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The cache of a user's own sequences: their raw numbers, which sequences are of which part, and
 * the preparation fitted on the training part.
 */
final class OwnCache {
    static final String ROWS = "rows";
    static final String LAYOUT = "layout";
    static final String STARTS = "starts";
    static final String IDS = "ids";
    static final String CLASSES = "classes";
    static final String ANSWERS = "answers";
    static final String ORDER = "order";
    static final String TOKENS = "tokens";
    static final String PREPARATION = "preparation";
    static final String NOTES = "notes";

    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    static final JsonMapper JSON = new JsonMapper();

    private final OwnSource<?> source;
    private final OwnKeys keys;
    private final RawReader reader;
    private final RawIntake intake;
    private final List<String> notes = new ArrayList<>();

    private OwnCache(OwnSource<?> source, OwnKeys keys, RawReader reader) {
        this.source = source;
        this.keys = keys;
        this.reader = reader;
        this.intake = new RawIntake(reader, true);
    }

    static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<String> names(Cache cache, String section) {
        try {
            return List.of(JSON.readValue(cache.text(section), String[].class));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e); // the cache has checked its sums
        }
    }

    /**
     * What is in a cache.
     *
     * @param texts what the source does with texts, where it has some
     */
    static OwnSet.Content content(Cache cache, Supplier<Texts> texts) {
        String json = cache.text(PREPARATION);
        Preparation preparation = Preparation.of(json);
        List<String> classes = names(cache, CLASSES);
        List<String> tokens = names(cache, TOKENS);
        Sequences sequences =
                new Sequences(Sequences.Layout.of(cache.text(LAYOUT)), cache.longs(STARTS));
        Cache.Section rows = cache.section(ROWS);
        Cache.Section answers = cache.section(ANSWERS);
        boolean text = preparation.inputs().isEmpty();
        return new OwnSet.Content(
                preparation.shape(classes.size(), tokens.size(), sequences.layout().answers() > 0),
                preparation,
                json,
                classes,
                tokens,
                text ? texts.get().tokenizer(tokens) : null,
                sequences,
                rows::slice,
                names(cache, IDS),
                answers.slice(0, answers.size()).toArray(DOUBLE),
                Arrays.stream(cache.longs(ORDER)).mapToInt(i -> (int) i).toArray(),
                names(cache, NOTES));
    }

    /**
     * Reads all sequences into a new cache.
     *
     * @param texts what the source does with texts, where it has some
     * @param leftOut what was left out before there was a reader
     */
    static void write(
            CacheWriter writer,
            OwnSource<?> source,
            OwnKeys keys,
            RawReader reader,
            long seed,
            Supplier<Texts> texts,
            List<String> leftOut)
            throws IOException {
        OwnCache cache = new OwnCache(source, keys, reader);
        cache.notes.addAll(leftOut);
        cache.write(writer, seed, texts);
    }

    private void write(CacheWriter writer, long seed, Supplier<Texts> texts) throws IOException {
        RawIntake.write(writer, ROWS, intake);
        MemorySegment rows = writer.end();
        notes.addAll(intake.notes());
        if (intake.size() < 2) {
            throw new UserError(
                    "%s: %s; there have to be two or more%s"
                            .formatted(
                                    source.where(),
                                    intake.size() == 0
                                            ? "there is no sequence to train on"
                                            : "there is one sequence to train on",
                                    notes.isEmpty() ? "" : " (" + notes.getFirst() + ")"));
        }
        Sequences sequences = intake.sequences();
        boolean regression = regression();
        int[] order = regression ? new int[0] : classOrder();
        Part[] parts = parts(seed, regression);
        int[] training = Split.indices(parts, Part.TRAIN);
        if (!regression) {
            checkClasses(sequences, rows::asSlice, parts, order.length);
        }
        Fitting fitting = new Fitting(sequences, rows::asSlice, training, notes);
        boolean text = reader.inputs().isEmpty();
        TextFitting words =
                text ? new TextFitting(texts.get(), sequences, rows::asSlice, training) : null;
        int length = text ? words.length(keys.length()) : fitting.length(keys.length());
        List<Column> targets =
                regression ? fitting.targets(reader.targets(), intake.targets) : List.of();
        Preparation preparation =
                new Preparation(
                        source.name(),
                        text ? List.of() : fitting.inputs(reader.inputs(), keys.scale(), length),
                        keys.fill(),
                        length,
                        fitting.step(keys.times()),
                        fitting.unread(),
                        reader.timeUnit(),
                        targets,
                        reader.kept());
        if (text) {
            notes.addAll(words.notes(length));
        } else {
            tellCut(sequences, length);
        }
        List<String> names = text ? words.tokens() : List.of();
        writer.section(LAYOUT, sequences.layout().toLine());
        writer.section(STARTS, sequences.starts());
        writer.section(IDS, json(intake.ids));
        writer.section(CLASSES, json(regression ? List.of() : sortedClasses()));
        writer.section(ORDER, Arrays.stream(order).asLongStream().toArray());
        writer.section(ANSWERS, answers(regression, order));
        writer.section(TOKENS, json(names));
        writer.section(PREPARATION, preparation.toJson());
        writer.section(NOTES, json(notes));
        for (Part part : Part.values()) {
            writer.section(
                    part.name().toLowerCase(Locale.ROOT),
                    Arrays.stream(Split.indices(parts, part)).asLongStream().toArray());
        }
    }

    private boolean regression() {
        boolean regression = !reader.targets().isEmpty();
        if (keys.task() != Task.AUTO && regression != (keys.task() == Task.REGRESS)) {
            throw new UserError(
                    "data.task: is %s, but the data has %s to tell"
                            .formatted(
                                    keys.task().name().toLowerCase(Locale.ROOT),
                                    regression ? "numbers" : "classes"));
        }
        return regression;
    }

    private List<String> sortedClasses() {
        return intake.labels.keySet().stream()
                .sorted(byNameOrNumber(intake.labels.keySet()))
                .toList();
    }

    /** Numbers by their size, if all are numbers. */
    static Comparator<String> byNameOrNumber(java.util.Collection<String> names) {
        boolean numbers =
                names.stream().allMatch(n -> n.matches("[-+]?[0-9]{1,15}(\\.[0-9]{1,9})?"));
        return numbers
                ? Comparator.comparingDouble(Double::parseDouble).thenComparing(n -> n)
                : Comparator.naturalOrder();
    }

    /** The class of each label, as they were first seen. */
    private int[] classOrder() {
        if (intake.labels.size() < 2) {
            throw new UserError(
                    "data: all sequences are of class %s; there have to be two classes or more"
                            .formatted(
                                    Messages.quoted(
                                            intake.labels.isEmpty()
                                                    ? ""
                                                    : intake.labels.keySet().iterator().next())));
        }
        List<String> sorted = sortedClasses();
        checkBlanks(sorted);
        int[] order = new int[sorted.size()];
        for (int c = 0; c < order.length; c++) {
            order[intake.labels.get(sorted.get(c))] = c;
        }
        return order;
    }

    /** Names that a reader cannot tell apart are mostly one name, mistyped. */
    private static void checkBlanks(List<String> classes) {
        Map<String, String> seen = new HashMap<>();
        for (String name : classes) {
            String other = seen.put(name.strip().replaceAll("\\s+", " "), name);
            if (other != null || name.isBlank()) {
                throw new UserError(
                        "data: class %s %s"
                                .formatted(
                                        Messages.quoted(name),
                                        other == null
                                                ? "is no name"
                                                : "and class %s differ in blanks only; give them one name"
                                                        .formatted(Messages.quoted(other))));
            }
        }
    }

    private Part[] parts(long seed, boolean regression) {
        Part[] parts = intake.parts.toArray(Part[]::new);
        boolean grouped = intake.groups.stream().anyMatch(g -> g != null);
        String[] groups = grouped ? intake.groups.toArray(String[]::new) : null;
        boolean each = intake.sequences().layout().answers() > 0;
        int[] classes =
                regression || each || !keys.stratify()
                        ? null
                        : intake.classes.stream().mapToInt(Integer::intValue).toArray();
        boolean test = Arrays.asList(parts).contains(Part.TEST);
        boolean validation = Arrays.asList(parts).contains(Part.VALIDATION);
        if (!test && keys.test() > 0) {
            // A program may have said of all which part they are, but for the test.
            Part from = Arrays.asList(parts).contains(null) ? null : Part.TRAIN;
            Split.hold(parts, from, Part.TEST, keys.test(), classes, groups, seed, "data.test");
            test = true;
        }
        for (int i = 0; i < parts.length; i++) {
            parts[i] = parts[i] == null ? Part.TRAIN : parts[i];
        }
        if (!validation && keys.validation() > 0) {
            Split.hold(
                    parts,
                    Part.TRAIN,
                    Part.VALIDATION,
                    keys.validation(),
                    classes,
                    groups,
                    seed + 1,
                    "data.validation");
            validation = true;
        }
        if (!test && !validation) {
            throw new UserError("data.validation: is 0, and so is data.test; one has to be more");
        }
        if (Split.indices(parts, Part.TRAIN).length == 0) {
            throw new UserError(source.where() + ": no sequence is left to train on");
        }
        if (groups != null) {
            Split.checkGroups(parts, groups, "data.split_by: group");
        }
        return parts;
    }

    /** That all classes occur in the training part. */
    private void checkClasses(Sequences s, Sequences.Source rows, Part[] parts, int classes) {
        int[] first = new int[classes]; // sequence that a class was first seen in; -1 for trained
        Arrays.fill(first, -2);
        for (int i = 0; i < parts.length; i++) {
            double[] labels =
                    s.layout().answers() > 0
                            ? s.answers(s.rows(rows, i, Integer.MAX_VALUE))
                            : new double[] {intake.classes.get(i)};
            for (double label : labels) {
                int c = (int) label;
                if (c >= 0 && parts[i] == Part.TRAIN) {
                    first[c] = -1;
                } else if (c >= 0 && first[c] == -2) {
                    first[c] = i;
                }
            }
        }
        List<String> names = List.copyOf(intake.labels.keySet());
        long trained = Arrays.stream(first).filter(f -> f == -1).count();
        for (int c = 0; c < classes; c++) {
            if (first[c] >= 0) {
                throw new UserError(
                        "%s: class %s is not in the training part, which has %d classes%s"
                                .formatted(
                                        intake.places.get(first[c]),
                                        Messages.quoted(names.get(c)),
                                        trained,
                                        keys.splitBy().equals(OwnKeys.NONE)
                                                ? ""
                                                : "; another data.seed divides otherwise"));
            }
        }
        if (trained < 2) {
            throw new UserError(
                    "data: the training part has one class alone; there have to be two or more");
        }
    }

    private void tellCut(Sequences sequences, int length) {
        int cut = 0;
        int most = 0;
        for (int i = 0; i < sequences.size(); i++) {
            most = Math.max(most, sequences.length(i));
            cut += sequences.length(i) > length ? 1 : 0;
        }
        if (cut > 0) {
            notes.add(
                    "%,d of the sequences %s longer than data.length %,d and cut; the longest has %,d"
                            .formatted(cut, cut == 1 ? "is" : "are", length, most));
        }
    }

    /** Little-endian doubles: the class of each sequence, or its numbers. */
    private byte[] answers(boolean regression, int[] order) {
        int width = regression ? reader.targets().size() : 1;
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(intake.size(), width * Double.BYTES))
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < intake.size(); i++) {
            int label = intake.classes.get(i);
            if (!regression) {
                bytes.putDouble(label < 0 ? -1 : order[label]);
            } else {
                double[] t = intake.targets.get(i);
                for (int k = 0; k < width; k++) {
                    bytes.putDouble(t == null ? Double.NaN : t[k]);
                }
            }
        }
        return bytes.array();
    }
}
