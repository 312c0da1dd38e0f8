package s5.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;

import s5.UserError;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.data.Dataset;
import s5.data.Fitted;
import s5.data.Ranges;
import s5.data.Shape;
import s5.data.Splits;
import s5.io.Safetensors;
import s5.model.Model;
import s5.ops.Backend;
import s5.ops.Tensor;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A run at one moment: in a file, a safetensors file with the official parameter names, running
 * statistics ({@code .../norm/mean}) and optimizer moments ({@code m/...}, {@code v/...}). The
 * metadata holds the settings, how far the run is ({@code RunProgress}), the number of training
 * samples, the names of classes and tokens, and a checksum of all.
 */
public final class Checkpoint {
    private static final String CHECKSUM = "checksum";
    private static final JsonMapper JSON = new JsonMapper();

    private final Path file; // null while in memory only
    private final Safetensors content;
    private final String notFinite; // a tensor with such a value; null for none, or unknown

    private Checkpoint(Path file, Safetensors content, String notFinite) {
        this.file = file;
        this.content = content;
        this.notFinite = notFinite;
    }

    /**
     * The present state of a run.
     *
     * @param backend that holds the tensors
     * @param state all that is kept, by name
     */
    static Checkpoint of(
            Map<String, String> about,
            RunProgress progress,
            Backend backend,
            Map<String, Tensor> state) {
        Map<String, String> metadata = new LinkedHashMap<>(about);
        metadata.put("progress", progress.toJson());
        Map<String, Safetensors.Array> arrays = new LinkedHashMap<>();
        String notFinite = null;
        for (Map.Entry<String, Tensor> entry : state.entrySet()) {
            Tensor t = entry.getValue();
            float[] values = backend.read(t);
            if (notFinite == null && !Finite.all(values)) { // now, while the cache still holds them
                notFinite = entry.getKey();
            }
            arrays.put(entry.getKey(), new Safetensors.Array(t.shape(), values));
        }
        return new Checkpoint(null, new Safetensors(metadata, arrays), notFinite);
    }

    /**
     * {@return a model whose weights come from elsewhere, as a run that has not begun}
     *
     * @param config its settings
     * @param training the data set that it is for, for its size and its names
     * @param tensors its parameters and running statistics by name
     */
    public static Checkpoint of(
            Config config, Dataset training, Map<String, Safetensors.Array> tensors) {
        Safetensors content = new Safetensors(CheckpointChecks.about(config, training), tensors);
        return new Checkpoint(null, content, null).at(RunProgress.start(config.train()));
    }

    /**
     * {@return a model of the same settings and names with other weights, as a run that has not
     * begun}
     *
     * @param tensors its parameters and running statistics by name
     */
    public Checkpoint with(Map<String, Safetensors.Array> tensors) {
        return new Checkpoint(null, new Safetensors(content.metadata(), tensors), null)
                .at(RunProgress.start(config(List.of()).train()));
    }

    /** This state of the tensors, as that of a run which has got further without changing it. */
    Checkpoint at(RunProgress progress) {
        Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
        metadata.put("progress", progress.toJson());
        return new Checkpoint(null, new Safetensors(metadata, content.arrays()), notFinite);
    }

    /** {@return what a file of this checkpoint holds, the checksum included} */
    public Safetensors toFile() {
        Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
        metadata.put(CHECKSUM, "%08x".formatted(content.checksum(CheckpointChecks.SUMMED)));
        return new Safetensors(metadata, content.arrays());
    }

    /**
     * Reads a file.
     *
     * @param file that exists
     * @return the run at that moment
     * @throws UserError when it is missing, damaged, or no checkpoint of this version of the
     *     program
     */
    public static Checkpoint read(Path file) {
        if (Files.isDirectory(file)) {
            throw new UserError(
                    "%s: is a folder; name a checkpoint in it, %s"
                            .formatted(file, file.resolve("best.safetensors")));
        }
        return of(file, Safetensors.read(file));
    }

    /**
     * Reads what would be a file from somewhere else, such as a resource of a program.
     *
     * @param in read to its end, not closed
     * @return the run at that moment
     * @throws UserError as {@link #read(Path)}
     */
    public static Checkpoint read(InputStream in) {
        Path name = Path.of("checkpoint");
        return of(name, Safetensors.read(in, name));
    }

    private static Checkpoint of(Path file, Safetensors content) {
        CheckpointChecks.whole(file, content, CheckpointChecks.FORMAT, CHECKSUM);
        Checkpoint checkpoint = new Checkpoint(file, content, null);
        checkpoint.progress();
        CheckpointChecks.sense(
                new CheckpointChecks.Claims(
                        file,
                        checkpoint.config(List.of()),
                        checkpoint.fitted(),
                        checkpoint.ranges(),
                        checkpoint.text("training_samples"),
                        checkpoint.shapes()));
        return checkpoint;
    }

    /**
     * Reads a file for its tensors alone, another program's too.
     *
     * @throws UserError when it is missing or damaged
     */
    static Checkpoint weights(Path file) {
        if (Files.isDirectory(file)) {
            return read(file); // which says what to name
        }
        Safetensors content = Safetensors.read(file);
        return CheckpointChecks.FORMAT.equals(content.metadata().get("format"))
                ? read(file)
                : new Checkpoint(file, content, null);
    }

    /** {@return a sum over settings, names and tensors, which tells one checkpoint from another} */
    public int checksum() {
        return content.checksum(CheckpointChecks.SUMMED);
    }

    private UserError damaged(String key, String what) {
        return CheckpointChecks.damaged(file, key, what);
    }

    /**
     * {@return the settings of the run that wrote it, but for the places that they name ({@link
     * s5.config.Key#place})} Whoever made the file would choose where the program writes.
     *
     * @param settings {@code key=value} words that win over them
     */
    public Config config(List<String> settings) {
        return ConfigLoader.parseForeign(text("config"), file, settings);
    }

    /**
     * Opens the data set of {@link #config}. Tells when the run named files that this does not.
     *
     * @param settings as given to it
     * @return its splits
     * @throws UserError as {@link s5.config.DataConfig#open}; it says where the run had its data
     */
    public Splits data(List<String> settings) {
        List<String> places = ConfigLoader.foreignPlaces(text("config"), file, settings);
        return CheckpointChecks.open(file, config(settings).data(), fitted(), places);
    }

    /** How far the run was. */
    RunProgress progress() {
        try {
            return RunProgress.of(text("progress"));
        } catch (IllegalArgumentException e) {
            throw damaged("progress", "tells of none");
        }
    }

    /**
     * {@return the epoch whose end this is, {@code epoch 2}, or the place in one: {@code epoch 3,
     * step 17}}
     */
    public String place() {
        RunProgress at = progress();
        return at.step == 0
                ? "epoch " + at.epoch
                : "epoch %d, step %d".formatted(at.epoch + 1, at.step);
    }

    /** {@return the best epoch so far; null when none has ended} */
    public Summary best() {
        return progress().best;
    }

    /** {@return how far the run was, for people} */
    public String describe() {
        RunProgress at = progress();
        String best =
                at.best == null
                        ? "none has been evaluated"
                        : "the best so far is epoch %d, validation %s, test %s"
                                .formatted(
                                        at.best.epoch(),
                                        at.best.validation().score(),
                                        at.best.test().score());
        return "epoch %d, step %d; %s".formatted(at.epoch + 1, at.step, best);
    }

    /** {@return what the samples look like that the model takes} */
    public Shape shape() {
        return value("shape", CheckpointChecks.StoredShape.class).shape();
    }

    /** {@return the classes in their order} */
    public List<String> classNames() {
        return names("classes");
    }

    /** {@return the tokens that the model knows by their ids; empty when it takes none} */
    public List<String> tokenNames() {
        return names("tokens");
    }

    /**
     * {@return what the model knows of its training data; files of before the names of targets and
     * the preparation were kept have none}
     */
    public Fitted fitted() {
        Map<String, String> metadata = content.metadata();
        return new Fitted(
                shape(),
                classNames(),
                tokenNames(),
                metadata.containsKey("targets") ? names("targets") : List.of(),
                metadata.getOrDefault("preparation", ""));
    }

    /** {@return between which values its inputs lay; none in files of before that was kept} */
    public Ranges ranges() {
        boolean kept = content.metadata().containsKey("ranges");
        return kept ? value("ranges", Ranges.class) : Ranges.NONE;
    }

    private List<String> names(String key) {
        List<String> names = Arrays.asList(value(key, String[].class));
        if (names.contains(null)) {
            throw damaged(key, "has a name that is null");
        }
        return List.copyOf(names);
    }

    private <T> T value(String key, Class<T> type) {
        try {
            T value = JSON.readValue(text(key), type);
            if (value == null) {
                throw damaged(key, "is null");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw damaged(key, "is not what it should be");
        }
    }

    /** An entry of the metadata. */
    String text(String key) {
        String text = content.metadata().get(key);
        if (text == null) {
            throw new UserError(file + ": is damaged: it has no metadata '" + key + "'");
        }
        return text;
    }

    /** Names and shapes of all tensors. */
    Map<String, int[]> shapes() {
        Map<String, int[]> shapes = new LinkedHashMap<>();
        content.arrays().forEach((name, array) -> shapes.put(name, array.shape()));
        return shapes;
    }

    /**
     * {@return the values of a tensor, row-major}
     *
     * @param name of a tensor
     * @throws UserError when there is no such tensor
     */
    public float[] values(String name) {
        Safetensors.Array array = content.arrays().get(name);
        if (array == null) {
            throw new UserError(file + ": is of another model: it has no tensor '" + name + "'");
        }
        return array.values();
    }

    /**
     * Checks that a run with these settings and data can go on from here.
     *
     * @param stepsPerEpoch with the settings given
     * @return what will be done otherwise from now on, in words; mostly nothing
     * @throws UserError that names everything under which the past would have been another
     */
    List<String> checkSameRun(Config given, Splits data, int stepsPerEpoch) {
        return Resumption.check(
                file,
                given,
                config(List.of()),
                progress(),
                stepsPerEpoch,
                content.metadata(),
                fitted(),
                data);
    }

    /**
     * Puts values of this checkpoint into tensors.
     *
     * @param tensors by the names that they have in it
     * @throws UserError that names the tensors that are missing or have another shape
     */
    void load(Backend backend, Map<String, Tensor> tensors) {
        CheckpointChecks.fits(file, shapes(), tensors);
        tensors.forEach((name, t) -> backend.write(t, content.arrays().get(name).values()));
    }

    /**
     * Puts the values of a model's parameters and running statistics into its tensors.
     *
     * @param backend that holds the tensors
     * @param model of the checkpoint's settings
     * @throws UserError that names the tensors that are missing, have another shape, or are in the
     *     checkpoint only
     */
    public void load(Backend backend, Model model) {
        fits(model).forEach(t -> backend.write(t, values(t.name())));
    }

    /**
     * Demands that it is of such a model.
     *
     * @return the model's parameters and running statistics
     * @throws UserError that names the tensors that do not fit
     */
    List<Tensor> fits(Model model) {
        return CheckpointChecks.fits(file, shapes(), model);
    }

    /**
     * Demands that a run with such a model can take some tensors from it.
     *
     * @param taken says of a tensor's name whether it is
     * @return those of the model's parameters and running statistics
     * @throws UserError that names the tensors that do not fit
     */
    List<Tensor> fits(Model model, Predicate<String> taken) {
        return CheckpointChecks.fits(file, shapes(), model, taken);
    }

    /** {@return what to say of weights that are no finite numbers; empty where all are} */
    public Optional<String> badWeights() {
        return Finite.complaint(file, content.arrays());
    }

    /** The first tensor of the present state that holds a value that is no finite number. */
    Optional<String> notFinite() {
        return Optional.ofNullable(notFinite);
    }
}
