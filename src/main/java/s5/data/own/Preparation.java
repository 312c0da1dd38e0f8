package s5.data.own;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;

import s5.UserError;
import s5.data.Batch;
import s5.data.Shape;
import s5.data.own.OwnKeys.Fill;

import java.util.Arrays;
import java.util.List;

/**
 * All that was fitted on the training part of a user's own sequences: it turns a raw sequence into
 * what the model sees, in training, evaluation and prediction alike. A checkpoint keeps it as JSON.
 *
 * @param source the name of the data set, such as {@code table}
 * @param inputs of a position, in the model's order; empty for texts
 * @param fill of missing values; a mask adds an input behind each
 * @param length L of the model
 * @param step the time, in the unit of the raw times, that is one step of the model; 0 where times
 *     are not used
 * @param unread where times are not used, what those were that the sequences had: the time from one
 *     position to the next, which was the same all over; {@link #NO_TIMES} where they had none, and
 *     {@link #ANY_TIMES} where the user wanted them ignored. Null where that is not known, as in
 *     files of before it was kept
 * @param timeUnit of the raw times, such as {@code s}; empty where it is not known
 * @param targets the numbers to be told; empty in classification
 * @param reader what the reader of the training files has kept for itself; may be empty
 */
public record Preparation(
        String source,
        List<Column> inputs,
        Fill fill,
        int length,
        double step,
        Double unread,
        String timeUnit,
        List<Column> targets,
        String reader) {
    /** There were no times. */
    public static final double NO_TIMES = 0;

    /** Times may be any, for the user has said that they do not count. */
    public static final double ANY_TIMES = -1;

    /** How far, as a share of the step, equal steps may be apart. */
    static final double EQUAL = 1e-3;

    private static final JsonMapper JSON = new JsonMapper();

    /**
     * A column of numbers.
     *
     * @param name for people
     * @param center is subtracted
     * @param scale divides then; not 0
     */
    public record Column(String name, double center, double scale) {
        /** {@return a raw value as the model sees it} */
        float scaled(double value) {
            return (float) ((value - center) / scale);
        }
    }

    /**
     * Checks what a file may say.
     *
     * @throws IllegalArgumentException when it makes no sense
     */
    public Preparation {
        inputs = List.copyOf(inputs);
        targets = List.copyOf(targets);
        boolean columns =
                inputs.stream().allMatch(Preparation::makesSense)
                        && targets.stream().allMatch(Preparation::makesSense);
        if (source == null
                || fill == null
                || timeUnit == null
                || reader == null
                || length < 1
                || !(step >= 0 && Double.isFinite(step))
                || (unread != null && !(unread >= ANY_TIMES && Double.isFinite(unread)))
                || !columns) {
            throw new IllegalArgumentException("a preparation that makes no sense");
        }
    }

    private static boolean makesSense(Column c) {
        return c.name != null
                && Double.isFinite(c.center)
                && Double.isFinite(c.scale)
                && c.scale != 0;
    }

    /**
     * Reads {@link #toJson}.
     *
     * @param json of a checkpoint
     * @return the preparation
     * @throws UserError when it is none
     */
    public static Preparation of(String json) {
        try {
            Preparation read = JSON.readValue(json, Preparation.class);
            if (read != null) {
                return read;
            }
        } catch (JsonProcessingException | RuntimeException e) {
            throw new UserError(
                    "the checkpoint is damaged: its metadata 'preparation' makes no sense", e);
        }
        throw new UserError("the checkpoint is damaged: its metadata 'preparation' is null");
    }

    /** {@return the same as JSON} */
    public String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return whether positions have time steps} */
    public boolean timed() {
        return step > 0;
    }

    /** {@return the model's inputs of a position: the columns, and their masks} */
    public int width() {
        return fill == Fill.MASK ? 2 * inputs.size() : inputs.size();
    }

    /**
     * {@return what prepared samples look like}
     *
     * @param classes how many; 0 in regression
     * @param tokens of the vocabulary, for texts
     * @param each whether each position has an answer
     */
    public Shape shape(int classes, int tokens, boolean each) {
        boolean text = inputs.isEmpty();
        return new Shape(
                length,
                text ? tokens : width(),
                text,
                true,
                classes,
                1,
                0,
                targets.size(),
                timed(),
                each);
    }

    /** {@return the inputs' names} */
    public List<String> inputNames() {
        return inputs.stream().map(Column::name).toList();
    }

    /**
     * {@return the same for a model of another length}
     *
     * @param length L
     */
    public Preparation withLength(int length) {
        return new Preparation(
                source, inputs, fill, length, step, unread, timeUnit, targets, reader);
    }

    /**
     * {@return whether it prepares as another one does, and knows no less of the times}
     *
     * @param other of data that are to be prepared
     */
    boolean isLike(Preparation other) {
        return equals(other)
                || (unread == null
                        && equals(
                                new Preparation(
                                        other.source,
                                        other.inputs,
                                        other.fill,
                                        other.length,
                                        other.step,
                                        null,
                                        other.timeUnit,
                                        other.targets,
                                        other.reader)));
    }

    /** {@return whether sequences had no times in training, so that none may have some now} */
    public boolean timeless() {
        return unread != null && unread == NO_TIMES;
    }

    /**
     * Demands that times which the model does not read tell nothing that it does not know: its
     * positions are equally far apart.
     *
     * @param times of a sequence
     * @param place of the sequence, for the message
     * @throws UserError at the first step that is another
     */
    public void checkUnread(double[] times, String place) {
        if (timed() || times.length < 2 || (unread != null && unread == ANY_TIMES)) {
            return;
        }
        double equal = unread == null ? times[1] - times[0] : unread;
        for (int k = 1; k < times.length; k++) {
            checkUnread(times[k] - times[k - 1], equal, k, place);
        }
    }

    /**
     * The same of a single step.
     *
     * @param step from the position before
     * @param position of the sequence, from 0
     * @param place of the sequence, for the message
     * @throws UserError when it is another than in training
     */
    public void checkUnread(double step, long position, String place) {
        if (!timed() && unread != null && unread != ANY_TIMES) {
            checkUnread(step, unread, position, place);
        }
    }

    private static void checkUnread(double step, double equal, long position, String place) {
        if (!(Math.abs(step - equal) <= EQUAL * equal)) {
            throw new UserError(
                    "%s: position %d is %s behind the one before, and the model, which reads no times, was trained on positions %s apart; train with data.times: use"
                            .formatted(place, position, step, equal));
        }
    }

    /**
     * Writes a sequence of numbers into a batch; positions behind it become padding of zeros, one
     * step apart.
     *
     * @param length of the sequence; more than L is cut
     * @param times (length); null where they are not used
     * @param values (length, C), NaN where one is missing
     * @param batch of the model's shape
     * @param row where in the batch
     */
    public void write(int length, double[] times, double[] values, Batch batch, int row) {
        int kept = Math.min(length, this.length);
        int width = width();
        int columns = inputs.size();
        int first = row * this.length * width;
        boolean mask = fill == Fill.MASK;
        for (int c = 0; c < columns; c++) {
            Column column = inputs.get(c);
            int at = first + (mask ? 2 * c : c);
            float last = 0;
            for (int k = 0; k < kept; k++, at += width) {
                double value = values[k * columns + c];
                boolean missing = Double.isNaN(value);
                if (!missing) {
                    last = column.scaled(value);
                }
                batch.x[at] = missing && fill != Fill.FORWARD ? 0 : last;
                if (mask) {
                    batch.x[at + 1] = missing ? 0 : 1;
                }
            }
        }
        Arrays.fill(batch.x, first + kept * width, first + this.length * width, 0);
        batch.lengths[row] = kept;
        if (batch.dt != null) {
            int start = row * this.length;
            Arrays.fill(batch.dt, start, start + this.length, 1);
            for (int k = 1; k < kept; k++) {
                batch.dt[start + k] = (float) ((times[k] - times[k - 1]) / step);
            }
        }
    }

    /**
     * Prepares one position, as {@link #write} does in a sequence.
     *
     * @param values the user's begin at {@code from}, (C), NaN where one is missing
     * @param from see {@code values}
     * @param held what each column was last, (C), begins at {@code at}; changed. Null unless the
     *     last value fills gaps
     * @param at see {@code held}
     * @param out the model's begin at {@code to}, ({@link #width}); written
     * @param to see {@code out}
     */
    public void position(float[] values, int from, float[] held, int at, float[] out, int to) {
        boolean mask = fill == Fill.MASK;
        for (int c = 0; c < inputs.size(); c++) {
            double value = values[from + c];
            boolean missing = Double.isNaN(value);
            float scaled = missing ? 0 : inputs.get(c).scaled(value);
            if (held != null) {
                held[at + c] = missing ? held[at + c] : scaled;
                scaled = held[at + c];
            }
            out[mask ? to + 2 * c : to + c] = scaled;
            if (mask) {
                out[to + 2 * c + 1] = missing ? 0 : 1;
            }
        }
    }

    /** {@return whether the last value of a column fills its gaps} */
    public boolean holds() {
        return fill == Fill.FORWARD;
    }

    /**
     * Turns numbers that were told into the user's, in place.
     *
     * @param means (targets), or (L, targets)
     * @param deviations standard deviations likewise
     */
    public void restore(double[] means, double[] deviations) {
        for (int k = 0; k < means.length; k++) {
            Column column = targets.get(k % targets.size());
            means[k] = means[k] * column.scale() + column.center();
            deviations[k] *= column.scale();
        }
    }
}
