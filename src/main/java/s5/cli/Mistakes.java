package s5.cli;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

import s5.config.ConfigLoader;
import s5.config.Messages;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What to say of words that the command line does not take. */
public final class Mistakes {
    private Mistakes() {}

    /**
     * What to say, in one line. What begins with dashes is told in the form that it has here, a
     * word without them.
     *
     * @param e what the parser says
     * @return the line, without its end
     */
    public static String describe(ParameterException e) {
        if (!(e instanceof UnmatchedArgumentException unmatched)) {
            return e.getMessage();
        }
        List<String> words = unmatched.getUnmatched();
        String word = words.getFirst();
        if (!word.startsWith("-")) {
            return e.getMessage();
        }
        // Beside an option, a word is unmatched only where no word was expected: before a command.
        String next = words.size() > 1 && !words.get(1).startsWith("-") ? words.get(1) : "";
        int equals = word.indexOf('=');
        String name = word.substring(0, equals < 0 ? word.length() : equals);
        name = name.replaceFirst("^-+", "").replace('-', '_');
        String none = "no such option " + Messages.quoted(word);
        if (word.startsWith("--config=")) {
            String config = word.substring(equals + 1);
            return "%s; a config and settings are words without dashes: s5 %s key=value"
                    .formatted(none, config.isEmpty() ? "CONFIG" : Messages.shown(config));
        }
        if (word.startsWith("--") && equals > 0) {
            return none
                    + "; a setting is a word without dashes: "
                    + Messages.shown(word.substring(2));
        }
        Optional<String> setting = setting(e, name);
        if (word.startsWith("--") && setting.isPresent()) {
            return none + "; a setting is a word without dashes: " + setting.get();
        }
        if (word.matches("-[A-Za-z]|--config")) {
            return "%s; a config and settings are words without dashes: s5 %s key=value"
                    .formatted(none, next.isEmpty() ? "CONFIG" : Messages.shown(next));
        }
        return "Unknown option: " + Messages.quoted(word);
    }

    /**
     * An option of the command, as its help has it, or a key of a config; without a command, of the
     * one that a config alone stands for.
     */
    private static Optional<String> setting(ParameterException e, String name) {
        CommandLine command = e.getCommandLine();
        if (command.getParent() == null) {
            command = command.getSubcommands().getOrDefault("train", command);
        }
        return command.getCommandSpec().positionalParameters().stream()
                .flatMap(words -> Arrays.stream(words.description()))
                .filter(line -> line.startsWith(name + "="))
                .map(line -> line.replaceFirst("[:,].*", ""))
                .findFirst()
                .or(() -> ConfigLoader.keyNamed(name).map(key -> key + "=..."));
    }
}
