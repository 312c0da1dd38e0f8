package s5.data;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Numbers for tokens, as torchtext's {@code build_vocab_from_iterator} gives them: the special
 * tokens first, in their order, then the others by (count descending, token ascending).
 */
public final class Vocabulary {
    /** Fills a sequence up to L; always id 0. */
    static final String PAD = "<pad>";

    /** Stands for every token that the training split does not have; always id 1. */
    static final String UNKNOWN = "<unk>";

    /** Ends every sequence; always id 2. */
    static final String END = "<eos>";

    /** The ids of {@link #PAD}, {@link #UNKNOWN} and {@link #END} (no data set starts with bos). */
    static final int PAD_ID = 0;

    /** Id of every token that the training split does not have. */
    public static final int UNKNOWN_ID = 1;

    /** Id of the token at the end of a sequence. */
    public static final int END_ID = 2;

    private final List<String> tokens;
    private final Map<String, Integer> ids = new HashMap<>();

    /**
     * A vocabulary with given ids.
     *
     * @param tokens in the order of their ids, the three specials first
     */
    public Vocabulary(List<String> tokens) {
        if (!tokens.subList(0, Math.min(3, tokens.size())).equals(List.of(PAD, UNKNOWN, END))) {
            throw new IllegalArgumentException("a vocabulary starts with <pad>, <unk>, <eos>");
        }
        this.tokens = List.copyOf(tokens);
        for (String token : this.tokens) {
            if (ids.put(token, ids.size()) != null) {
                throw new IllegalArgumentException("the vocabulary has " + token + " twice");
            }
        }
    }

    /**
     * The vocabulary of a training split.
     *
     * @param counts how often each token occurs in it, after truncation
     * @param minFrequency tokens that occur less often are left out
     * @return the specials, then the others, the most frequent first
     */
    public static Vocabulary of(Map<String, Long> counts, long minFrequency) {
        List<String> specials = List.of(PAD, UNKNOWN, END);
        Comparator<Map.Entry<String, Long>> order =
                Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry::getKey, Vocabulary::compareByCodePoint);
        Stream<String> found =
                counts.entrySet().stream()
                        .filter(e -> e.getValue() >= minFrequency)
                        .filter(e -> !specials.contains(e.getKey()))
                        .sorted(order)
                        .map(Map.Entry::getKey);
        return new Vocabulary(Stream.concat(specials.stream(), found).toList());
    }

    // Python orders strings by code point, String.compareTo by UTF-16 unit.
    private static int compareByCodePoint(String a, String b) {
        return Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());
    }

    /** {@return the number of tokens, specials included} */
    public int size() {
        return tokens.size();
    }

    /** {@return all tokens in the order of their ids} */
    public List<String> tokens() {
        return tokens;
    }

    /**
     * {@return the id of a token; that of {@code <unk>} when it has none}
     *
     * @param token a word or a character
     */
    public int id(String token) {
        return ids.getOrDefault(token, UNKNOWN_ID);
    }
}
