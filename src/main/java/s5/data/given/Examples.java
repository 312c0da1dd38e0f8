package s5.data.given;

import s5.Example;
import s5.Sequence;
import s5.UserError;
import s5.config.Inlined;
import s5.data.Splits;
import s5.data.own.Input;
import s5.data.own.OwnKeys;
import s5.data.own.OwnSource;
import s5.data.own.Part;
import s5.data.own.Preparation;
import s5.data.own.RawReader;
import s5.data.own.RawSequence;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Sequences that a Java program gives, by {@link s5.Training}: prepared like those of files, though
 * no file holds them.
 */
public final class Examples extends OwnSource<Examples.Settings> {
    /** Its name in a config. */
    public static final String NAME = "examples";

    /** For {@link java.util.ServiceLoader}. */
    public Examples() {}

    /** The set's own keys. */
    record Settings(@Inlined OwnKeys keys) {}

    /**
     * Opens what a program gives.
     *
     * @param own the settings, of a config with this set
     * @param parts examples to train on, to validate and to test with; of the latter two, null for
     *     a share of the first
     * @param folder for a cache that belongs to this program alone
     * @param seed of the random split
     * @return its splits
     * @throws UserError when something is wrong with the examples
     */
    public static Splits open(Record own, List<List<Example>> parts, Path folder, long seed) {
        return new Examples().open((Settings) own, new Reader(parts), folder, seed);
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

        @Override
        public void close() {}
    }
}
