package s5.train.rule;

import s5.UserError;
import s5.config.Messages;
import s5.config.TrainConfig;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Names of parameters as a user writes them: whole, or their ends after a slash, with {@code *} for
 * anything.
 *
 * @param patterns by how they are written
 */
record NamePatterns(Map<String, Pattern> patterns) {

    /**
     * {@return the patterns of a list}
     *
     * @param list with commas or blanks between; {@link TrainConfig#NOTHING} for none
     */
    static NamePatterns of(String list) {
        Map<String, Pattern> patterns = new LinkedHashMap<>();
        if (!list.equals(TrainConfig.NOTHING)) {
            Arrays.stream(list.split("[,\\s]+"))
                    .filter(word -> !word.isEmpty())
                    .forEach(word -> patterns.put(word, pattern(word)));
        }
        return new NamePatterns(patterns);
    }

    private static Pattern pattern(String word) {
        return Pattern.compile(
                Arrays.stream(word.split("\\*", -1))
                        .map(Pattern::quote)
                        .collect(Collectors.joining(".*", "(.*/)?", "")));
    }

    /** Whether one of them means this name. */
    boolean match(String name) {
        return patterns.values().stream().anyMatch(p -> p.matcher(name).matches());
    }

    /**
     * Demands that each means one of these names at least.
     *
     * @param key the setting
     */
    void check(String key, List<String> names) {
        patterns.forEach((word, pattern) -> {
            if (names.stream().noneMatch(name -> pattern.matcher(name).matches())) {
                List<String> leaves =
                        names.stream()
                                .map(name -> name.substring(name.lastIndexOf('/') + 1))
                                .distinct()
                                .toList();
                throw new UserError(
                        "%s: the model has no parameter %s%s; s5 info CONFIG lists them"
                                .formatted(
                                        key,
                                        Messages.quoted(word),
                                        Messages.didYouMean(word, leaves)));
            }
        });
    }
}
