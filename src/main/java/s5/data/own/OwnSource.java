package s5.data.own;

import s5.UserError;
import s5.config.Messages;
import s5.data.Cache;
import s5.data.CacheSource;
import s5.data.DataSource;
import s5.data.Dataset;
import s5.data.Fitted;
import s5.data.Place;
import s5.data.Shape;
import s5.data.Splits;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A user's own sequences in some format: all that does not depend on the format. A source says
 * which files it takes and reads them one sequence at a time; this chooses the parts, fits the
 * preparation, keeps the raw numbers in the cache, and prepares samples to train on and to predict.
 *
 * @param <S> the record of its settings, with an {@link s5.config.Inlined} {@link OwnKeys}
 */
public abstract class OwnSource<S extends Record> implements DataSource<S> {
    /** Part of the cache's key: raise it when the same files give another cache. */
    private static final int VERSION = 1;

    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** For sources. */
    protected OwnSource() {}

    /** Turns a text into tokens. */
    public interface Tokenizer {
        /**
         * {@return the ids of a text, at most L, 1 or more}
         *
         * @param text as it stands in the file
         */
        int[] ids(String text);
    }

    /** Finds the tokens of some texts. */
    interface Vocabulary {
        /** The tokens' names by their ids. */
        List<String> of(Iterable<String> texts);
    }

    /**
     * {@return the shared keys of the settings}
     *
     * @param settings of this set
     */
    protected abstract OwnKeys keys(S settings);

    /** {@return endings of the files that it takes from a folder, such as {@code .ts}} */
    protected abstract Set<String> endings();

    /**
     * Opens files to read their sequences. Their parts are those of the inputs, or what the files
     * say themselves.
     *
     * @param settings of this set
     * @param inputs the files in their order
     * @param fitted of the model that is to predict, whose columns are read in its order; null to
     *     train
     * @return the reader; to be closed
     * @throws UserError when a file cannot be read
     */
    protected abstract RawReader reader(S settings, List<Input> inputs, Preparation fitted);

    /**
     * The files to train on.
     *
     * @param settings of this set
     * @param root {@code data.root}
     * @return one or more, with their parts
     * @throws UserError when a key names none
     */
    protected List<Input> inputs(S settings, Path root) {
        OwnKeys keys = keys(settings);
        Map<Path, Input> all = new LinkedHashMap<>();
        boolean some = false;
        for (Part part : List.of(Part.TEST, Part.VALIDATION)) {
            boolean test = part == Part.TEST;
            String words = test ? keys.testFiles() : keys.validationFiles();
            if (!words.equals(OwnKeys.NONE)) {
                String key = test ? "data.test_files" : "data.validation_files";
                for (Path file : OwnFiles.named(key, words, root, endings())) {
                    Input before =
                            all.put(file.toAbsolutePath().normalize(), new Input(file, part));
                    if (before != null) {
                        throw new UserError("%s: %s is in two parts".formatted(key, file));
                    }
                }
                some = true;
            }
        }
        List<Input> inputs = new ArrayList<>();
        for (Path file : OwnFiles.named("data.files", keys.files(), root, endings())) {
            if (!all.containsKey(file.toAbsolutePath().normalize())) {
                inputs.add(new Input(file, some && hasTest(keys) ? Part.TRAIN : null));
            }
        }
        if (inputs.isEmpty()) {
            throw new UserError("data.files: names no file to train on");
        }
        inputs.addAll(all.values());
        return inputs;
    }

    private static boolean hasTest(OwnKeys keys) {
        return !keys.testFiles().equals(OwnKeys.NONE);
    }

    /**
     * For texts: L.
     *
     * @param keys shared keys
     * @return L of a text
     */
    protected int textLength(OwnKeys keys) {
        throw new UnsupportedOperationException(name() + " has no texts");
    }

    /**
     * For texts: the tokens that training texts consist of.
     *
     * @param settings of this set
     * @param texts of the training part; can be walked through several times
     * @return the tokens' names by their ids
     */
    protected List<String> vocabulary(S settings, Iterable<String> texts) {
        throw new UnsupportedOperationException(name() + " has no texts");
    }

    /**
     * For texts: what turns them into tokens.
     *
     * @param settings of this set
     * @param tokens as {@link #vocabulary} found them
     * @param length L
     * @return a tokenizer, safe from several threads at once
     */
    protected Tokenizer tokenizer(S settings, List<String> tokens, int length) {
        throw new UnsupportedOperationException(name() + " has no texts");
    }

    @Override
    public final boolean learned() {
        return true;
    }

    @Override
    public final boolean padded(S settings) {
        return true;
    }

    @Override
    public final boolean timed(S settings) {
        return keys(settings).times() != OwnKeys.Times.IGNORE;
    }

    @Override
    public final Shape shape(S settings, Place place) {
        throw new UnsupportedOperationException("the shape is learned from the data");
    }

    @Override
    public final Splits open(S settings, Place place, long seed) {
        OwnKeys keys = keys(settings);
        String key = Messages.plain("version=%d seed=%d %s".formatted(VERSION, seed, settings));
        Cache cache =
                Cache.of(
                        place.cache(),
                        name(),
                        key,
                        () ->
                                inputs(settings, place.root()).stream()
                                        .map(input -> CacheSource.of(input.file()))
                                        .toList(),
                        writer -> {
                            try (RawReader reader =
                                    reader(settings, inputs(settings, place.root()), null)) {
                                OwnCache.write(
                                        writer,
                                        this,
                                        keys,
                                        reader,
                                        seed,
                                        texts -> vocabulary(settings, texts));
                            }
                        });
        return splits(settings, cache);
    }

    private Splits splits(S settings, Cache cache) {
        String json = cache.text(OwnCache.PREPARATION);
        Preparation preparation = Preparation.of(json);
        List<String> classes = OwnCache.names(cache, OwnCache.CLASSES);
        List<String> tokens = OwnCache.names(cache, OwnCache.TOKENS);
        Sequences sequences =
                new Sequences(
                        Sequences.Layout.of(cache.text(OwnCache.LAYOUT)),
                        cache.longs(OwnCache.STARTS));
        Cache.Section rows = cache.section(OwnCache.ROWS);
        Cache.Section answers = cache.section(OwnCache.ANSWERS);
        boolean text = preparation.inputs().isEmpty();
        OwnSet.Content all =
                new OwnSet.Content(
                        shape(
                                preparation,
                                classes.size(),
                                tokens.size(),
                                sequences.layout().answers() > 0),
                        preparation,
                        json,
                        classes,
                        tokens,
                        text ? tokenizer(settings, tokens, preparation.length()) : null,
                        sequences,
                        rows::slice,
                        OwnCache.names(cache, OwnCache.IDS),
                        answers.slice(0, answers.size()).toArray(DOUBLE),
                        Arrays.stream(cache.longs(OwnCache.ORDER))
                                .mapToInt(i -> (int) i)
                                .toArray());
        OwnSet train = split(all, cache, "train");
        OwnSet validation = split(all, cache, "validation");
        OwnSet test = split(all, cache, "test");
        if (validation.size() == 0 || test.size() == 0) {
            OwnSet only = test.size() == 0 ? validation : test;
            return new Splits(train, only, only, true);
        }
        return new Splits(train, validation, test, false);
    }

    private static OwnSet split(OwnSet.Content all, Cache cache, String name) {
        return new OwnSet(all, Arrays.stream(cache.longs(name)).mapToInt(i -> (int) i).toArray());
    }

    private static Shape shape(Preparation preparation, int classes, int tokens, boolean each) {
        boolean text = preparation.inputs().isEmpty();
        return new Shape(
                preparation.length(),
                text ? tokens : preparation.width(),
                text,
                true,
                classes,
                1,
                0,
                preparation.targets().size(),
                preparation.timed(),
                each);
    }

    @Override
    public final Dataset samples(S settings, Path file, Fitted fitted) {
        if (fitted.preparation().isEmpty()) {
            throw new UserError(
                    "the checkpoint is damaged: its data.set %s needs a preparation, and it has none"
                            .formatted(name()));
        }
        Preparation preparation = Preparation.of(fitted.preparation());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (RawReader reader = reader(settings, List.of(new Input(file, null)), preparation)) {
            RawIntake intake = new RawIntake(reader, false);
            intake.all((piece, count) -> bytes.write(piece, 0, count));
            if (intake.size() == 0) {
                throw new UserError(file + ": holds no sequences");
            }
            if (preparation.timed() && !intake.sequences().layout().timed()) {
                throw new UserError(file + ": has no times, and the model takes them");
            }
            MemorySegment rows = MemorySegment.ofArray(bytes.toByteArray());
            OwnSet.Content all =
                    new OwnSet.Content(
                            fitted.shape(),
                            preparation,
                            fitted.preparation(),
                            fitted.classNames(),
                            fitted.tokenNames(),
                            fitted.shape().tokens()
                                    ? tokenizer(settings, fitted.tokenNames(), preparation.length())
                                    : null,
                            intake.sequences(),
                            rows::asSlice,
                            List.copyOf(intake.ids),
                            null,
                            null);
            return new OwnSet(all, IntStream.range(0, intake.size()).toArray());
        } catch (IOException e) {
            throw new IllegalStateException(e); // nothing is written to a disk
        }
    }

    @Override
    public List<String> notes(Splits splits) {
        return List.of();
    }

    /** Walks through texts. */
    static Iterable<String> iterable(java.util.function.Supplier<Iterator<String>> texts) {
        return texts::get;
    }
}
