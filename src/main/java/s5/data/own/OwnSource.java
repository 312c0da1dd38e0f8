package s5.data.own;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import s5.UserError;
import s5.config.Messages;
import s5.data.DataSource;
import s5.data.Dataset;
import s5.data.Fitted;
import s5.data.Place;
import s5.data.Shape;
import s5.data.Splits;
import s5.data.cache.Cache;
import s5.data.forecast.ForecastKeys;
import s5.data.forecast.ForecastPreparation;
import s5.data.forecast.Forecasts;
import s5.data.forecast.Windows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
    private static final int VERSION = 2;

    private static final Logger LOG = LoggerFactory.getLogger(OwnSource.class);

    /** For sources. */
    protected OwnSource() {}

    /**
     * {@return the shared keys of the settings}
     *
     * @param settings of this set
     */
    protected abstract OwnKeys keys(S settings);

    /** {@return endings of the files that it takes from a folder, such as {@code .ts}} */
    protected abstract Set<String> endings();

    /** {@return what says where the sequences are, for messages} */
    protected String where() {
        return "data.files";
    }

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

    /**
     * The files of what is to be predicted.
     *
     * @param file or folder, of which all that the source reads is taken
     * @return one or more
     */
    protected List<Input> raw(Path file) {
        return Files.isDirectory(file)
                ? OwnFiles.named(file.toString(), "*", file, endings()).stream()
                        .map(each -> new Input(each, null))
                        .toList()
                : List.of(new Input(file, null));
    }

    /**
     * What of the files and folders that the settings name is left out, and why.
     *
     * @param settings of this set
     * @param root {@code data.root}
     * @return a line each
     */
    protected List<String> leftOut(S settings, Path root) {
        return List.of();
    }

    private static boolean hasTest(OwnKeys keys) {
        return !keys.testFiles().equals(OwnKeys.NONE);
    }

    /**
     * {@return what the source does with its texts}
     *
     * @param settings of this set
     */
    protected Texts texts(S settings) {
        throw new UserError("data.set %s has no texts".formatted(name()));
    }

    @Override
    public final boolean learned() {
        return true;
    }

    /**
     * {@return the keys of forecasts; null where the source makes none}
     *
     * @param settings of this set
     */
    protected ForecastKeys forecast(S settings) {
        return null;
    }

    /**
     * {@return the columns that a forecast tells; empty for all that are not known ahead}
     *
     * @param settings of this set
     */
    protected List<String> forecastTargets(S settings) {
        return List.of();
    }

    private boolean forecasts(S settings) {
        boolean forecasts = keys(settings).task() == OwnKeys.Task.FORECAST;
        if (forecasts && forecast(settings) == null) {
            throw new UserError("data.task: %s has no forecasts; use table".formatted(name()));
        }
        return forecasts;
    }

    @Override
    public final boolean padded(S settings) {
        return !forecasts(settings);
    }

    @Override
    public final boolean timed(S settings) {
        return !forecasts(settings) && keys(settings).times() != OwnKeys.Times.IGNORE;
    }

    @Override
    public final Shape shape(S settings, Place place) {
        throw new UnsupportedOperationException("the shape is learned from the data");
    }

    @Override
    public final Splits open(S settings, Place place, long seed) {
        return open(settings, place, seed, null);
    }

    @Override
    public final Splits open(S settings, Place place, long seed, Fitted fitted) {
        OwnKeys keys = keys(settings);
        boolean forecasts = forecasts(settings);
        if (fitted != null && ForecastPreparation.is(fitted.preparation()) != forecasts) {
            throw new UserError(
                    "data.task: the model " + (forecasts ? "makes no forecasts" : "forecasts"));
        }
        if (forecasts) {
            try (RawReader reader = reader(settings, inputs(settings, place.root()), null)) {
                return Forecasts.open(
                        name(),
                        forecast(settings),
                        keys,
                        reader,
                        forecastTargets(settings),
                        fitted == null ? null : ForecastPreparation.of(fitted.preparation()));
            }
        }
        String key = Messages.plain("version=%d seed=%d %s".formatted(VERSION, seed, settings));
        Cache cache =
                Cache.of(
                        place.cache(),
                        name(),
                        key,
                        () -> inputs(settings, place.root()).stream().map(Input::source).toList(),
                        writer -> {
                            try (RawReader reader =
                                    reader(settings, inputs(settings, place.root()), null)) {
                                OwnCache.write(
                                        writer,
                                        this,
                                        keys,
                                        reader,
                                        seed,
                                        () -> texts(settings),
                                        leftOut(settings, place.root()));
                            }
                        });
        return splits(settings, cache, fitted);
    }

    private Splits splits(S settings, Cache cache, Fitted fitted) {
        OwnSet.Content own = OwnCache.content(cache, () -> texts(settings));
        OwnSet.Content all =
                fitted == null
                        ? own
                        : own.as(
                                fitted,
                                own.tokenizer() == null
                                        ? null
                                        : texts(settings).tokenizer(fitted.tokenNames()));
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

    @Override
    public final Shape shape(S settings, Fitted fitted) {
        String json = fitted.preparation();
        if (json.isEmpty()) {
            throw new UserError("data.set %s needs a preparation".formatted(name()));
        }
        return ForecastPreparation.is(json)
                ? ForecastPreparation.of(json).forecast().shape()
                : Preparation.of(json)
                        .shape(
                                fitted.classNames().size(),
                                fitted.tokenNames().size(),
                                fitted.shape().each());
    }

    @Override
    public final Dataset samples(S settings, Path file, Fitted fitted) {
        if (ForecastPreparation.is(fitted.preparation())) {
            Preparation base = ForecastPreparation.of(fitted.preparation()).base();
            try (RawReader reader = reader(settings, raw(file), base)) {
                return Forecasts.samples(fitted.preparation(), reader, file);
            }
        }
        Preparation preparation = Preparation.of(fitted.preparation());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (RawReader reader = reader(settings, raw(file), preparation)) {
            RawIntake intake = new RawIntake(reader, false);
            intake.all((piece, count) -> bytes.write(piece, 0, count));
            if (intake.size() == 0) {
                throw new UserError(file + ": holds no sequences");
            }
            intake.notes().forEach(note -> LOG.warn("{}", Messages.plain(note)));
            if (preparation.timed() && !intake.sequences().layout().timed()) {
                throw new UserError(file + ": has no times, and the model takes them");
            }
            if (preparation.timeless() && intake.sequences().layout().timed()) {
                throw new UserError(
                        file + ": has times, and the model was trained on sequences without");
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
                                    ? texts(settings).tokenizer(fitted.tokenNames())
                                    : null,
                            intake.sequences(),
                            rows::asSlice,
                            List.copyOf(intake.ids),
                            null,
                            null,
                            intake.notes());
            OwnSet samples = new OwnSet(all, IntStream.range(0, intake.size()).toArray());
            for (int i = 0; intake.sequences().layout().timed() && i < samples.size(); i++) {
                preparation.checkUnread(samples.rawTimes(i), intake.places.get(i));
            }
            long unknown = samples.unknown();
            if (unknown > 0) {
                LOG.warn(
                        "{}: {} tokens are unknown to the model",
                        Messages.plain(file.toString()),
                        unknown);
            }
            return samples;
        } catch (IOException e) {
            throw new IllegalStateException(e); // nothing is written to a disk
        }
    }

    @Override
    public String describe(Dataset split) {
        return split instanceof Windows windows ? windows.describe() : Described.of((OwnSet) split);
    }

    @Override
    public final TextReader texts(S settings, Fitted fitted) {
        if (!fitted.shape().tokens()) {
            return texts(fitted); // which says that it takes none
        }
        Texts.Tokenizer tokenizer = texts(settings).tokenizer(fitted.tokenNames());
        int most = fitted.shape().length();
        return (line, place) -> {
            int[] ids = tokenizer.ids(line);
            return List.of(ids.length <= most ? ids : Arrays.copyOf(ids, most));
        };
    }

    /**
     * Opens sequences that are in no file.
     *
     * @param settings of this set
     * @param reader of the sequences, with their answers
     * @param folder for a cache that belongs to this program alone
     * @param seed of the random split
     * @return its splits
     * @throws UserError when something is wrong with the sequences
     */
    protected final Splits open(S settings, RawReader reader, Path folder, long seed) {
        Cache cache =
                Cache.of(
                        folder,
                        name(),
                        "given",
                        List::of,
                        writer ->
                                OwnCache.write(
                                        writer,
                                        this,
                                        keys(settings),
                                        reader,
                                        seed,
                                        () -> texts(settings),
                                        List.of()));
        return splits(settings, cache, null);
    }

    @Override
    public List<String> notes(Splits splits) {
        return splits.train() instanceof Windows windows
                ? windows.notes()
                : ((OwnSet) splits.train()).notes();
    }
}
