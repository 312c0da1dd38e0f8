package s5.data.media;

import s5.UserError;
import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Fitted;
import s5.data.Shape;
import s5.data.format.RawFile;
import s5.data.format.Sound;
import s5.data.format.WavFile;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Recordings of a user's own for a model of Speech Commands: of any rate and number of channels,
 * brought to one channel of 16,000 samples a second, and what is shorter than a second filled up
 * with zeros as in training.
 */
public final class Clips implements Dataset {
    private static final int LARGEST = 1 << 28;

    private final Fitted fitted;
    private final ClipScale scale;
    private final List<Path> files;
    private final List<short[]> clips = new ArrayList<>();
    private final List<Integer> lengths = new ArrayList<>();

    /**
     * Reads a recording, or all of a folder.
     *
     * @param file either
     * @param fitted of the model, its preparation a {@link ClipScale}
     * @throws UserError when there is none, one is damaged, or the checkpoint is of before the
     *     scale was kept
     */
    public Clips(Path file, Fitted fitted) {
        this.fitted = fitted;
        if (fitted.preparation().isEmpty()) {
            throw new UserError(
                    file
                            + ": the checkpoint does not hold the scale of its training clips,"
                            + " which came later; train again, or give .csv or .f32 scaled as in"
                            + " training");
        }
        scale = ClipScale.of(fitted.preparation());
        files = Files.isDirectory(file) ? below(file) : List.of(file);
        for (Path each : files) {
            float[] samples =
                    Sound.read(each.toString(), content(each)).mono().at(WavFile.RATE).samples();
            short[] clip = new short[WavFile.RATE];
            for (int t = 0; t < Math.min(clip.length, samples.length); t++) {
                clip[t] = (short) Math.clamp(Math.round(samples[t] * 32_768f), -32_768, 32_767);
            }
            clips.add(clip);
            lengths.add(samples.length);
        }
    }

    private static List<Path> below(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> found =
                    all.filter(f -> f.toString().toLowerCase(Locale.ROOT).endsWith(".wav"))
                            .filter(Files::isRegularFile)
                            .sorted()
                            .toList();
            if (found.isEmpty()) {
                throw new UserError(folder + ": holds no .wav");
            }
            return found;
        } catch (IOException e) {
            throw RawFile.damaged(folder, e);
        }
    }

    private static byte[] content(Path file) {
        try (InputStream in = RawFile.open(file)) {
            byte[] content = in.readNBytes(LARGEST + 1);
            if (content.length > LARGEST) {
                throw new UserError(file + ": is far longer than the second that the model takes");
            }
            return content;
        } catch (IOException e) {
            throw RawFile.damaged(file, e);
        }
    }

    @Override
    public Shape shape() {
        return fitted.shape();
    }

    @Override
    public List<String> classNames() {
        return fitted.classNames();
    }

    @Override
    public int size() {
        return clips.size();
    }

    @Override
    public String id(int i) {
        return files.get(i).toString();
    }

    @Override
    public boolean named() {
        return true;
    }

    @Override
    public String cut(int i) {
        return lengths.get(i) <= WavFile.RATE
                ? ""
                : "%s: has %,d samples at 16,000 a second, more than the second that the model takes"
                        .formatted(files.get(i), lengths.get(i));
    }

    @Override
    public void read(int i, Batch batch, int row) {
        scale.write(clips.get(i), batch.x, row * WavFile.RATE);
        batch.lengths[row] = WavFile.RATE;
        batch.labels[row] = 0;
    }
}
