package s5.data;

import s5.UserError;
import s5.data.DataSource.TextReader;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Texts as sequences of characters, as Python's {@code list(text)} gives them to the official
 * loaders: a character is a Unicode code point, case, blanks and markup are kept, a text is cut
 * after L - 1 characters, and &lt;eos&gt; follows.
 */
public final class Characters {
    /** An id is a byte. */
    private static final int MOST = 256;

    private final Vocabulary vocabulary;
    private final byte[] ids = new byte[Character.MAX_CODE_POINT + 1];
    private final byte[] sequence;

    /**
     * @param length L
     */
    Characters(Vocabulary vocabulary, int length) {
        this.vocabulary = vocabulary;
        this.sequence = new byte[length];
        Arrays.fill(ids, (byte) Vocabulary.UNKNOWN_ID);
        for (int id = Vocabulary.END_ID + 1; id < vocabulary.size(); id++) {
            ids[vocabulary.tokens().get(id).codePointAt(0)] = (byte) id;
        }
    }

    /** {@return what the ids mean} */
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /**
     * Turns a text into ids, the first so many of {@link #sequence()}.
     *
     * @param text what is longer than L - 1 is cut off
     * @return how many ids there are, at most L
     */
    public int encode(String text) {
        int count = 0;
        for (int i = 0; i < text.length() && count < sequence.length - 1; ) {
            int c = text.codePointAt(i);
            sequence[count++] = ids[c];
            i += Character.charCount(c);
        }
        sequence[count++] = Vocabulary.END_ID;
        return count;
    }

    /** The ids of a text of any length, an end mark behind them. */
    private int[] all(String text) {
        return IntStream.concat(
                        text.codePoints().map(c -> ids[c] & 0xff), IntStream.of(Vocabulary.END_ID))
                .toArray();
    }

    /** {@return the ids, (L)} Valid until the next {@link #encode}. */
    public byte[] sequence() {
        return sequence;
    }

    /**
     * Reads texts of a user's own: a sample a line, the texts of a sample with tabs between them.
     *
     * @param fitted of a model whose tokens are characters
     * @return a reader for lines of texts
     */
    public static TextReader reader(Fitted fitted) {
        Shape shape = fitted.shape();
        Characters characters = new Characters(new Vocabulary(fitted.tokenNames()), shape.length());
        return (line, place) -> {
            String[] texts = shape.documents() == 1 ? new String[] {line} : line.split("\t", -1);
            if (texts.length != shape.documents()) {
                throw new UserError(
                        "%s: %d texts where the model takes %d; put a tab between them"
                                .formatted(place, texts.length, shape.documents()));
            }
            return Stream.of(texts).map(characters::all).toList();
        };
    }

    /** Counts the characters of the texts that a vocabulary is made from. */
    public static final class Counter {
        private final int length;
        private final long[] counts = new long[Character.MAX_CODE_POINT + 1];

        /**
         * Nothing is counted yet.
         *
         * @param length L: what is cut off a text does not count
         */
        public Counter(int length) {
            this.length = length;
        }

        /**
         * Counts the characters of a text.
         *
         * @param text of the training split
         */
        public void add(String text) {
            int kept = 0;
            for (int i = 0; i < text.length() && kept < length - 1; kept++) {
                int c = text.codePointAt(i);
                counts[c]++;
                i += Character.charCount(c);
            }
        }

        /**
         * Ids by the rules of {@link Vocabulary#of}.
         *
         * @param minFrequency characters that occur less often have no id
         * @param what the data set, for the message
         * @return what turns texts into these ids
         * @throws UserError when there are more characters than a byte has values
         */
        public Characters characters(long minFrequency, String what) {
            Map<String, Long> found = new HashMap<>();
            for (int c = 0; c < counts.length; c++) {
                if (counts[c] > 0) {
                    found.put(Character.toString(c), counts[c]);
                }
            }
            Vocabulary vocabulary = Vocabulary.of(found, minFrequency);
            if (vocabulary.size() > MOST) {
                throw new UserError(
                        "%s: %d different characters occur %d times or more in the training texts; %d can be told apart"
                                .formatted(
                                        what,
                                        vocabulary.size() - Vocabulary.END_ID - 1,
                                        minFrequency,
                                        MOST - Vocabulary.END_ID - 1));
            }
            return new Characters(vocabulary, length);
        }
    }
}
