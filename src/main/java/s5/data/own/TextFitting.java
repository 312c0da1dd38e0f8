package s5.data.own;

import s5.data.Vocabulary;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Fits vocabulary and length to the training part's texts, and says what they leave out. */
final class TextFitting {
    private final Sequences sequences;
    private final Sequences.Source rows;
    private final int[] training;
    private final List<String> tokens;
    private final Texts.Tokenizer tokenizer;

    /**
     * @param training the texts of the training part
     */
    TextFitting(Texts texts, Sequences sequences, Sequences.Source rows, int[] training) {
        this.sequences = sequences;
        this.rows = rows;
        this.training = training;
        tokens =
                texts.vocabulary(() ->
                        Arrays.stream(training).mapToObj(i -> sequences.text(rows, i)).iterator());
        tokenizer = texts.tokenizer(tokens);
    }

    /** The tokens' names by their ids. */
    List<String> tokens() {
        return tokens;
    }

    /** L: as set, or that of the longest training text. */
    int length(int set) {
        return set > 0 ? set : Arrays.stream(training).map(i -> ids(i).length).max().orElseThrow();
    }

    private int[] ids(int i) {
        return tokenizer.ids(sequences.text(rows, i));
    }

    /** How many texts are cut, and how many of all tokens are not known. */
    List<String> notes(int length) {
        int cut = 0;
        int most = 0;
        long all = 0;
        long unknown = 0;
        for (int i = 0; i < sequences.size(); i++) {
            int[] ids = ids(i);
            cut += ids.length > length ? 1 : 0;
            most = Math.max(most, ids.length);
            all += ids.length;
            unknown += unknown(ids);
        }
        List<String> notes = new ArrayList<>();
        if (cut > 0) {
            notes.add(
                    "%,d texts are longer than data.length %,d and are cut; the longest has %,d tokens"
                            .formatted(cut, length, most));
        }
        if (unknown > 0) {
            notes.add(
                    "%,d of %,d tokens are not in the vocabulary of %,d"
                            .formatted(unknown, all, tokens.size()));
        }
        return notes;
    }

    /** How many ids are of no token of the vocabulary. */
    static long unknown(int[] ids) {
        return Arrays.stream(ids).filter(id -> id == Vocabulary.UNKNOWN_ID).count();
    }
}
