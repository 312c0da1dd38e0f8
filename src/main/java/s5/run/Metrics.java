package s5.run;

import s5.UserError;
import s5.io.AtomicFile;
import s5.io.EventFile;
import s5.io.PlainFile;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The numbers of a run: a table, metrics.csv, with a row for each epoch and some for the steps
 * between, and the same in event files for TensorBoard, as {@code epoch/train_loss} and so on.
 */
public final class Metrics implements Closeable {
    /** Name of the table in the run's folder. */
    static final String FILE = "metrics.csv";

    /** What a row tells; the rest of its name is in small letters. */
    public enum Kind {
        /** The steps since the last row. */
        STEP,
        /** An epoch and its evaluation. */
        EPOCH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A column of the table; losses are means in nats, accuracies shares in [0, 1] or, in
     * regression, minus the mean squared error.
     */
    public enum Column {
        /** Of the training samples since the last row. */
        TRAIN_LOSS,
        /** Of the training samples since the last row. */
        TRAIN_ACCURACY,
        /** Of the validation split. */
        VALIDATION_LOSS,
        /** Of the validation split. */
        VALIDATION_ACCURACY,
        /** Of the test split. */
        TEST_LOSS,
        /** Of the test split. */
        TEST_ACCURACY,
        /** Learning rate of the state space's parameters. */
        SSM_LR,
        /** Learning rate of all other parameters. */
        LR,
        /** Euclidean norm of the gradient of all parameters in the last step. */
        GRADIENT_NORM,
        /** Training steps a second. */
        STEPS_PER_SECOND,
        /** Training samples a second. */
        SAMPLES_PER_SECOND,
        /** Resident set of this process, in 10^6 bytes. */
        MEMORY_MB,
        /** How long the run has taken so far. */
        SECONDS;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One row.
     *
     * @param kind of row
     * @param epoch from 1
     * @param step updates done
     * @param values of the columns that have one
     */
    public record Row(Kind kind, int epoch, long step, Map<Column, Double> values) {}

    private static final String HEADER =
            "kind,epoch,step,"
                    + Stream.of(Column.values())
                            .map(Column::toString)
                            .collect(Collectors.joining(","));

    private static final int FIELDS = 3 + Column.values().length;

    private final FileChannel table;
    private final EventFile events;
    private final int kept;
    private Path before; // a copy of the table as it was; null when nothing is missing of it
    private double memory; // megabytes; 0 before they were first asked for
    private long memoryAt;

    /**
     * Opens the table of a run.
     *
     * @param folder of the run
     * @param rows that it had when the checkpoint was written with which the run goes on: what
     *     stands below them is of steps that will be done again, and is removed, as are damaged
     *     rows, which a copy keeps. 0 for a new run
     * @param step updates done by then
     */
    Metrics(Path folder, long rows, long step) throws IOException {
        Path file = folder.resolve(FILE);
        List<String> rowsBefore = List.of();
        if (rows > 0 && Files.exists(file)) {
            rowsBefore =
                    linesOf(file)
                            .skip(1)
                            .limit(rows)
                            .filter(line -> whole(line).filter(r -> r.step() <= step).isPresent())
                            .toList();
            if (rowsBefore.size() < rows) {
                before = AtomicFile.keep(file);
            }
        }
        String text = Stream.concat(Stream.of(HEADER), rowsBefore.stream()).collect(lines());
        AtomicFile.write(file, text);
        kept = rowsBefore.size();
        table = PlainFile.open(file, StandardOpenOption.APPEND);
        boolean done = false;
        try {
            events = new EventFile(folder, step);
            done = true;
        } finally {
            if (!done) {
                table.close();
            }
        }
    }

    /**
     * {@return the rows in a run's folder; a last one that is being written is left out}
     *
     * @param folder of the run
     * @throws UserError when there is no table, or another version of the program wrote it
     */
    public static List<Row> read(Path folder) {
        Path file = folder.resolve(FILE);
        List<Row> rows = new ArrayList<>();
        try {
            for (String line : linesOf(file).toList()) {
                String[] fields = fields(line);
                if (fields.length == FIELDS && !line.equals(HEADER)) {
                    rows.add(row(fields));
                } else if (rows.isEmpty() && !line.equals(HEADER)) {
                    throw new UserError(file + ": is of another version of the program");
                }
            }
            return rows;
        } catch (IOException e) {
            throw new UserError(file + ": cannot be read (" + AtomicFile.reason(e) + ")", e);
        } catch (NumberFormatException e) {
            throw new UserError(
                    "%s: row %d is damaged (%s)".formatted(file, rows.size() + 2, e.getMessage()),
                    e);
        }
    }

    /** Lines of a file that may be damaged: bytes that are no UTF-8 become a sign no row has. */
    private static Stream<String> linesOf(Path file) throws IOException {
        PlainFile.checkReadable(file);
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines();
    }

    private static String[] fields(String line) {
        return line.split(",", -1);
    }

    /** The row that a line holds; empty when it is damaged. */
    private static Optional<Row> whole(String line) {
        String[] fields = fields(line);
        try {
            return fields.length == FIELDS ? Optional.of(row(fields)) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Row row(String[] fields) {
        Map<Column, Double> values = new EnumMap<>(Column.class);
        int at = 3;
        for (Column column : Column.values()) {
            String field = fields[at++];
            if (!field.isEmpty()) {
                values.put(column, Double.parseDouble(field));
            }
        }
        Kind kind = fields[0].equals(Kind.STEP.toString()) ? Kind.STEP : Kind.EPOCH;
        return new Row(kind, Integer.parseInt(fields[1]), Long.parseLong(fields[2]), values);
    }

    private static Collector<CharSequence, ?, String> lines() {
        return Collectors.joining("\n", "", "\n");
    }

    /**
     * Adds a row.
     *
     * @param epoch from 1
     * @param step updates done
     * @param values of the columns that have one; the memory is added here
     */
    void add(Kind kind, int epoch, long step, Map<Column, Double> values) throws IOException {
        values.put(Column.MEMORY_MB, memory());
        StringBuilder row = new StringBuilder().append(kind).append(',').append(epoch);
        row.append(',').append(step);
        for (Column column : Column.values()) {
            row.append(',');
            Double value = values.get(column);
            if (value != null) {
                row.append(value.floatValue());
                events.scalar(kind + "/" + column, step, value.floatValue());
            }
        }
        events.flush();
        AtomicFile.writeAll(table, StandardCharsets.UTF_8.encode(row.append('\n').toString()));
    }

    /** Memory in megabytes, a second old at most: asking takes longer than writing a row. */
    private double memory() {
        long now = System.nanoTime();
        if (memory == 0 || now - memoryAt > 1_000_000_000) {
            memory = Memory.residentBytes() * 1e-6;
            memoryAt = now;
        }
        return memory;
    }

    /** A copy of the table as it was, when damaged rows were removed from it. */
    Optional<Path> before() {
        return Optional.ofNullable(before);
    }

    /** How many rows the table had when it was opened, without those that were removed. */
    int kept() {
        return kept;
    }

    /** Brings the table to the disk, so that a checkpoint never knows more rows than there are. */
    void force() throws IOException {
        table.force(false);
    }

    @Override
    public void close() throws IOException {
        try (table) {
            events.close();
        }
    }
}
