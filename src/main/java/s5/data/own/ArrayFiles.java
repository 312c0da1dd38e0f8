package s5.data.own;

import s5.config.Inlined;
import s5.config.Key;
import s5.data.own.ArraysReader.Names;

import java.util.List;
import java.util.Set;

/** Own sequences in NumPy arrays; see {@link ArraysReader}. */
public final class ArrayFiles extends OwnSource<ArrayFiles.Settings> {
    /** For {@link java.util.ServiceLoader}. */
    public ArrayFiles() {}

    /** The set's own keys: the arrays' names in an .npz file. */
    record Settings(
            @Key(
                            value =
                                    "the array of an .npz file that holds the inputs, (N, L, C) or"
                                            + " (N, L)",
                            unset = "X")
                    String inputsArray,
            @Key(
                            value =
                                    "the array of what is to be told: (N) of the whole or (N, L) of"
                                        + " each position; (N, T) or (N, L, T) where it is numbers."
                                        + " Floating-point numbers are told as numbers, whole ones"
                                        + " and texts are classes, unless data.task says it",
                            unset = "y")
                    String answersArray,
            @Key(value = "the array of lengths, (N), if there is one", unset = "lengths")
                    String lengthsArray,
            @Key(value = "the array of times, (N, L) or (L), if there is one", unset = "times")
                    String timesArray,
            @Inlined OwnKeys keys) {}

    @Override
    public String name() {
        return "arrays";
    }

    @Override
    public String title() {
        return "sequences of your own in NumPy arrays: .npz, or .npy to predict";
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
        return Set.of(".npz", ".npy");
    }

    @Override
    protected RawReader reader(Settings settings, List<Input> inputs, Preparation fitted) {
        return new ArraysReader(
                inputs,
                new Names(
                        settings.inputsArray(),
                        settings.answersArray(),
                        settings.lengthsArray(),
                        settings.timesArray()),
                settings.keys().task(),
                fitted);
    }
}
