package s5.config;

import s5.UserError;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Some tensors by their names: {@code encoder/*, decoder/bias}. A star stands for any letters,
 * slashes too.
 *
 * @param texts the patterns, none of them empty; none match nothing
 */
public record NamePatterns(List<String> texts) {
    /**
     * {@return the patterns of a setting}
     *
     * @param key its full name, such as {@code train.freeze}
     * @param text patterns with commas between, or {@link TrainConfig#NOTHING}
     * @throws UserError when one is empty
     */
    public static NamePatterns of(String key, String text) {
        if (text.equals(TrainConfig.NOTHING)) {
            return new NamePatterns(List.of());
        }
        List<String> texts = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        Check.that(
                texts.stream().noneMatch(String::isEmpty),
                key,
                "takes names of tensors with commas between, such as encoder/*,decoder/bias; one is"
                        + " empty");
        return new NamePatterns(texts);
    }

    /**
     * {@return whether one of the patterns is that of a name}
     *
     * @param name of a tensor
     */
    public boolean match(String name) {
        return texts.stream().anyMatch(text -> matches(text, name));
    }

    /**
     * Demands that each pattern is that of a name.
     *
     * @param key the setting that they are of
     * @param names of all tensors there are
     * @throws UserError when one is not
     */
    public void checkUsed(String key, Collection<String> names) {
        for (String text : texts) {
            if (names.stream().noneMatch(name -> matches(text, name))) {
                throw new UserError(
                        "%s: %s is the name of no parameter%s; s5 info CONFIG lists them"
                                .formatted(
                                        key,
                                        Messages.quoted(text),
                                        Messages.didYouMean(text, names)));
            }
        }
    }

    private static boolean matches(String text, String name) {
        String pattern =
                Arrays.stream(text.split("\\*", -1))
                        .map(Pattern::quote)
                        .collect(Collectors.joining(".*"));
        return name.matches(pattern);
    }
}
