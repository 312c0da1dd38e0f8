package s5.data.set;

import s5.config.Key;
import s5.data.DataSource;
import s5.data.Dataset;
import s5.data.Fitted;
import s5.data.Place;
import s5.data.Shape;
import s5.data.Splits;
import s5.data.media.Clips;
import s5.download.RemoteFile;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Speech Commands with all 35 words, as raw audio; see {@link SpeechCommands}. */
public final class Sc35 implements DataSource<Sc35.Settings> {
    /** For {@link java.util.ServiceLoader}. */
    public Sc35() {}

    /** How audio samples are scaled; see {@link Settings#normalization()}. */
    public enum Normalization {
        /** As the official code: position by position, to small numbers. */
        OFFICIAL,
        /** By one mean and deviation of all training clips. */
        GLOBAL
    }

    /**
     * The set's own keys.
     *
     * @param normalization what is subtracted from samples, and what they are divided by
     */
    public record Settings(
            @Key(
                            value =
                                    "official: samples / 2^30 minus the mean, by the deviation +"
                                            + " 1e-5, both of each position over the training clips"
                                            + " (the 1e-5 is the larger, so that inputs come out"
                                            + " small); global: samples / 2^15 by one mean and"
                                            + " deviation of all training samples",
                            unset = "official")
                    Normalization normalization) {}

    @Override
    public String name() {
        return "sc35";
    }

    @Override
    public String title() {
        return "Speech Commands: 35 words as raw audio of 16,000 samples a second";
    }

    @Override
    public boolean official() {
        return true;
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public Shape shape(Settings settings, Place place) {
        return SpeechCommands.SHAPE;
    }

    @Override
    public Splits open(Settings settings, Place place, long seed) {
        return SpeechCommands.open(place.root(), place.cache(), settings.normalization());
    }

    /** Recordings of any rate, and folders of them. */
    @Override
    public Dataset samples(Settings settings, Path file, Fitted fitted) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return Files.isDirectory(file) || !name.replaceFirst("\\.gz$", "").matches(".*\\.(csv|f32)")
                ? new Clips(file, fitted)
                : DataSource.super.samples(settings, file, fitted);
    }

    @Override
    public List<RemoteFile> published() {
        return List.of(
                new RemoteFile(
                        name(),
                        "Speech Commands v0.02, Warden, 2018; CC BY 4.0",
                        "speech_commands",
                        URI.create(
                                "https://storage.googleapis.com/download.tensorflow.org/data/speech_commands_v0.02.tar.gz"),
                        2_428_923_189L,
                        "af14739ee7dc311471de98f5f9d2c9191b18aedfe957f4a6ff791c709868ff58",
                        List.of()));
    }
}
