package s5.data.set;

import static org.junit.jupiter.api.Assertions.assertEquals;

import s5.data.Batch;
import s5.data.Dataset;
import s5.data.TestFiles;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A small Speech Commands: clips of three words, in the order a file system might have them. */
public final class SpeechTestFiles {
    public static final String NAME = "speech_commands/speech_commands_v0.02.tar.gz";

    private SpeechTestFiles() {}

    /**
     * The files of a good set by their names in the archive: 5 clips train, 2 validate, 1 tests.
     */
    public static Map<String, byte[]> good() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("README.md", text("about"));
        files.put("yes/b_nohash_0.wav", wav(16_000, 3));
        files.put("yes/a_nohash_1.wav", wav(16_000, 1));
        files.put("_background_noise_/noise.wav", new byte[1_000_000]);
        files.put("down/c_nohash_0.wav", wav(12_000, 5));
        files.put("yes/a_nohash_0.wav", wav(16_000, 2));
        files.put("validation_list.txt", text("yes/b_nohash_0.wav\nzero/a_nohash_0.wav\n"));
        files.put("zero/a_nohash_0.wav", wav(1, 7));
        files.put("down/d_nohash_0.wav", wav(16_000, -9));
        files.put("down/e_nohash_0.wav", wav(16_000, 4));
        files.put("testing_list.txt", text("down/e_nohash_0.wav\n"));
        files.put("down/f_nohash_0.wav", wav(15_999, -3));
        return files;
    }

    public static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A clip: the sample at t is {@code slope (t mod 1000)}. */
    public static byte[] wav(int samples, int slope) {
        byte[] bytes = new byte[2 * samples];
        ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int t = 0; t < samples; t++) {
            data.putShort((short) sample(t, slope));
        }
        return riff(chunk("fmt ", format(1, 1, 16_000, 16)), chunk("data", bytes));
    }

    public static int sample(int t, int slope) {
        return slope * (t % 1000);
    }

    public static byte[] format(int format, int channels, int rate, int bits) {
        return buffer(16)
                .putShort((short) format)
                .putShort((short) channels)
                .putInt(rate)
                .putInt(rate * channels * bits / 8)
                .putShort((short) (channels * bits / 8))
                .putShort((short) bits)
                .array();
    }

    /** A chunk with its header, and with a zero behind it when its size is odd. */
    public static byte[] chunk(String tag, byte[] content) {
        return buffer(8 + content.length + content.length % 2)
                .put(text(tag))
                .putInt(content.length)
                .put(content)
                .array();
    }

    public static byte[] riff(byte[]... chunks) {
        int size = 4;
        for (byte[] chunk : chunks) {
            size += chunk.length;
        }
        byte[] bytes = new byte[8 + size];
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        file.put(text("RIFF")).putInt(size).put(text("WAVE"));
        for (byte[] chunk : chunks) {
            file.put(chunk);
        }
        return bytes;
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    public static Path writeArchive(Path root, Map<String, byte[]> files) throws IOException {
        return TestFiles.write(root.resolve(NAME), TestFiles.tarGz(files));
    }

    public static void writeFolder(Path folder, Map<String, byte[]> files) throws IOException {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            TestFiles.write(folder.resolve(file.getKey()), file.getValue());
        }
    }

    /** What a model gets of a clip. */
    static float[] sample(Dataset data, int i) {
        Batch batch = new Batch(data.shape(), 1);
        data.read(i, batch, 0);
        assertEquals(data.shape().length(), batch.lengths[0]);
        return batch.x;
    }

    static int label(Dataset data, int i) {
        Batch batch = new Batch(data.shape(), 1);
        data.read(i, batch, 0);
        return batch.labels[0];
    }

    static List<Integer> labels(Dataset data) {
        List<Integer> labels = new ArrayList<>();
        for (int i = 0; i < data.size(); i++) {
            labels.add(label(data, i));
        }
        return labels;
    }
}
