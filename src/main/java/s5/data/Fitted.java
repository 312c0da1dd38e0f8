package s5.data;

import java.util.List;

/**
 * What a trained model knows of the data that it was trained on; a checkpoint keeps it, so that
 * samples of a user's own can be read without the data set.
 *
 * @param shape of the samples
 * @param classNames the classes by their numbers
 * @param tokenNames the tokens by their ids; empty where samples are not tokens
 */
public record Fitted(Shape shape, List<String> classNames, List<String> tokenNames) {}
