package s5.data.own;

import s5.UserError;
import s5.config.Messages;
import s5.data.format.Npy;
import s5.data.format.RawFile;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Sequences in NumPy arrays: X (N, L, C) or (N, L); of an {@code .npz} file, also y (N), (N, T),
 * (N, L) or (N, L, T), lengths (N) and times (N, L) or (L). An {@code .npy} file holds X alone.
 */
final class ArraysReader implements RawReader {
    /** What the arrays are called. */
    record Names(String x, String y, String lengths, String times) {}

    private static final int MOST_NOTES = 10; // of arrays that are not used

    private final List<Input> files;
    private final Names names;
    private final Preparation fitted;
    private final OwnKeys.Task task;
    private int next;
    private Open file; // null behind the last
    private final int columns;
    private final boolean each;
    private final int targets; // 0: classes
    private final List<String> notes = new ArrayList<>();
    private int sequences;

    /** The arrays of one file. */
    private final class Open implements AutoCloseable {
        final Input input;
        final ZipFile zip; // null for .npy
        final List<InputStream> streams = new ArrayList<>();
        final Map<String, Npy> arrays = new LinkedHashMap<>();
        final long[] shape;
        final double[] common; // times of all sequences; null when each has its own
        long done;

        Open(Input input) throws IOException {
            this.input = input;
            Path path = input.file();
            boolean opened = false;
            zip = isZip(path) ? new ZipFile(path.toFile()) : null;
            try {
                if (zip == null) {
                    InputStream in = new BufferedInputStream(RawFile.openOrStandard(path), 1 << 16);
                    streams.add(in);
                    arrays.put("X", new Npy(in, path.toString()));
                } else {
                    arrays();
                }
                shape = arrays.get("X").shape();
                check();
                Npy times = arrays.get("times");
                common = times != null && times.shape().length == 1 ? all(times) : null;
                opened = true;
            } finally {
                if (!opened) {
                    close();
                }
            }
        }

        private void arrays() throws IOException {
            List<String> there = new ArrayList<>();
            for (ZipEntry e : Collections.list(zip.entries())) {
                there.add(e.getName().replaceFirst("\\.npy$", ""));
            }
            Map<String, String> wanted = new LinkedHashMap<>();
            wanted.put("X", names.x());
            wanted.put("y", names.y());
            wanted.put("lengths", names.lengths());
            wanted.put("times", names.times());
            wanted.forEach((what, name) -> {
                ZipEntry entry = zip.getEntry(name + ".npy");
                try {
                    if (entry != null) {
                        InputStream in =
                                new BufferedInputStream(zip.getInputStream(entry), 1 << 16);
                        streams.add(in);
                        arrays.put(what, new Npy(in, input.file() + ", array " + name));
                    } else if (what.equals("X")) {
                        throw new UserError(
                                "%s: has no array %s; it has %s; name it in data.inputs_array"
                                        .formatted(
                                                input.file(),
                                                Messages.quoted(name),
                                                Messages.shown(String.join(", ", there))));
                    }
                } catch (IOException e) {
                    throw RawFile.damaged(input.file(), e);
                }
            });
            there.removeAll(Set.copyOf(wanted.values()));
            for (String name : there.subList(0, Math.min(there.size(), MOST_NOTES))) {
                note("array %s is not used".formatted(Messages.quoted(name)));
            }
            if (there.size() > MOST_NOTES) {
                note("%,d more arrays are not used".formatted(there.size() - MOST_NOTES));
            }
        }

        private void note(String note) {
            if (!notes.contains(note)) {
                notes.add(note);
            }
        }

        private void check() {
            if (shape.length < 2 || shape.length > 3 || shape[1] < 1 || channels() < 1) {
                throw new UserError(
                        "%s: X has the shape %s; it has to be (N, L) or (N, L, C)"
                                .formatted(input.file(), Arrays.toString(shape)));
            }
            if (shape[0] < 1) {
                throw new UserError(input.file() + ": X holds no sequence");
            }
            if (shape[1] * channels() > Integer.MAX_VALUE / 8) {
                throw new UserError(input.file() + ": a sequence of X has more than 2 GiB");
            }
            arrays.forEach((what, array) -> {
                long[] s = array.shape();
                boolean fits =
                        switch (what) {
                            case "lengths" -> s.length == 1 && s[0] == shape[0];
                            case "times" ->
                                    s.length == 1
                                            ? s[0] == shape[1]
                                            : s.length == 2 && s[0] == shape[0] && s[1] == shape[1];
                            case "y" -> s.length >= 1 && s.length <= 3 && s[0] == shape[0];
                            default -> true;
                        };
                if (!fits) {
                    throw new UserError(
                            "%s: %s has the shape %s, which does not go with that of X, %s"
                                    .formatted(
                                            input.file(),
                                            what,
                                            Arrays.toString(s),
                                            Arrays.toString(shape)));
                }
            });
        }

        int channels() {
            return shape.length == 3 ? Math.toIntExact(Math.min(shape[2], Integer.MAX_VALUE)) : 1;
        }

        Npy y() {
            return arrays.get("y");
        }

        private static double[] all(Npy array) throws IOException {
            double[] values = new double[Math.toIntExact(array.elements())];
            for (int i = 0; i < values.length; i++) {
                values[i] = array.next();
            }
            return values;
        }

        @Override
        public void close() {
            for (InputStream in : streams) {
                try {
                    in.close();
                } catch (IOException e) {
                    // all that was wanted has been read
                }
            }
            try {
                if (zip != null) {
                    zip.close();
                }
            } catch (IOException e) {
                // the same
            }
        }
    }

    ArraysReader(List<Input> files, Names names, OwnKeys.Task task, Preparation fitted) {
        this.files = files;
        this.names = names;
        this.task = task;
        this.fitted = fitted;
        file = open();
        boolean complete = false;
        try {
            columns = file.channels();
            if (fitted != null && columns != fitted.inputs().size()) {
                throw new UserError(
                        "%s: X has %d channels, and the model takes %d"
                                .formatted(
                                        files.getFirst().file(), columns, fitted.inputs().size()));
            }
            Npy y = file.y();
            if (fitted == null && y == null) {
                throw new UserError(
                        "%s: has no array %s of what is to be told; name it in data.answers_array"
                                .formatted(files.getFirst().file(), Messages.quoted(names.y())));
            }
            boolean numbers = y != null && isRegression(y);
            long[] s = y == null ? new long[] {1} : y.shape();
            // (N, 1) is a number of the whole, not of each of one position.
            each = s.length == 3 || (s.length == 2 && s[1] == file.shape[1] && s[1] > 1);
            targets = !numbers ? 0 : s.length == 1 || (each && s.length == 2) ? 1 : last(s);
            if (!numbers && s.length > 1 && !each && s[1] != 1) {
                throw new UserError(
                        "%s: y has the shape %s; classes are (N) or (N, L)"
                                .formatted(files.getFirst().file(), Arrays.toString(s)));
            }
            complete = true;
        } finally {
            if (!complete) {
                file.close();
            }
        }
    }

    private static int last(long[] shape) {
        return Math.toIntExact(Math.min(shape[shape.length - 1], Integer.MAX_VALUE));
    }

    /**
     * Floating-point numbers are to be told as such, all else are classes, unless a key says so.
     */
    private boolean isRegression(Npy y) {
        return switch (task) {
            case AUTO -> y.isFloat();
            case CLASSIFY -> false;
            case REGRESS, FORECAST -> true;
        };
    }

    private static boolean isZip(Path path) throws IOException {
        if (path.equals(RawFile.STANDARD) || !Files.isRegularFile(path)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(path)) {
            return in.read() == 'P' && in.read() == 'K';
        }
    }

    private Open open() {
        Input input = files.get(next++);
        try {
            return new Open(input);
        } catch (ZipException e) {
            throw new UserError(
                    "%s: is no whole .npz file (%s)".formatted(input.file(), e.getMessage()), e);
        } catch (IOException e) {
            throw RawFile.damaged(input.file(), e);
        }
    }

    @Override
    public List<String> inputs() {
        return IntStream.rangeClosed(1, columns).mapToObj(c -> "channel " + c).toList();
    }

    @Override
    public List<String> targets() {
        return IntStream.rangeClosed(1, targets)
                .mapToObj(t -> targets == 1 ? "target" : "target " + t)
                .toList();
    }

    @Override
    public boolean each() {
        return each;
    }

    @Override
    public RawSequence next() {
        while (file != null && file.done == file.shape[0]) {
            file.close();
            file = next == files.size() ? null : open();
            if (file != null && file.channels() != columns) {
                throw new UserError(
                        "%s: X has %d channels, and that of %s has %d"
                                .formatted(
                                        file.input.file(),
                                        file.channels(),
                                        files.getFirst().file(),
                                        columns));
            }
        }
        if (file == null) {
            return null;
        }
        try {
            return read();
        } catch (ZipException | java.io.EOFException e) {
            throw new UserError(
                    "%s: is damaged at sequence %d".formatted(file.input.file(), file.done + 1), e);
        } catch (IOException e) {
            throw RawFile.damaged(file.input.file(), e);
        }
    }

    private RawSequence read() throws IOException {
        int most = (int) file.shape[1];
        String place = "%s, sequence %d".formatted(file.input.file(), file.done + 1);
        Npy told = file.arrays.get("lengths");
        double length = told == null ? most : told.next();
        if (!(length >= 1 && length <= most && length == Math.rint(length))) {
            throw new UserError(
                    "%s: its length is %s, which is not from 1 to %d"
                            .formatted(place, length, most));
        }
        double[] values =
                numbers(file.arrays.get("X"), most * columns, ((int) length) * columns, place);
        Npy times = file.arrays.get("times");
        double[] at =
                times == null
                        ? null
                        : file.common != null
                                ? Arrays.copyOf(file.common, (int) length)
                                : numbers(times, most, (int) length, place);
        RawSequence s =
                RawSequence.ofNumbers(Integer.toString(sequences), place, (int) length, values)
                        .at(at)
                        .in(file.input.part());
        sequences++;
        file.done++;
        return fitted != null || file.y() == null ? s : answered(s, most, (int) length, place);
    }

    private RawSequence answered(RawSequence s, int most, int length, String place)
            throws IOException {
        Npy y = file.y();
        if (targets > 0) {
            int all = (each ? most : 1) * targets;
            return s.with(numbers(y, all, (each ? length : 1) * targets, place));
        }
        String[] labels = new String[each ? length : 1];
        for (int k = 0; k < (each ? most : 1); k++) {
            String label = y.nextText();
            if (k < labels.length) {
                // As other programs mark positions that nobody knows.
                boolean unknown = label.isEmpty() || (each && label.startsWith("-"));
                labels[k] = unknown ? null : label;
            }
        }
        return s.labelled(labels);
    }

    /** The first so many of so many numbers. */
    private static double[] numbers(Npy array, int all, int kept, String place) throws IOException {
        double[] values = new double[kept];
        for (int k = 0; k < all; k++) {
            double value = array.next();
            if (k < kept) {
                if (Double.isInfinite(value)) {
                    throw new UserError(place + ": holds an infinite number");
                }
                values[k] = value;
            }
        }
        return values;
    }

    @Override
    public List<String> notes() {
        return notes;
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }
}
