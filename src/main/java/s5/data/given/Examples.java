package s5.data.given;

import s5.Example;
import s5.Sequence;
import s5.UserError;
import s5.config.Check;
import s5.config.DataConfig;
import s5.config.Inlined;
import s5.config.Messages;
import s5.data.Splits;
import s5.data.own.Input;
import s5.data.own.OwnKeys;
import s5.data.own.OwnSource;
import s5.data.own.Part;
import s5.data.own.Preparation;
import s5.data.own.RawReader;
import s5.data.own.RawSequence;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Sequences that a Java program gives, by {@link s5.Training}: prepared like those of files, though
 * no file holds them.
 */
public final class Examples extends OwnSource<Examples.Settings> {
    /** Its name in a config. */
    public static final String NAME = "examples";

    /** Keys that say which files there are, or what is in them. */
    private static final Set<String> IN_FILES =
            Set.of(
                    "data.files",
                    "data.test_files",
                    "data.validation_files",
                    "data.split_by",
                    "data.root",
                    "data.cache_dir");

    /** For {@link java.util.ServiceLoader}. */
    public Examples() {}

    /** The set's own keys. */
    record Settings(@Inlined OwnKeys keys) {
        Settings {
            Check.that(
                    keys.task() != OwnKeys.Task.FORECAST,
                    "data.task",
                    "examples have no forecasts; use data.set: table");
        }
    }

    /**
     * Looks for settings of the section data that would have no effect.
     *
     * @param words {@code key=value} of the program
     * @param parts as of {@link #use}
     * @throws UserError that names the first
     */
    public static void checkWords(List<String> words, List<List<Example>> parts) {
        for (String word : words) {
            String key = word.substring(0, Math.max(0, word.indexOf('=')));
            if (key.equals("data.set") && !word.equals("data.set=" + NAME)) {
                throw new UserError(
                        "%s: the program gives examples, so it is %s; Training.of(Path) trains on other sets"
                                .formatted(Messages.plain(word), NAME));
            }
            if (IN_FILES.contains(key)) {
                throw new UserError(
                        key
                                + ": is for data in files, and the program gives examples; leave it"
                                + " out");
            }
            boolean given =
                    (key.equals("data.validation") && parts.get(1) != null)
                            || (key.equals("data.test") && parts.get(2) != null);
            if (given) {
                throw new UserError(
                        "%s: is a share, and the program gives the examples of this part; leave it out"
                                .formatted(key));
            }
        }
    }

    /**
     * Opens what a program gives, for as long as it is used.
     *
     * @param data the settings, with this set
     * @param parts examples to train on, to validate and to test with; of the latter two, null for
     *     a share of the first
     * @param use gets the splits
     * @throws UserError when something is wrong with the examples
     */
    public static void use(DataConfig data, List<List<Example>> parts, Consumer<Splits> use) {
        Path cache = null;
        try {
            cache = Files.createTempDirectory("s5-examples");
            Settings settings = (Settings) data.own();
            use.accept(new Examples().open(settings, new Reader(parts), cache, data.seed()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            delete(cache);
        }
    }

    private static void delete(Path folder) {
        if (folder == null) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList().reversed()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            folder.toFile().deleteOnExit(); // a system that keeps mapped files
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String title() {
        return "sequences that a Java program gives";
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    protected OwnKeys keys(Settings settings) {
        return settings.keys();
    }

    @Override
    protected String where() {
        return NAME;
    }

    @Override
    protected Set<String> endings() {
        return Set.of();
    }

    @Override
    protected List<Input> inputs(Settings settings, Path root) {
        throw inNoFile();
    }

    @Override
    protected RawReader reader(Settings settings, List<Input> inputs, Preparation fitted) {
        throw inNoFile();
    }

    private static UserError inNoFile() {
        return new UserError(
                "data.set examples: the sequences were given by a Java program, and no file holds"
                        + " them; that program can evaluate, predict and train on");
    }

    private static final class Reader implements RawReader {
        private static final List<Part> PARTS = List.of(Part.TRAIN, Part.VALIDATION, Part.TEST);

        private final List<List<Example>> parts;
        private final Example first;
        private int part;
        private int index; // in the part
        private Iterator<Example> left;

        Reader(List<List<Example>> parts) {
            this.parts = parts;
            first = parts.getFirst().getFirst();
            left = parts.getFirst().iterator();
        }

        @Override
        public List<String> inputs() {
            return IntStream.rangeClosed(1, first.sequence().channels())
                    .mapToObj(c -> "input " + c)
                    .toList();
        }

        @Override
        public List<String> targets() {
            return IntStream.rangeClosed(1, first.count()).mapToObj(c -> "target " + c).toList();
        }

        @Override
        public boolean each() {
            return first.each();
        }

        @Override
        public RawSequence next() {
            while (!left.hasNext()) {
                do {
                    part++;
                    if (part == parts.size()) {
                        return null;
                    }
                } while (parts.get(part) == null);
                left = parts.get(part).iterator();
                index = 0;
            }
            return raw(left.next(), index++);
        }

        private RawSequence raw(Example example, int i) {
            String[] names = {"example", "validation example", "test example"};
            String place = names[part] + " " + i;
            Sequence sequence = example.sequence();
            if (sequence.channels() != first.sequence().channels()
                    || example.count() != first.count()
                    || example.each() != first.each()) {
                throw new IllegalArgumentException(
                        "%s is of another kind than example 0: %s, not %s"
                                .formatted(place, example, first));
            }
            checkNumbers(sequence.values(), sequence.channels(), "number", place);
            if (example.numbers() != null) {
                checkNumbers(example.numbers(), example.count(), "answer", place);
            }
            boolean some = parts.stream().skip(1).anyMatch(p -> p != null);
            return new RawSequence(
                    Integer.toString(i),
                    place,
                    some ? PARTS.get(part) : null,
                    null,
                    sequence.length(),
                    sequence.times(),
                    sequence.values(),
                    null,
                    example.classes(),
                    example.numbers());
        }

        /** Demands numbers; what is missing is NaN, and answers are not. */
        private static void checkNumbers(double[] values, int count, String what, String place) {
            for (int i = 0; i < values.length; i++) {
                if (infinite(values[i]) || (what.equals("answer") && Double.isNaN(values[i]))) {
                    throw new UserError(
                            "%s: %s %d%s is %s"
                                    .formatted(
                                            place,
                                            what,
                                            i % count,
                                            values.length == count
                                                    ? ""
                                                    : " at position " + i / count,
                                            values[i]));
                }
            }
        }

        private static boolean infinite(double value) {
            return Float.isInfinite((float) value); // as in a prediction
        }

        @Override
        public void close() {}
    }
}
