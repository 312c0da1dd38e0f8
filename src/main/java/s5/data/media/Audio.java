package s5.data.media;

import s5.config.Check;
import s5.config.Inlined;
import s5.config.Key;
import s5.data.format.Sound;
import s5.data.own.Input;
import s5.data.own.OwnKeys;
import s5.data.own.OwnSource;
import s5.data.own.Preparation;
import s5.data.own.RawReader;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Own recordings: a folder a class, or {@code metadata.csv} beside them with the columns {@code
 * file_name} and {@code label} (Hugging Face's AudioFolder). {@link Sound} says what is read.
 */
public final class Audio extends OwnSource<Audio.Settings> {
    /** What Java Sound's readers may know; a file of these ends that has none is an error. */
    private static final Set<String> ENDINGS =
            Set.of(
                    ".wav", ".wave", ".aif", ".aiff", ".aifc", ".au", ".snd", ".mp3", ".ogg",
                    ".flac", ".m4a", ".opus");

    private static final Set<String> TABLES = Set.of("metadata.csv", "metadata.jsonl");

    /** For {@link java.util.ServiceLoader}. */
    public Audio() {}

    /** What becomes of how loud a recording is. */
    enum Level {
        /** Nothing. */
        KEEP,
        /** Its loudest sample becomes 1. */
        PEAK,
        /** Its root mean square becomes 1. */
        RMS
    }

    /** The set's own keys. */
    record Settings(
            @Inlined OwnKeys keys,
            @Key(
                            value =
                                    "samples a second that all recordings get, from 1 to 10000000;"
                                            + " 0: the rate that most of the training files have",
                            unset = "0")
                    int rate,
            @Key(
                            value =
                                    "true: the mean of all channels; false: an input for each"
                                            + " channel, of which all recordings have as many",
                            unset = "true")
                    boolean mono,
            @Key(
                            value =
                                    "how loud a recording is: keep it; peak: its loudest sample"
                                            + " becomes 1; rms: its root mean square becomes 1."
                                            + " data.scale comes after that",
                            unset = "keep")
                    Level level,
            @Key(
                            value =
                                    "classes to read, with commas between or as a list; others are"
                                            + " left out, which is told; none: all",
                            unset = OwnKeys.NONE,
                            list = true)
                    String classes,
            @Key(value = "the column of metadata.csv that has the class", unset = "label")
                    String label) {
        /**
         * @throws s5.UserError when a value is out of range
         */
        Settings {
            Check.within("data.rate", rate, 0, 10_000_000);
        }
    }

    @Override
    public String name() {
        return "audio";
    }

    @Override
    public String title() {
        return "recordings of your own (WAV, AIFF, AU): a folder a class, or metadata.csv";
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
        return ENDINGS;
    }

    /** Its reader looks into folders itself. */
    @Override
    protected List<Input> raw(Path file) {
        return List.of(new Input(file, null));
    }

    private static Folders find(Settings settings, Path root) {
        return new Folders(ENDINGS, TABLES).find(settings.keys(), root);
    }

    @Override
    protected List<Input> inputs(Settings settings, Path root) {
        return find(settings, root).inputs();
    }

    @Override
    protected List<String> leftOut(Settings settings, Path root) {
        return find(settings, root).leftOut();
    }

    @Override
    protected RawReader reader(Settings settings, List<Input> inputs, Preparation fitted) {
        if (fitted == null) {
            return AudioReader.toTrain(settings, inputs);
        }
        Folders files = new Folders(ENDINGS, Set.of());
        inputs.forEach(input -> files.at(input.file()));
        return AudioReader.toPredict(settings, files, fitted);
    }
}
