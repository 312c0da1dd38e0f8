package s5.data.own;

import s5.UserError;
import s5.config.Messages;
import s5.data.cache.CacheWriter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes raw sequences from a reader, checks them and hands their numbers on as bytes; keeps of each
 * only what it is called and where it stood.
 */
final class RawIntake {
    /** Takes the bytes of the sequences, one behind the other. */
    interface Sink {
        void append(byte[] bytes, int count) throws IOException;
    }

    final List<String> ids = new ArrayList<>();
    final List<String> places = new ArrayList<>();
    final List<Part> parts = new ArrayList<>();
    final List<String> groups = new ArrayList<>();

    /** Classes as they were first seen, by number. */
    final Map<String, Integer> labels = new LinkedHashMap<>();

    /** The class of each sequence, -1 where each position has its own or none is known. */
    final List<Integer> classes = new ArrayList<>();

    /**
     * The numbers to be told of each, (T); null in classification or where each position has them.
     */
    final List<double[]> targets = new ArrayList<>();

    private final RawReader reader;
    private final boolean answered;
    private final Map<String, Integer> leftOut = new LinkedHashMap<>();
    private final Map<String, Part> idParts = new HashMap<>();
    private Sequences.Layout layout; // null before the first
    private long[] starts = new long[1024];
    private int count;
    private byte[] bytes = new byte[1 << 16];

    /**
     * @param answered whether sequences without an answer are left out: to train on, not to predict
     */
    RawIntake(RawReader reader, boolean answered) {
        this.reader = reader;
        this.answered = answered;
    }

    static void write(CacheWriter writer, String name, RawIntake intake) throws IOException {
        writer.begin(name);
        intake.all(writer::append);
    }

    /**
     * Takes all that the reader has.
     *
     * @throws UserError at a sequence that is wrong by itself or together with those before
     */
    void all(Sink sink) throws IOException {
        for (RawSequence s = reader.next(); s != null; s = reader.next()) {
            if (answered && !isAnswered(s)) {
                String what = reader.targets().isEmpty() ? "label" : "target";
                leftOut.merge("without a " + what, 1, Integer::sum);
                continue;
            }
            take(s, sink);
        }
    }

    private static boolean isAnswered(RawSequence s) {
        boolean label = s.labels() != null && s.labels().stream().anyMatch(l -> l != null);
        return label || (s.targets() != null && anyNumber(s.targets()));
    }

    private static boolean anyNumber(double[] values) {
        return Arrays.stream(values).anyMatch(v -> !Double.isNaN(v));
    }

    private void take(RawSequence s, Sink sink) throws IOException {
        check(s);
        if (answered && s.targets() != null) {
            checkTargets(s);
        }
        if (reader.named()) {
            Part before = idParts.putIfAbsent(s.id(), s.part() == null ? Part.TRAIN : s.part());
            if (before != null) {
                throw new UserError(
                        "%s: the id %s comes twice%s"
                                .formatted(
                                        s.place(),
                                        Messages.quoted(s.id()),
                                        before != s.part() && s.part() != null
                                                ? ", in two parts; an id names one sequence"
                                                : "; an id names one sequence"));
            }
        }
        int length = s.text() == null ? s.length() : text(s);
        if (s.text() == null) {
            numbers(s);
        }
        sink.append(bytes, Math.toIntExact(length * layout.bytes()));
        if (count + 2 > starts.length) {
            starts = Arrays.copyOf(starts, 2 * starts.length);
        }
        starts[count + 1] = starts[count] + length;
        count++;
        ids.add(s.id());
        places.add(s.place());
        parts.add(s.part());
        groups.add(s.group());
        boolean whole = layout.answers() == 0;
        classes.add(whole && s.labels() != null ? label(s, s.labels().getFirst()) : -1);
        targets.add(whole ? s.targets() : null);
    }

    /** Numbers to be told have no mask: all are known, or the sequence is left out. */
    private void checkTargets(RawSequence s) {
        int targets = reader.targets().size();
        for (int k = 0; k < s.targets().length; k++) {
            if (Double.isNaN(s.targets()[k])) {
                throw new UserError(
                        "%s: %s is missing%s in %s; fill it in, or leave the sequence out"
                                .formatted(
                                        s.place(),
                                        Messages.quoted(reader.targets().get(k % targets)),
                                        reader.each()
                                                ? " at position %d".formatted(k / targets + 1)
                                                : "",
                                        Messages.quoted(s.id())));
            }
        }
    }

    private int label(RawSequence s, String label) {
        if (label == null) {
            return -1;
        }
        Integer known = labels.get(label);
        if (known == null) {
            if (label.indexOf('\0') >= 0) {
                throw new UserError(
                        "%s: the class %s has a zero byte; the file is damaged, or has UTF-16 in it"
                                .formatted(s.place(), Messages.quoted(label)));
            }
            known = labels.size();
            labels.put(label, known);
        }
        return known;
    }

    private void check(RawSequence s) {
        int answers = Math.max(1, reader.targets().size());
        if (layout == null) {
            boolean timed = s.times() != null;
            layout =
                    new Sequences.Layout(
                            timed,
                            reader.inputs().size(),
                            reader.each() && (s.labels() != null || s.targets() != null)
                                    ? answers
                                    : 0,
                            reader.single() && !timed);
        }
        if (layout.timed() != (s.times() != null)) {
            throw new UserError(
                    s.place() + ": some sequences have times and some have none; give all or none");
        }
        if (s.text() == null && s.length() < 1) {
            throw new UserError(s.place() + ": a sequence without a position");
        }
        for (int k = 1; s.times() != null && k < s.length(); k++) {
            if (!(s.times()[k] > s.times()[k - 1])) {
                throw new UserError(
                        "%s: time %s at position %d of %s %s; times have to rise"
                                .formatted(
                                        s.place(),
                                        number(s.times()[k]),
                                        k + 1,
                                        Messages.quoted(s.id()),
                                        s.times()[k] == s.times()[k - 1]
                                                ? "comes twice"
                                                : "is before " + number(s.times()[k - 1])));
            }
        }
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    private int text(RawSequence s) {
        byte[] utf8 = s.text().getBytes(StandardCharsets.UTF_8);
        bytes = utf8.length > bytes.length ? utf8 : bytes;
        System.arraycopy(utf8, 0, bytes, 0, utf8.length);
        return utf8.length;
    }

    private void numbers(RawSequence s) {
        int columns = layout.inputs();
        int answers = layout.answers();
        long size = s.length() * layout.bytes();
        if (size > Integer.MAX_VALUE - 8) {
            throw new UserError(s.place() + ": a sequence of more than 2 GiB");
        }
        if (size > bytes.length) {
            bytes = new byte[(int) size];
        }
        ByteBuffer to = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int k = 0; k < s.length(); k++) {
            if (layout.timed()) {
                to.putDouble(s.times()[k]);
            }
            for (int c = 0; c < columns; c++) {
                put(to, s.values()[k * columns + c]);
            }
            for (int a = 0; a < answers; a++) {
                put(to, s.targets() == null ? label(s, k) : s.targets()[k * answers + a]);
            }
        }
    }

    private double label(RawSequence s, int k) {
        return s.labels() == null ? -1 : label(s, s.labels().get(k));
    }

    private void put(ByteBuffer to, double value) {
        if (layout.single()) {
            to.putFloat((float) value);
        } else {
            to.putDouble(value);
        }
    }

    /** How many were taken. */
    int size() {
        return count;
    }

    /** Where they are; there is one or more. */
    Sequences sequences() {
        return new Sequences(layout, Arrays.copyOf(starts, count + 1));
    }

    /** What was left out, in words. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        leftOut.forEach(
                (why, number) -> notes.add("%,d sequences left out: %s".formatted(number, why)));
        notes.addAll(reader.notes());
        return notes;
    }
}
