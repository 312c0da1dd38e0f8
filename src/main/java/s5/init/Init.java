package s5.init;

import s5.config.Config;
import s5.config.ConfigLoader;
import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Shape;
import s5.data.Splits;
import s5.data.forecast.Windows;
import s5.init.Proposal.Choice;
import s5.init.Sighting.Line;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks at files and writes the config that they need. */
public final class Init {
    /** Positions of a sequence that a CPU learns from in minutes. */
    private static final int LONG = 8_000;

    /** Tokens of a text that do. */
    private static final int LONG_TEXT = 1_024;

    private static final String ANSWERS = "data.answers=";

    private final Sighting found;
    private final List<String> more;
    private Config config;
    private Splits splits;

    private Init(Sighting found, List<String> more) {
        this.found = found;
        this.more = more;
    }

    /**
     * What was made of some files.
     *
     * @param yaml the config
     * @param seen what they hold, a line each
     */
    public record Written(String yaml, List<String> seen) {}

    /**
     * Looks, opens the data as the config will, and chooses a model.
     *
     * @param paths files and folders
     * @param command what was typed, for the comment at the top
     * @param file that the config will stand in
     * @param words {@code key=value} that win over what is found
     * @return the config, which works as it is
     * @throws s5.UserError when the files are of no kind that is read, or damaged
     */
    public static Written of(List<Path> paths, String command, Path file, List<String> words) {
        Sighting found = Look.at(paths);
        List<String> more = new ArrayList<>();
        for (String word : words) {
            if (word.startsWith(ANSWERS)) {
                found.with("answers", word.substring(ANSWERS.length()), "as was said to init");
            } else {
                more.add(word);
            }
        }
        Init init = new Init(found, more);
        init.open();
        init.shorten();
        return init.written(command, file);
    }

    private List<String> words() {
        List<String> words = new ArrayList<>(List.of("data.set=" + found.set()));
        for (Line line : found.lines()) {
            String value = line.value();
            boolean quoted = value.startsWith("\"");
            words.add("data." + line.key() + "=" + (quoted ? unquoted(value) : value));
        }
        words.addAll(more);
        return words;
    }

    private static String unquoted(String value) {
        return value.substring(1, value.length() - 1)
                .replace("\\n", "\n")
                .replace("\\t", "\t")
                .replace("\\\"", "\"")
                .replace("\\\\", "\\");
    }

    private void open() {
        config = ConfigLoader.of(words().toArray(String[]::new));
        splits = config.data().open();
    }

    /** Cuts sequences that are far longer than most, or than a machine like this learns from. */
    private void shorten() {
        if (splits.train() instanceof Windows windows) {
            forecast(windows);
            return;
        }
        boolean text = found.set().equals("text");
        int longest = splits.shape().length();
        int beyond = Math.max(longest(splits.validation()), longest(splits.test()));
        int[] lengths = lengths(splits.train());
        Arrays.sort(lengths);
        int most = lengths[(int) (0.98 * (lengths.length - 1))]; // of nearly all
        int limit = text ? LONG_TEXT : LONG;
        if (found.set().equals("audio") && most > limit) {
            int rate = rate();
            int lower = rate;
            while (lower > 8_000 && (double) most * lower / rate > limit) {
                lower = lower > 16_000 ? 16_000 : 8_000;
            }
            if (lower < rate) {
                found.with("rate", lower, "lower than the files' %,d, to be quick".formatted(rate));
                most = (int) Math.ceil((double) most * lower / rate);
                longest = (int) Math.ceil((double) longest * lower / rate);
            }
        }
        if (most > limit || (longest > 64 && longest > 2 * most)) {
            int length = Math.min(most, limit);
            found.with(
                    "length",
                    length,
                    "the longest has %,d, %d %% of them at most %,d: what is behind is cut"
                            .formatted(longest, 98, most));
            open();
        } else if (beyond > longest) {
            found.with("length", beyond, "the longest, which is not in the training part");
            open();
        } else if (longest != splits.shape().length()) {
            open();
        }
    }

    /** Chooses windows that suit the season and the level of a series. */
    private void forecast(Windows windows) {
        int season = windows.layout().season();
        int context = ForecastProposal.context(windows.layout().context(), season);
        found.set("context", context, "rows that are seen");
        int patch = ForecastProposal.patch(context, season);
        boolean whole = patch == season;
        found.set(
                "patch",
                patch,
                whole ? "rows to a position: all of a season" : "rows to a position, to be quick");
        open();
        double last = ForecastProposal.error((Windows) splits.train());
        found.set("level", "mean", "");
        open();
        double mean = ForecastProposal.error((Windows) splits.train());
        boolean lastIsBetter = last < mean;
        found.set(
                "level",
                lastIsBetter ? "last" : "mean",
                "nearer to what comes next than the %s: squared error %.3g, not %.3g"
                        .formatted(
                                lastIsBetter ? "mean" : "last value",
                                Math.min(last, mean),
                                Math.max(last, mean)));
        int stride = ForecastProposal.stride((Windows) splits.train());
        found.set("stride", stride, "rows between training windows, which overlap");
        open();
    }

    /** The longest of those that are cut, as they tell it; 0 where none is. */
    private static int longest(Dataset data) {
        int longest = 0;
        for (int i = 0; i < data.size(); i++) {
            Matcher has =
                    Pattern.compile(": has ([0-9,]+) (tokens|positions) ").matcher(data.cut(i));
            while (has.find()) {
                longest = Math.max(longest, Integer.parseInt(has.group(1).replace(",", "")));
            }
        }
        return longest;
    }

    /** Samples a second, as the preparation has them. */
    private int rate() {
        String json = splits.train().preparation();
        Matcher rate = Pattern.compile("rate\\W+([0-9]+)").matcher(json);
        return rate.find() ? Integer.parseInt(rate.group(1)) : 1;
    }

    private static int[] lengths(Dataset data) {
        Batch batch = new Batch(data.shape(), 1);
        int[] lengths = new int[data.size()];
        for (int i = 0; i < lengths.length; i++) {
            data.read(i, batch, 0);
            lengths[i] = batch.lengths[0];
        }
        return lengths;
    }

    private Written written(String command, Path file) {
        Shape shape = splits.shape();
        int training = splits.train().size();
        int validation = splits.validation().size();
        List<Choice> choices =
                splits.train() instanceof Windows
                        ? ForecastProposal.choices(training)
                        : Proposal.of(words(), shape, training, validation);
        List<String> seen = new ArrayList<>();
        seen.add("train: " + config.data().describe(splits.train()));
        if (!splits.selectsOnTest()) {
            seen.add("validation: " + config.data().describe(splits.validation()));
        }
        seen.add("test: " + config.data().describe(splits.test()));
        seen.addAll(config.data().notes(splits));
        StringBuilder yaml = new StringBuilder();
        String run = file.getFileName().toString().replaceFirst("(?i)\\.(yaml|yml|json)$", "");
        comment(yaml, "Written by " + command);
        seen.forEach(line -> comment(yaml, line));
        comment(yaml, "");
        comment(yaml, "bin/s5 " + file + "   trains");
        comment(yaml, "bin/s5 data " + file + "   says what the data holds");
        comment(
                yaml,
                "bin/s5 predict runs/%s/best.safetensors FILE   answers raw files".formatted(run));
        yaml.append("data:\n");
        line(yaml, "set", found.set(), "");
        found.lines().forEach(l -> line(yaml, l.key(), l.value(), l.why()));
        String section = "";
        for (Choice choice : choices) {
            String[] key = choice.key().split("\\.", 2);
            if (!key[0].equals(section)) {
                section = key[0];
                yaml.append(section).append(":\n");
            }
            line(yaml, key[1], choice.value(), choice.why());
        }
        for (String word : more) {
            comment(yaml, "given: " + word);
        }
        return new Written(yaml.toString(), seen);
    }

    private static void comment(StringBuilder yaml, String text) {
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        yaml.append(("# " + plain).stripTrailing()).append('\n');
    }

    private static void line(StringBuilder yaml, String key, String value, String why) {
        String line = "  %s: %s".formatted(key, value);
        String comment = why.replaceAll("\\p{Cntrl}", "?");
        yaml.append(why.isEmpty() ? line : "%-28s  # %s".formatted(line, comment)).append('\n');
    }
}
