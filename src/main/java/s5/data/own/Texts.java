package s5.data.own;

import java.util.List;

/** What a source does with texts. */
public interface Texts {
    /**
     * {@return the tokens that training texts consist of, their names by their ids; those of {@link
     * s5.data.Vocabulary} come first}
     *
     * @param texts of the training part; can be walked through several times
     */
    List<String> vocabulary(Iterable<String> texts);

    /**
     * {@return what turns texts into tokens, safe from several threads at once}
     *
     * @param tokens as {@link #vocabulary} found them
     */
    Tokenizer tokenizer(List<String> tokens);

    /** Turns a text into tokens. */
    public interface Tokenizer {
        /**
         * {@return the ids of a text, of any number but none: the mark of its end comes last}
         *
         * @param text as it stands in the file
         */
        int[] ids(String text);
    }
}
