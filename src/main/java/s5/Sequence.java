package s5;

import java.util.List;
import java.util.Objects;

/**
 * What a model reads: L positions of numbers, or of tokens, or a text. Immutable; as long as it is,
 * nothing has to be filled up with zeros. Numbers are those of the user: what was scaled in
 * training is scaled by the model, and where a value is missing it is NaN, if the model has learnt
 * what to do then.
 *
 * <pre>{@code
 * Sequence three = Sequence.ofValues(new float[] {0.1f, 0.4f, 0.2f, 0.9f, 0.3f, 0.5f}, 2); // L = 3
 * Sequence words = Sequence.ofText("[MAX 4 [MIN 2 3 ] 7 ]");
 * }</pre>
 */
public final class Sequence {
    private final double[] values; // null unless it is of numbers
    private final int channels;
    private final int[] tokens; // null unless it is of tokens
    private final String text; // null unless it is one
    private final List<Sequence> pair; // null unless it is one
    private final double[] times; // null when positions are one step apart
    private final boolean cuttable;
    private final boolean anyLength;

    private Sequence(
            double[] values,
            int channels,
            int[] tokens,
            String text,
            List<Sequence> pair,
            double[] times,
            boolean cuttable,
            boolean anyLength) {
        this.values = values;
        this.channels = channels;
        this.tokens = tokens;
        this.text = text;
        this.pair = pair;
        this.times = times;
        this.cuttable = cuttable;
        this.anyLength = anyLength;
    }

    /**
     * {@return a sequence of numbers}
     *
     * @param values (L, channels), position by position; copied
     * @param channels numbers of a position
     * @throws IllegalArgumentException when they are no whole number of positions, or none
     */
    public static Sequence ofValues(float[] values, int channels) {
        Objects.requireNonNull(values, "values");
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return of(wide, channels);
    }

    /**
     * {@return a sequence of numbers}
     *
     * @param values (L, channels), position by position; copied
     * @param channels numbers of a position
     * @throws IllegalArgumentException when they are no whole number of positions, or none
     */
    public static Sequence ofValues(double[] values, int channels) {
        return of(Objects.requireNonNull(values, "values").clone(), channels);
    }

    private static Sequence of(double[] values, int channels) {
        if (channels < 1 || values.length == 0 || values.length % channels != 0) {
            throw new IllegalArgumentException(
                    "%d values are no positions of %d each".formatted(values.length, channels));
        }
        return new Sequence(values, channels, null, null, null, null, false, false);
    }

    /**
     * {@return a sequence of numbers}
     *
     * @param positions (L, channels), copied
     * @throws IllegalArgumentException when there are none, or not as many numbers in each
     */
    public static Sequence ofValues(float[][] positions) {
        Objects.requireNonNull(positions, "positions");
        for (int k = 0; k < positions.length; k++) {
            int at = k;
            Objects.requireNonNull(positions[k], () -> "positions[" + at + "]");
        }
        int channels = positions.length == 0 ? 0 : positions[0].length;
        if ((long) positions.length * channels > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "%d positions of %d numbers are more than an array holds"
                            .formatted(positions.length, channels));
        }
        float[] values = new float[positions.length * channels];
        for (int k = 0; k < positions.length; k++) {
            if (positions[k].length != channels) {
                throw new IllegalArgumentException(
                        "position %d has %d values, position 0 has %d"
                                .formatted(k, positions[k].length, channels));
            }
            System.arraycopy(positions[k], 0, values, k * channels, channels);
        }
        return ofValues(values, channels);
    }

    /**
     * {@return a sequence of tokens}
     *
     * @param ids (L): places in {@link S5Model#tokens}; copied
     * @throws IllegalArgumentException when there are none
     */
    public static Sequence ofTokens(int... ids) {
        Objects.requireNonNull(ids, "ids");
        if (ids.length == 0) {
            throw new IllegalArgumentException("a sequence without tokens");
        }
        return new Sequence(null, 0, ids.clone(), null, null, null, false, false);
    }

    /**
     * {@return a text, which the model turns into tokens as it did in training}
     *
     * @param text for {@code listops} an expression, for {@code imdb} a review, for {@code aan} two
     *     papers with a tab between
     */
    public static Sequence ofText(String text) {
        Objects.requireNonNull(text, "text");
        return new Sequence(null, 0, null, text, null, null, false, false);
    }

    /**
     * {@return two sequences of tokens for a model that compares two}
     *
     * @param first of the two
     * @param second of the two
     * @throws IllegalArgumentException when one is not of tokens; a pair of texts is one text with
     *     a tab between
     */
    public static Sequence ofPair(Sequence first, Sequence second) {
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(second, "second");
        if (first.tokens == null || second.tokens == null) {
            throw new IllegalArgumentException(
                    "a pair is of two sequences of tokens; two texts are one with a tab between");
        }
        return new Sequence(null, 0, null, null, List.of(first, second), null, false, false);
    }

    /**
     * {@return the same sequence at times of its own, for a model that reads time steps}
     *
     * @param times (L), increasing, in the unit of the training data; copied
     * @throws IllegalArgumentException when there are not L of them, or one is not above the one
     *     before
     */
    public Sequence withTimes(double... times) {
        Objects.requireNonNull(times, "times");
        if (text != null) {
            throw new IllegalArgumentException("times of a text; only numbers have some");
        }
        if (length() != times.length) {
            throw new IllegalArgumentException(
                    "%d times of %d positions".formatted(times.length, length()));
        }
        for (int k = 0; k < times.length; k++) {
            if (!Double.isFinite(times[k]) || (k > 0 && times[k] <= times[k - 1])) {
                throw new IllegalArgumentException(
                        "time %d is %s, which is not above the one before".formatted(k, times[k]));
            }
        }
        return new Sequence(
                values, channels, tokens, text, pair, times.clone(), cuttable, anyLength);
    }

    /**
     * {@return the same sequence, of which a model may leave out what is behind its longest length}
     * The prediction says whether it did; without this word such a sequence is refused.
     */
    public Sequence cuttable() {
        return new Sequence(values, channels, tokens, text, pair, times, true, anyLength);
    }

    /**
     * {@return the same sequence, which may be longer or shorter than all that the model was
     * trained on} Without this word, a model trained on sequences of one length refuses others.
     */
    public Sequence ofAnyLength() {
        return new Sequence(values, channels, tokens, text, pair, times, cuttable, true);
    }

    /** {@return the positions; -1 for a text, of which only the model knows} */
    public int length() {
        if (values != null) {
            return values.length / channels;
        }
        return tokens != null
                ? tokens.length
                : pair != null ? Math.max(pair.get(0).length(), pair.get(1).length()) : -1;
    }

    /** {@return a copy of (L, channels); null when it is not of numbers} */
    public double[] values() {
        return values == null ? null : values.clone();
    }

    /** {@return numbers of a position; 0 when it is not of numbers} */
    public int channels() {
        return channels;
    }

    /** {@return a copy of (L); null when it is not of tokens} */
    public int[] tokens() {
        return tokens == null ? null : tokens.clone();
    }

    /** {@return the text; null when it is none} */
    public String text() {
        return text;
    }

    /** {@return both parts of a pair; null when it is none} */
    public List<Sequence> pair() {
        return pair;
    }

    /** {@return a copy of (L); null when positions are one step apart} */
    public double[] times() {
        return times == null ? null : times.clone();
    }

    /** {@return whether it {@linkplain #cuttable() may be cut}} */
    public boolean mayBeCut() {
        return cuttable;
    }

    /** {@return whether it {@linkplain #ofAnyLength() may have any length}} */
    public boolean mayHaveAnyLength() {
        return anyLength;
    }

    /** What it is, without its content. */
    @Override
    public String toString() {
        String what =
                values != null
                        ? length() + " x " + channels + " numbers"
                        : tokens != null
                                ? tokens.length + " tokens"
                                : text != null ? "a text" : "a pair of sequences of tokens";
        return times == null ? what : what + " with times";
    }
}
