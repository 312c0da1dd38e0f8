package s5.infer;

import s5.UserError;
import s5.data.own.Preparation;
import s5.train.Finite;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * What streams remember of what they have read.
 *
 * @param size numbers of all layers of a stream, layers * 2P
 * @param features H
 * @param fingerprint of the model
 * @param x (streams, layers, 2P)
 * @param sum (streams, H): sums over the positions so far; null when the last one counts
 * @param last (streams, H): the features of the last position; null when all of them count
 * @param held (streams, C): the last value of each column, where it fills gaps; else null
 * @param count positions of each stream so far
 */
record States(
        int size,
        int features,
        int fingerprint,
        float[] x,
        double[] sum,
        float[] last,
        float[] held,
        long[] count) {
    private static final int MAGIC = 0x53355331; // S5S1

    static States of(StepWeights weights, int streams) {
        int size = Math.multiplyExact(weights.layers().size(), weights.states());
        int h = weights.features();
        Preparation preparation = weights.model().preparation();
        checkRoom(streams, size, h);
        return new States(
                size,
                h,
                weights.model().fingerprint(),
                new float[Math.multiplyExact(streams, size)],
                weights.mean() ? new double[Math.multiplyExact(streams, h)] : null,
                weights.mean() ? null : new float[Math.multiplyExact(streams, h)],
                preparation != null && preparation.holds()
                        ? new float[Math.multiplyExact(streams, weights.model().channels())]
                        : null,
                new long[streams]);
    }

    /** Demands that so many streams fit into arrays, and those into the memory of this JVM. */
    private static void checkRoom(int streams, int size, int features) {
        long widest = Math.max(size, features);
        double bytes = streams * (4.0 * size + 8.0 * features);
        long most = Runtime.getRuntime().maxMemory();
        if (streams * widest > Integer.MAX_VALUE - 8 || bytes > most) {
            throw new IllegalArgumentException(
                    "%,d streams of %,d numbers each, %.1f GB; at most %,d fit into arrays, and this JVM has %.1f GB"
                            .formatted(
                                    streams,
                                    size + features,
                                    bytes / 1e9,
                                    (Integer.MAX_VALUE - 8) / widest,
                                    most / 1e9));
        }
    }

    /** Takes in the features of a new position, row {@code row} of {@code out}. */
    void read(int stream, float[] out, int row) {
        count[stream]++;
        int to = stream * features;
        int from = row * features;
        if (sum == null) {
            System.arraycopy(out, from, last, to, features);
        } else {
            for (int j = 0; j < features; j++) {
                sum[to + j] += out[from + j];
            }
        }
    }

    /** What the pooling makes of the positions so far, (H). */
    float[] pooled(int stream) {
        if (count[stream] == 0) {
            throw new IllegalStateException("the stream has read nothing yet");
        }
        int at = stream * features;
        if (sum == null) {
            return Arrays.copyOfRange(last, at, at + features);
        }
        float[] mean = new float[features];
        for (int j = 0; j < features; j++) {
            mean[j] = (float) (sum[at + j] / count[stream]);
        }
        return mean;
    }

    void reset(int stream) {
        Arrays.fill(x, stream * size, (stream + 1) * size, 0f);
        int from = stream * features;
        if (sum == null) {
            Arrays.fill(last, from, from + features, 0f);
        } else {
            Arrays.fill(sum, from, from + features, 0);
        }
        if (held != null) {
            Arrays.fill(held, stream * columns(), (stream + 1) * columns(), 0f);
        }
        count[stream] = 0;
    }

    /** Numbers of a stream that {@link #keep} keeps. */
    int kept() {
        return size + columns();
    }

    /** Keeps what a step changes before it is known to be good, in a row of {@link #kept}. */
    void keep(int stream, float[] to, int row) {
        int at = row * kept();
        System.arraycopy(x, stream * size, to, at, size);
        if (held != null) {
            System.arraycopy(held, stream * columns(), to, at + size, columns());
        }
    }

    /** Takes back what a step has changed. */
    void undo(int stream, float[] from, int row) {
        int at = row * kept();
        System.arraycopy(from, at, x, stream * size, size);
        if (held != null) {
            System.arraycopy(from, at + size, held, stream * columns(), columns());
        }
    }

    /** Whether a stream remembers no infinity and no NaN, which it would never lose again. */
    boolean finite(int stream) {
        return Finite.all(x, stream * size, (stream + 1) * size);
    }

    /** Values that are held of a stream. */
    int columns() {
        return held == null ? 0 : held.length / count.length;
    }

    private int bytes() {
        return 4 + 4 + 8 + 4 * size + (sum == null ? 4 : 8) * features + 4 * columns() + 4;
    }

    byte[] toBytes(int stream) {
        ByteBuffer to = ByteBuffer.allocate(bytes()).putInt(MAGIC).putInt(fingerprint);
        to.putLong(count[stream]);
        for (int i = 0; i < size; i++) {
            to.putFloat(x[stream * size + i]);
        }
        for (int j = 0; j < features; j++) {
            if (sum == null) {
                to.putFloat(last[stream * features + j]);
            } else {
                to.putDouble(sum[stream * features + j]);
            }
        }
        for (int c = 0; c < columns(); c++) {
            to.putFloat(held[stream * columns() + c]);
        }
        return to.putInt(checksum(to.array())).array();
    }

    private static int checksum(byte[] bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, 0, bytes.length - 4);
        return (int) sum.getValue();
    }

    void restore(int stream, byte[] bytes) {
        ByteBuffer from = ByteBuffer.wrap(bytes);
        if (bytes.length < 20 || from.getInt() != MAGIC) {
            throw new UserError("state: is none of a stream");
        }
        if (from.getInt() != fingerprint) {
            throw new UserError("state: is of a stream of another model");
        }
        if (bytes.length != bytes() || from.getInt(bytes.length - 4) != checksum(bytes)) {
            throw new UserError("state: is damaged");
        }
        checkSense(from.duplicate());
        count[stream] = from.getLong();
        for (int i = 0; i < size; i++) {
            x[stream * size + i] = from.getFloat();
        }
        for (int j = 0; j < features; j++) {
            if (sum == null) {
                last[stream * features + j] = from.getFloat();
            } else {
                sum[stream * features + j] = from.getDouble();
            }
        }
        for (int c = 0; c < columns(); c++) {
            held[stream * columns() + c] = from.getFloat();
        }
    }

    /** Demands numbers, before anything is taken: who makes up a state can make up its sum, too. */
    private void checkSense(ByteBuffer from) {
        boolean sense = from.getLong() >= 0;
        for (int i = 0; i < size; i++) {
            sense &= Float.isFinite(from.getFloat());
        }
        for (int j = 0; j < features; j++) {
            sense &=
                    sum == null
                            ? Float.isFinite(from.getFloat())
                            : Double.isFinite(from.getDouble());
        }
        for (int c = 0; c < columns(); c++) {
            sense &= Float.isFinite(from.getFloat());
        }
        if (!sense) {
            throw new UserError("state: makes no sense; it holds no numbers of a stream");
        }
    }

    States copy() {
        return new States(
                size,
                features,
                fingerprint,
                x.clone(),
                sum == null ? null : sum.clone(),
                last == null ? null : last.clone(),
                held == null ? null : held.clone(),
                count.clone());
    }
}
