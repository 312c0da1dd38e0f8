package s5.infer;

import s5.Sequence;
import s5.UserError;
import s5.config.Messages;
import s5.data.Batch;
import s5.data.Shape;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A sequence as a model takes it.
 *
 * @param values (L, inputs), not to be changed; null when it is of tokens
 * @param tokens of each document, not to be changed; null when it is of numbers
 * @param dt (L): the time before each position; null for a model without time steps
 * @param length L, that of the longer document
 * @param cut whether something was left out at the end
 */
record Reading(float[] values, List<int[]> tokens, float[] dt, int length, boolean cut) {

    /**
     * Looks at a sequence with the eyes of a model.
     *
     * @throws IllegalArgumentException when it is of the wrong kind
     * @throws UserError when something is wrong with the data in it
     */
    static Reading of(Sequence sequence, Trained model) {
        Shape shape = model.shape();
        if (sequence.text() != null) {
            return text(sequence, model);
        }
        if (shape.tokens()) {
            return tokens(sequence, model);
        }
        return numbers(sequence, model);
    }

    private static Reading numbers(Sequence sequence, Trained model) {
        Shape shape = model.shape();
        int channels = model.channels();
        checkChannels(sequence, channels);
        boolean times = sequence.times() != null;
        if (shape.timed() && !times) {
            throw new IllegalArgumentException(
                    "%s for a model that reads times; add withTimes(...)".formatted(sequence));
        }
        if (!shape.timed() && times) {
            checkUnread(sequence, model);
        }
        int length = kept(sequence, sequence.length(), model);
        double[] values = sequence.values();
        for (int i = 0; i < length * channels; i++) {
            check(values[i], i % channels, i / channels, model);
        }
        boolean cut = length < sequence.length();
        if (model.preparation() != null) {
            Batch batch = new Batch(shape.withLength(length), 1);
            model.preparation()
                    .withLength(length)
                    .write(length, sequence.times(), values, batch, 0);
            return new Reading(batch.x, null, batch.dt, length, cut);
        }
        float[] narrow = new float[length * channels];
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = (float) values[i];
        }
        return new Reading(narrow, null, steps(sequence.times(), length), length, cut);
    }

    /**
     * Demands times that tell nothing new: equal steps, as a set of the user's own may have had.
     */
    private static void checkUnread(Sequence sequence, Trained model) {
        if (model.timeless()) {
            throw new IllegalArgumentException(
                    "%s for a model of positions one step apart".formatted(sequence));
        }
        model.preparation().checkUnread(sequence.times(), "sequence");
    }

    /** Demands so many numbers at each position. */
    static void checkChannels(Sequence sequence, int channels) {
        if (sequence.values() == null || sequence.channels() != channels) {
            throw new IllegalArgumentException(
                    "%s for a model of %d numbers at each position".formatted(sequence, channels));
        }
    }

    /**
     * Demands that a model can do something with a number.
     *
     * @param channel where it is in its position
     */
    static void check(double value, int channel, long position, Trained model) {
        boolean fills = model.preparation() != null || model.forecast() != null;
        boolean missing = Double.isNaN(value) && fills;
        if (!missing && !Float.isFinite((float) value)) {
            throw new UserError(
                    "values: number %d at position %d is %s, which the model cannot take"
                            .formatted(channel, position, value));
        }
    }

    /** The first one is 1, as in training. */
    private static float[] steps(double[] times, int length) {
        if (times == null) {
            return null;
        }
        float[] dt = new float[length];
        dt[0] = 1;
        for (int k = 1; k < length; k++) {
            dt[k] = (float) (times[k] - times[k - 1]);
        }
        return dt;
    }

    private static Reading tokens(Sequence sequence, Trained model) {
        Shape shape = model.shape();
        boolean pair = sequence.pair() != null;
        if (sequence.values() != null || pair != (shape.documents() == 2)) {
            throw new IllegalArgumentException(
                    "%s for a model of %s"
                            .formatted(
                                    sequence,
                                    shape.documents() == 2
                                            ? "two sequences of tokens"
                                            : "tokens or text"));
        }
        List<int[]> documents =
                pair
                        ? sequence.pair().stream().map(Sequence::tokens).toList()
                        : List.of(sequence.tokens());
        for (int[] ids : documents) {
            for (int id : ids) {
                checkToken(id, shape);
            }
        }
        return tokens(documents, sequence, model);
    }

    /** Demands that a model knows a token. */
    static void checkToken(int id, Shape shape) {
        if (id < 0 || id >= shape.inputs()) {
            throw new IllegalArgumentException(
                    "token %d for a model of the tokens 0 to %d".formatted(id, shape.inputs() - 1));
        }
    }

    private static Reading tokens(List<int[]> documents, Sequence sequence, Trained model) {
        if (sequence.times() != null) {
            throw new IllegalArgumentException(
                    "%s for a model of positions one step apart".formatted(sequence));
        }
        int most = 0;
        boolean cut = false;
        List<int[]> kept = new ArrayList<>();
        for (int[] ids : documents) {
            int length = kept(sequence, ids.length, model);
            kept.add(length < ids.length ? Arrays.copyOf(ids, length) : ids);
            cut |= length < ids.length;
            most = Math.max(most, length);
        }
        return new Reading(null, kept, null, most, cut);
    }

    private static Reading text(Sequence sequence, Trained model) {
        Shape shape = model.shape();
        if (!shape.tokens()) {
            throw new IllegalArgumentException(
                    "a text for a model of numbers, %d at each position".formatted(shape.inputs()));
        }
        int half = Messages.halfCharacter(sequence.text());
        if (half >= 0) {
            throw new UserError(
                    "text: has half a character (a surrogate alone) at place %d".formatted(half));
        }
        int enough = sequence.text().length() + 2; // a token a character, an end mark
        List<int[]> whole =
                model.texts(Math.max(enough, shape.length())).ids(sequence.text(), "text");
        boolean fits = whole.stream().allMatch(ids -> ids.length <= shape.length());
        if (fits || sequence.mayHaveAnyLength()) {
            return tokens(whole, sequence, model);
        }
        int longest = whole.stream().mapToInt(ids -> ids.length).max().orElse(0);
        if (!sequence.mayBeCut()) {
            throw tooLong("text", longest, model);
        }
        // Cut as in training, where an end mark stood behind what was left.
        List<int[]> cut = model.texts(shape.length()).ids(sequence.text(), "text");
        Reading read = tokens(cut, sequence, model);
        return new Reading(null, read.tokens, null, read.length, true);
    }

    /** How many positions are to be read. */
    private static int kept(Sequence sequence, int length, Trained model) {
        Shape shape = model.shape();
        boolean tooLong = length > shape.length();
        if (tooLong && sequence.mayBeCut()) {
            return shape.length();
        }
        if (sequence.mayHaveAnyLength() && !(tooLong && model.seesPadding())) {
            return length;
        }
        if (tooLong) {
            throw tooLong("sequence", length, model);
        }
        if (!shape.padded() && length < shape.length()) {
            throw new UserError(
                    "sequence: %,d positions, and the model was trained on sequences of %,d only; ofAnyLength() has it taken all the same"
                            .formatted(length, shape.length()));
        }
        return length;
    }

    private static UserError tooLong(String what, int length, Trained model) {
        return new UserError(
                "%s: %,d positions are more than the %,d that the model was trained on; cuttable() lets the rest be left out%s"
                        .formatted(
                                what,
                                length,
                                model.shape().length(),
                                model.seesPadding() ? "" : ", ofAnyLength() has all of it taken"));
    }
}
