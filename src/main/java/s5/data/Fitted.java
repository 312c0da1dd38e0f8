package s5.data;

import s5.UserError;
import s5.config.Messages;

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

    /**
     * Demands that the numbers of classes, tokens and targets mean in a data set what they mean to
     * the model.
     *
     * @param data to evaluate it on
     * @throws UserError that names the first that is another
     */
    public void checkSame(Dataset data) {
        checkSame("classes", classNames, data.classNames());
        checkSame("tokens", tokenNames, data.tokenNames());
        checkSame("targets", targetNames, data.targetNames());
    }

    private static void checkSame(String what, List<String> models, List<String> datas) {
        for (int k = 0; !models.isEmpty() && k < Math.max(models.size(), datas.size()); k++) {
            String its = k < models.size() ? Messages.quoted(models.get(k)) : "nothing";
            String other = k < datas.size() ? Messages.quoted(datas.get(k)) : "nothing";
            if (!its.equals(other)) {
                throw new UserError(
                        "the data have other %s than the model: %s at place %d, where the model has %s"
                                .formatted(what, other, k, its));
            }
        }
    }
}
