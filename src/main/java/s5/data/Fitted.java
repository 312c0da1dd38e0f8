package s5.data;

import java.util.List;

/**
 * What a trained model knows of the data that it was trained on; a checkpoint keeps it, so that
 * samples of a user's own can be read without the data set.
 *
 * @param shape of the samples
 * @param classNames the classes by their numbers; in regression without a meaning
 * @param tokenNames the tokens by their ids; empty where samples are not tokens
 * @param targetNames in regression, what the numbers to be told are; empty in classification, and
 *     where a checkpoint of before does not say
 * @param preparation what was fitted on the training part, see {@link Dataset#preparation}
 */
public record Fitted(
        Shape shape,
        List<String> classNames,
        List<String> tokenNames,
        List<String> targetNames,
        String preparation) {
    /**
     * Of a data set that fits nothing but its names.
     *
     * @param shape of the samples
     * @param classNames the classes by their numbers
     * @param tokenNames the tokens by their ids; empty where samples are not tokens
     */
    public Fitted(Shape shape, List<String> classNames, List<String> tokenNames) {
        this(shape, classNames, tokenNames, List.of(), "");
    }
}
