package s5.sweep;

import s5.UserError;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.config.Messages;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What a search goes through: one config, and the settings that are different from run to run.
 *
 * @param name of the config
 * @param folder of the search; each run has one in it
 * @param keys of the settings that differ, in the order of the command line
 * @param trials the runs
 */
public record Search(String name, Path folder, List<String> keys, List<Trial> trials) {
    private static final String SEED = "seed";
    private static final int LONGEST_NAME = 100;

    /**
     * One run of a search.
     *
     * @param name of its folder
     * @param point the settings that are its own: {@code key=value}
     * @param words all settings of the command line for it, its folder included
     * @param config of the run
     */
    public record Trial(String name, List<String> point, List<String> words, Config config) {
        /** {@return the run's folder} */
        public Path folder() {
            return Path.of(config.out());
        }

        /** {@return its own settings but for the seed: runs that share them are one group} */
        public List<String> group() {
            return point.stream().filter(word -> !word.startsWith(SEED + "=")).toList();
        }
    }

    /**
     * {@return the search that a command line means}
     *
     * @param file the config
     * @param words settings: {@code key=value} for all runs, {@code key=1,2} or {@code key=1..5}
     *     for those that differ
     * @param random how many combinations are drawn, of all that differs but the seed; 0 for every
     *     combination. The same words draw the same ones
     * @throws UserError when a setting or a value is not as it should be, before anything runs
     */
    public static Search of(Path file, List<String> words, int random) {
        List<String> common = new ArrayList<>();
        Map<String, Choices> choices = new LinkedHashMap<>();
        for (String word : words) {
            Choices.of(word)
                    .ifPresentOrElse(some -> choices.put(some.key(), some), () -> common.add(word));
        }
        for (String key : List.of("out", "name")) {
            if (choices.containsKey(key)) {
                throw new UserError(
                        key + ": takes one value; each run gets a folder of its own in it");
            }
        }
        if (choices.isEmpty()) {
            throw new UserError(
                    "sweep takes settings with several values; write s5 sweep %s seed=1..5 train.ssm_lr=0.001,0.004"
                            .formatted(file));
        }
        Config base = ConfigLoader.load(file, common);
        Path folder = Path.of(base.out());
        List<Trial> trials = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        for (List<String> point : points(choices, random)) {
            String name = name(point);
            names.add(name);
            List<String> all = new ArrayList<>(common);
            all.removeIf(word -> word.startsWith("out=") || word.startsWith("name="));
            all.addAll(point);
            all.add("name=" + base.name());
            all.add("out=" + folder.resolve(name));
            trials.add(new Trial(name, point, all, ConfigLoader.load(file, all)));
        }
        if (names.size() < trials.size()) {
            throw new UserError("two runs would have the same folder; write values that differ");
        }
        return new Search(base.name(), folder, List.copyOf(choices.keySet()), trials);
    }

    private static List<List<String>> points(Map<String, Choices> choices, int random) {
        if (random == 0) {
            return Choices.grid(List.copyOf(choices.values()));
        }
        List<Choices> drawn = new ArrayList<>(choices.values());
        List<Choices> seeds = new ArrayList<>(drawn);
        drawn.removeIf(some -> some.key().equals(SEED));
        seeds.retainAll(choices.containsKey(SEED) ? List.of(choices.get(SEED)) : List.of());
        SplittableRandom source = new SplittableRandom(random(drawn));
        Set<List<String>> points = new LinkedHashSet<>();
        for (int i = 0; i < random; i++) {
            points.add(drawn.stream().map(some -> some.key() + "=" + some.draw(source)).toList());
        }
        List<List<String>> all = new ArrayList<>();
        for (List<String> point : points) {
            for (List<String> seed : Choices.grid(seeds)) {
                List<String> whole = new ArrayList<>(point);
                whole.addAll(seed);
                all.add(whole);
            }
        }
        return all;
    }

    /** The same choices draw the same: so a search can be taken up again, and can grow. */
    private static long random(List<Choices> drawn) {
        return drawn.toString().hashCode();
    }

    /** A folder's name: the last words of the keys, and the values. */
    private static String name(List<String> point) {
        List<String> parts = new ArrayList<>();
        for (String word : point) {
            String key = word.substring(0, word.indexOf('='));
            String value = word.substring(word.indexOf('=') + 1);
            parts.add(key.substring(key.lastIndexOf('.') + 1) + "-" + value);
        }
        String whole = String.join("_", parts);
        String name = whole.replaceAll("[^A-Za-z0-9._-]+", "-");
        boolean plain = name.equals(whole) && name.length() <= LONGEST_NAME;
        return plain // else two might come to the same
                ? name
                : name.substring(0, Math.min(name.length(), LONGEST_NAME - 9))
                        + "-%08x".formatted(whole.hashCode());
    }

    /**
     * {@return a command for each run that is not done yet, for a scheduler to start; started again
     * it goes on}
     *
     * @param file the config, as it was given
     * @param trials those to be run
     */
    public static List<String> commands(Path file, List<Trial> trials) {
        return trials.stream()
                .map(trial -> {
                    List<String> words = new ArrayList<>(List.of("bin/s5", file.toString()));
                    words.addAll(trial.words());
                    words.add("resume=true");
                    return String.join(" ", words.stream().map(Search::quoted).toList());
                })
                .toList();
    }

    /** A word as a shell takes it. */
    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./=:,+-]+")
                ? word
                : "'" + Messages.plain(word).replace("'", "'\\''") + "'";
    }
}
