package s5.cli;

import s5.UserError;
import s5.config.Messages;
import s5.config.Schema;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The words after a command, sorted.
 *
 * @param operands files and names
 * @param settings words like {@code train.epochs=3}; a path that has an equals sign after a slash
 *     is an operand
 */
public record Words(List<String> operands, List<String> settings) {
    private static final Pattern SETTING =
            Pattern.compile("[A-Za-z_][A-Za-z0-9_.]*=.*", Pattern.DOTALL);

    /**
     * {@return the words, sorted}
     *
     * @param words behind the command
     */
    public static Words of(List<String> words) {
        List<String> operands = new ArrayList<>();
        List<String> settings = new ArrayList<>();
        for (String word : words) {
            (isSetting(word) ? settings : operands).add(word);
        }
        return new Words(operands, settings);
    }

    /**
     * {@return whether a word has the form {@code key=value}}
     *
     * @param word of a command line
     */
    public static boolean isSetting(String word) {
        return SETTING.matcher(word).matches();
    }

    /**
     * The settings of a command that takes a config, and has options of its own besides.
     *
     * @param own words for the command: {@code resume=true}
     * @param config words for the config, which says what is wrong with unknown ones
     */
    public record Split(List<String> own, List<String> config) {}

    /**
     * {@return the options of a command and the settings of the config, told apart}
     *
     * @param options the command's record of options, see {@link s5.config.ConfigLoader#options}
     */
    public Split split(Class<? extends Record> options) {
        return split(
                Schema.of(options).settings().stream()
                        .map(Schema.Setting::path)
                        .collect(Collectors.toSet()));
    }

    /**
     * Tells the options of a command from the settings of the config.
     *
     * @param keys of the options
     */
    Split split(Set<String> keys) {
        Map<Boolean, List<String>> own =
                settings.stream()
                        .collect(Collectors.partitioningBy(word -> keys.contains(key(word))));
        return new Split(own.get(true), own.get(false));
    }

    /** What stands before the equals sign of a setting. */
    static String key(String setting) {
        return setting.substring(0, setting.indexOf('='));
    }

    /** What stands behind the equals sign of a setting. */
    static String value(String setting) {
        return setting.substring(setting.indexOf('=') + 1);
    }

    /**
     * {@return the one operand of a command that takes a single file or folder}
     *
     * @param command its name, for the error
     * @param operand what it takes, such as {@code CONFIG}
     * @throws UserError when there is none, or more than one
     */
    public Path only(String command, String operand) {
        if (operands.size() != 1) {
            String found = operands.isEmpty() ? "" : ", not " + String.join(" and ", operands);
            throw new UserError(
                    "%s takes one %s%s; write s5 %s %s [key=value ...]"
                            .formatted(command, operand, found, command, operand));
        }
        return path(operands.getFirst());
    }

    /**
     * Why words that came from the system are not what was typed: without a UTF-8 locale Java puts
     * U+FFFD for what is not ASCII, and with one for bytes that are no UTF-8, as in names of files
     * from old archives; it finds no file of that name.
     *
     * @param words of the command line
     * @param folder the current one
     * @return what to say; empty where all can be read
     */
    public static Optional<String> unreadable(List<String> words, String folder) {
        String charset = System.getProperty("sun.jnu.encoding");
        boolean utf8 = "UTF-8".equals(charset);
        return Stream.concat(words.stream(), Stream.of(folder))
                .filter(word -> word.indexOf('\uFFFD') >= 0)
                .filter(word ->
                        !utf8 || !Files.exists(Path.of(word.substring(word.indexOf('=') + 1))))
                .findFirst()
                .map(word ->
                        utf8
                                ? "%s: holds bytes that are no UTF-8, which no name can be told by here; rename the file or folder"
                                        .formatted(Messages.quoted(word))
                                : "%s: this locale's charset, %s, cannot tell its letters; set LC_ALL=C.UTF-8, or start with bin/s5, which does"
                                        .formatted(Messages.quoted(word), charset));
    }

    /**
     * {@return a word as a path}
     *
     * @param word of a command line
     * @throws UserError when it cannot be one
     */
    public static Path path(String word) {
        if (word.isBlank()) {
            throw new UserError("an empty word where a file or folder should stand");
        }
        try {
            return Path.of(word);
        } catch (InvalidPathException e) {
            throw new UserError(
                    "%s is no path: %s".formatted(Messages.quoted(word), e.getReason()), e);
        }
    }
}
