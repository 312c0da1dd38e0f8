package s5.data.media;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;

import s5.UserError;
import s5.data.format.WavFile;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;

/**
 * From a clip of a second to the input of a model of Speech Commands: from the integer s at
 * position t to (unit s - mean[t]) / deviation[t].
 *
 * @param unit what an integer step is worth
 * @param mean (16000)
 * @param deviation (16000)
 */
public record ClipScale(float unit, float[] mean, float[] deviation) {
    private static final int LENGTH = WavFile.RATE;
    private static final JsonMapper JSON = new JsonMapper();

    /**
     * As a checkpoint keeps it.
     *
     * @param unit what an integer step is worth
     * @param mean little-endian float32 in base 64
     * @param deviation likewise
     */
    private record Stored(float unit, String mean, String deviation) {}

    /** {@return the same as JSON} */
    public String toJson() {
        try {
            return JSON.writeValueAsString(new Stored(unit, base64(mean), base64(deviation)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * {@return what {@link #toJson} has written}
     *
     * @param json of a checkpoint
     * @throws UserError when it is none
     */
    public static ClipScale of(String json) {
        try {
            Stored stored = JSON.readValue(json, Stored.class);
            ClipScale scale =
                    new ClipScale(stored.unit, floats(stored.mean), floats(stored.deviation));
            if (scale.mean.length == LENGTH && scale.deviation.length == LENGTH) {
                return scale;
            }
        } catch (JsonProcessingException | IllegalArgumentException | NullPointerException e) {
            throw new UserError("the checkpoint is damaged: its scale makes no sense", e);
        }
        throw new UserError("the checkpoint is damaged: its scale makes no sense");
    }

    private static String base64(float[] values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    private static float[] floats(String base64) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64));
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    /**
     * Writes a clip as the model sees it.
     *
     * @param clip (16000), zeros behind its end
     * @param x the model's input
     * @param to where in x the first one goes
     */
    public void write(short[] clip, float[] x, int to) {
        for (int t = 0; t < LENGTH; t++) {
            x[to + t] = (unit * clip[t] - mean[t]) / deviation[t];
        }
    }

    /**
     * The official code: torchaudio's samples in [-1, 1) divided by 2^15 once more; the mean and
     * the deviation, unbiased and + 1e-5, of each position over the training clips.
     *
     * @param n training clips
     * @param sums (16000), over them
     * @param squares likewise, of the squares
     * @return the scale
     */
    public static ClipScale perPosition(long n, long[] sums, long[] squares) {
        double unit = 0x1p-30;
        float[] mean = new float[LENGTH];
        float[] deviation = new float[LENGTH];
        for (int t = 0; t < LENGTH; t++) {
            mean[t] = (float) (unit * sums[t] / n);
            double variance = variance(n, sums[t], squares[t]);
            deviation[t] = (float) (unit * Math.sqrt(variance)) + 1e-5f;
        }
        return new ClipScale((float) unit, mean, deviation);
    }

    /**
     * One mean and one deviation of all samples of the training clips.
     *
     * @param n samples of all training clips
     * @param sums (16000), over the clips
     * @param squares likewise, of the squares
     * @return the scale
     * @throws UserError when all are silent
     */
    public static ClipScale global(long n, long[] sums, long[] squares) {
        double unit = 0x1p-15;
        long sum = Arrays.stream(sums).sum();
        double variance = variance(n, sum, Arrays.stream(squares).sum());
        if (variance == 0) {
            throw new UserError("data.normalization: all training clips are silent; use official");
        }
        float[] mean = new float[LENGTH];
        float[] deviation = new float[LENGTH];
        Arrays.fill(mean, (float) (unit * sum / n));
        Arrays.fill(deviation, (float) (unit * Math.sqrt(variance)));
        return new ClipScale((float) unit, mean, deviation);
    }

    private static double variance(long n, long sum, long squares) {
        return Math.max(0, (squares - (double) sum * sum / n) / (n - 1));
    }
}
