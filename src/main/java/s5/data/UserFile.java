package s5.data;

import s5.UserError;
import s5.data.DataSource.TextReader;
import s5.data.format.RawFile;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A user's own samples, to be classified: a data set whose labels are all 0. {@link
 * DataSource#samples} says what a data set reads; the common formats are here. Any file may be
 * gzipped.
 *
 * <ul>
 *   <li>texts: UTF-8, a sample a line; a {@link TextReader} makes tokens of it
 *   <li>numbers: {@code .csv}, a sequence a line, its L inputs numbers as the model sees them, with
 *       commas, semicolons, tabs or blanks between; or {@code .f32}, the same as little-endian
 *       float32. Where sequences have lengths of their own, a line has as many positions as the
 *       sequence, without padding, and {@code .f32} is a single sequence. Sequences with time steps
 *       of their own cannot be given so
 * </ul>
 */
public final class UserFile implements Dataset {
    private static final int LARGEST = 1 << 30;

    private final Shape shape;
    private final List<int[]> tokens; // the documents of all samples, or null
    private final List<float[]> values; // the samples, or null
    private final Map<Integer, String> cut; // of which samples more is there than the model takes

    private UserFile(
            Shape shape, List<int[]> tokens, List<float[]> values, Map<Integer, String> cut) {
        this.shape = shape;
        this.tokens = tokens;
        this.values = values;
        this.cut = cut;
    }

    /**
     * Reads a text, a sample a line.
     *
     * @throws UserError when the file cannot be read, is empty, or has a line that is no sample
     */
    static Dataset texts(Path file, TextReader reader, Fitted fitted) {
        return some(file, texts(lines(file), file.toString(), reader, fitted.shape()));
    }

    /**
     * Reads a file of numbers.
     *
     * @param file may be gzipped
     * @param takes for the message: which set takes which formats, such as {@code "cifar takes .csv
     *     or .f32"}
     * @param fitted of the model that is to predict
     * @return the samples in the order of the file, without labels
     * @throws UserError when the file cannot be read, is empty, or fits neither the formats nor the
     *     shape
     */
    public static Dataset numbers(Path file, String takes, Fitted fitted) {
        String name = file.getFileName().toString().replaceFirst("\\.gz$", "");
        if (name.endsWith(".f32")) {
            return some(file, floats(file, fitted.shape()));
        } else if (name.endsWith(".csv")) {
            return some(file, rows(file, fitted.shape()));
        }
        throw new UserError("%s: is of no format known here; %s".formatted(file, takes));
    }

    /**
     * {@return the samples that a file holds, if there are any}
     *
     * @param file for the message
     * @param samples that were read from it
     * @throws UserError when there are none
     */
    public static Dataset some(Path file, Dataset samples) {
        if (samples.size() == 0) {
            throw new UserError(file + ": holds no samples");
        }
        return samples;
    }

    /**
     * A single text that is in no file.
     *
     * @param text what a line of a file would be
     * @param reader turns it into tokens
     * @param fitted of the model that is to predict
     * @return a set of one sample
     * @throws UserError when it is not one that the model takes
     */
    public static Dataset text(String text, TextReader reader, Fitted fitted) {
        return texts(List.of(text), "text", reader, fitted.shape());
    }

    /**
     * A single sequence of numbers that is in no file.
     *
     * @param values (L, inputs), row by row, as the model sees them; where sequences have lengths
     *     of their own, as many rows as this one has, without padding
     * @param shape of the sequence
     * @return a set of one sample
     * @throws UserError when the model takes text, time steps, another number of numbers, or finite
     *     ones only
     */
    public static Dataset numbers(float[] values, Shape shape) {
        if (shape.tokens()) {
            throw new UserError("numbers: the model takes text, not numbers");
        }
        check("numbers", values.length, shape);
        for (int i = 0; i < values.length; i++) {
            finite(values[i], "numbers", i);
        }
        return new UserFile(shape, null, List.of(values), Map.of());
    }

    /** Demands that so many numbers are a sample. */
    private static void check(String place, int count, Shape shape) {
        timeless(place, shape);
        int most = shape.length() * shape.inputs();
        boolean whole = shape.padded() && count > 0 && count % shape.inputs() == 0;
        if (count != most && (count > most || !whole)) {
            throw new UserError(
                    "%s: %d numbers where a sample has %s%d x %d"
                            .formatted(
                                    place,
                                    count,
                                    shape.padded() ? "at most " : "",
                                    shape.length(),
                                    shape.inputs()));
        }
    }

    private static void timeless(String place, Shape shape) {
        if (shape.timed()) {
            throw new UserError(
                    place
                            + ": the model takes the time of each position, which is not among"
                            + " numbers alone; give it samples as its data set has them");
        }
    }

    private static Dataset texts(
            List<String> lines, String source, TextReader reader, Shape shape) {
        List<int[]> documents = new ArrayList<>();
        Map<Integer, String> cut = new HashMap<>();
        for (int line = 0; line < lines.size(); line++) {
            String place = source + ":" + (line + 1);
            for (int[] ids : reader.ids(lines.get(line), place)) {
                if (ids.length > shape.length()) {
                    cut.put(
                            line,
                            "%s: %,d tokens with the end mark where the model takes %,d"
                                    .formatted(place, ids.length, shape.length()));
                }
                documents.add(cut(ids, shape.length()));
            }
        }
        return new UserFile(shape, documents, null, cut);
    }

    /** As in training: the first L - 1, and the end mark. */
    private static int[] cut(int[] ids, int length) {
        if (ids.length <= length) {
            return ids;
        }
        int[] first = Arrays.copyOf(ids, length);
        first[length - 1] = ids[ids.length - 1];
        return first;
    }

    /** Without empty ones at the end, and without the mark that some editors begin a file with. */
    private static List<String> lines(Path file) {
        String text = RawFile.text(bytes(file), file.toString()).replaceFirst("^\ufeff", "");
        List<String> lines =
                new ArrayList<>(new BufferedReader(new StringReader(text)).lines().toList());
        while (!lines.isEmpty() && lines.getLast().isEmpty()) {
            lines.removeLast();
        }
        return lines;
    }

    private static byte[] bytes(Path file) {
        try (InputStream in = RawFile.open(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new UserError(file + ": has more than 1 GiB; split it");
            }
            return bytes;
        } catch (IOException e) {
            throw RawFile.damaged(file, e);
        }
    }

    private static Dataset floats(Path file, Shape shape) {
        ByteBuffer bytes = ByteBuffer.wrap(bytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        timeless(file.toString(), shape);
        int size = shape.length() * shape.inputs();
        if (shape.padded() && bytes.hasRemaining()) {
            size = bytes.remaining() / 4; // nothing says where the next one would begin
            check(file.toString(), size, shape);
        }
        if (bytes.remaining() % (4 * size) != 0) {
            throw new UserError(
                    "%s: %,d bytes are no whole number of samples, which have %d x %d numbers of 4 bytes"
                            .formatted(file, bytes.remaining(), shape.length(), shape.inputs()));
        }
        List<float[]> samples = new ArrayList<>();
        while (bytes.hasRemaining()) {
            float[] sample = new float[size];
            for (int i = 0; i < size; i++) {
                sample[i] = finite(bytes.getFloat(), file + ", sample " + samples.size(), i);
            }
            samples.add(sample);
        }
        return new UserFile(shape, null, samples, Map.of());
    }

    private static Dataset rows(Path file, Shape shape) {
        List<float[]> samples = new ArrayList<>();
        int line = 0;
        for (String row : lines(file)) {
            line++;
            String place = file + ":" + line;
            String[] fields = row.strip().split("\\s*[,;\\s]\\s*", -1);
            float[] sample = new float[fields.length];
            if (hasDecimalCommas(row.strip(), shape.length() * shape.inputs())) {
                throw new UserError(
                        place
                                + ": the numbers have decimal commas; write them with points, as"
                                + " 0.5");
            }
            check(place, fields.length, shape);
            for (int i = 0; i < sample.length; i++) {
                try {
                    sample[i] = finite(Float.parseFloat(fields[i]), place, i);
                } catch (NumberFormatException e) {
                    throw new UserError(
                            "%s: number %d is '%s'"
                                    .formatted(place, i + 1, RawFile.shorten(fields[i])),
                            e);
                }
            }
            samples.add(sample);
        }
        return new UserFile(shape, null, samples, Map.of());
    }

    /** Whether there are as many numbers as there should be when their commas are points. */
    private static boolean hasDecimalCommas(String row, int numbers) {
        String[] fields = row.split("\\s*[;\\s]\\s*", -1);
        return fields.length == numbers
                && Arrays.stream(fields).anyMatch(f -> f.matches("[-+]?[0-9]*,[0-9]+([eE].*)?"));
    }

    private static float finite(float value, String place, int i) {
        if (!Float.isFinite(value)) {
            throw new UserError("%s: number %d is %s".formatted(place, i + 1, value));
        }
        return value;
    }

    @Override
    public String cut(int i) {
        return cut.getOrDefault(i, "");
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public int size() {
        return tokens == null ? values.size() : tokens.size() / shape.documents();
    }

    @Override
    public void read(int i, Batch batch, int row) {
        int size = shape.length() * (tokens == null ? shape.inputs() : 1);
        for (int document = 0; document < shape.documents(); document++) {
            int at = batch.at(document, row);
            if (tokens == null) {
                float[] sample = values.get(i);
                System.arraycopy(sample, 0, batch.x, at * size, sample.length);
                Arrays.fill(batch.x, at * size + sample.length, (at + 1) * size, 0f);
                batch.lengths[at] = sample.length / shape.inputs();
            } else {
                int[] ids = tokens.get(i * shape.documents() + document);
                System.arraycopy(ids, 0, batch.tokens, at * size, ids.length);
                Arrays.fill(
                        batch.tokens, at * size + ids.length, (at + 1) * size, Vocabulary.PAD_ID);
                batch.lengths[at] = ids.length;
            }
        }
        batch.labels[row] = 0;
    }
}
