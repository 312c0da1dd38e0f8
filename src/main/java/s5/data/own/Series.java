package s5.data.own;

import s5.UserError;
import s5.config.Inlined;
import s5.config.Messages;
import s5.data.own.SeriesFile.Answer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/** Own sequences in {@code .ts} files, as the UCR/UEA archive has them; see {@link SeriesFile}. */
public final class Series extends OwnSource<Series.Settings> {
    /** For {@link java.util.ServiceLoader}. */
    public Series() {}

    /** The set's own keys. */
    record Settings(@Inlined OwnKeys keys) {}

    @Override
    public String name() {
        return "series";
    }

    @Override
    public String title() {
        return "sequences of your own in .ts files, as the UCR/UEA archive has them: NAME_TRAIN.ts"
                   + " and NAME_TEST.ts together, or one file";
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
        return Set.of(".ts");
    }

    /** Names that end in _TRAIN and _TEST say what a file is for; the other of a pair is found. */
    @Override
    protected List<Input> inputs(Settings settings, Path root) {
        List<Input> inputs = new ArrayList<>(super.inputs(settings, root));
        if (inputs.stream().anyMatch(input -> input.part() == Part.TEST)) {
            return inputs;
        }
        for (Input input : List.copyOf(inputs)) {
            Path partner = partner(input.file());
            if (partner != null && inputs.stream().noneMatch(i -> i.file().equals(partner))) {
                inputs.add(new Input(partner, input.part()));
            }
        }
        boolean test = inputs.stream().anyMatch(i -> ends(i, "_test.ts"));
        boolean train = inputs.stream().anyMatch(i -> ends(i, "_train.ts"));
        if (!test || !train) {
            return inputs;
        }
        return inputs.stream()
                .map(i ->
                        i.part() != null
                                ? i
                                : new Input(i.file(), ends(i, "_test.ts") ? Part.TEST : Part.TRAIN))
                .toList();
    }

    private static boolean ends(Input input, String ending) {
        return OwnFiles.plainName(input.file()).endsWith(ending);
    }

    /** X_TEST.ts beside X_TRAIN.ts; null when there is none. */
    private static Path partner(Path file) {
        String name = file.getFileName().toString();
        int at = name.toLowerCase(Locale.ROOT).indexOf("_train.ts");
        if (at < 0) {
            return null;
        }
        String test = name.charAt(at + 1) == 't' ? "test" : "TEST";
        Path partner =
                file.resolveSibling(name.substring(0, at + 1) + test + name.substring(at + 6));
        return Files.isRegularFile(partner) ? partner : null;
    }

    @Override
    protected RawReader reader(Settings settings, List<Input> inputs, Preparation fitted) {
        return new Reader(inputs, fitted);
    }

    private static final class Reader implements RawReader {
        private final List<Input> inputs;
        private final Preparation fitted;
        private int next = 0; // of the inputs
        private SeriesFile file;
        private final Path firstFile;
        private final String problem;
        private final Answer answer;
        private final int columns;
        private RawSequence ahead;

        Reader(List<Input> inputs, Preparation fitted) {
            this.inputs = inputs;
            this.fitted = fitted;
            this.firstFile = inputs.getFirst().file();
            file = new SeriesFile(inputs.get(next++).file());
            problem = file.problem();
            answer = file.answer();
            boolean complete = false;
            try {
                ahead = file.next();
                columns = ahead.length() == 0 ? 1 : ahead.values().length / ahead.length();
                check(ahead, fitted == null ? columns : fitted.inputs().size());
                if (fitted == null && answer == Answer.NOTHING) {
                    throw new UserError(
                            "%s: has neither @classLabel true nor @targetLabel true, so there is nothing to learn"
                                    .formatted(firstFile));
                }
                complete = true;
            } finally {
                if (!complete) {
                    file.close();
                }
            }
        }

        private void check(RawSequence s, int expected) {
            int found = s.length() == 0 ? expected : s.values().length / s.length();
            if (found != expected) {
                throw new UserError(
                        "%s: %d dimensions, where %s"
                                .formatted(
                                        s.place(),
                                        found,
                                        fitted == null
                                                ? "%s begins with %d".formatted(firstFile, expected)
                                                : "the model takes " + expected));
            }
        }

        @Override
        public List<String> inputs() {
            return IntStream.rangeClosed(1, columns).mapToObj(c -> "dimension " + c).toList();
        }

        @Override
        public List<String> targets() {
            return answer == Answer.NUMBER ? List.of("target") : List.of();
        }

        @Override
        public String timeUnit() {
            return file.dated() ? "s" : "";
        }

        @Override
        public RawSequence next() {
            RawSequence s = ahead != null ? ahead : file.next();
            ahead = null;
            while (s == null) {
                if (next == inputs.size()) {
                    return null;
                }
                file.close();
                Path path = inputs.get(next++).file();
                file = new SeriesFile(path);
                if (fitted == null
                        && (file.answer() != answer || !file.problem().equals(problem))) {
                    throw new UserError(
                            "data.files: %s and %s are of different problems, %s and %s; name the files of one"
                                    .formatted(
                                            firstFile,
                                            path,
                                            Messages.quoted(problem),
                                            Messages.quoted(file.problem())));
                }
                s = file.next();
            }
            check(s, columns);
            return s.in(inputs.get(next - 1).part());
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
