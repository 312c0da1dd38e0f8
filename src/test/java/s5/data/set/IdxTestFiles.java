package s5.data.set;

import s5.data.TestFiles;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;

/** Small sets of files in MNIST's layout. */
public final class IdxTestFiles {
    private IdxTestFiles() {}

    public static byte[] idx(int magic, int[] sizes, byte[] values) {
        ByteBuffer file = ByteBuffer.allocate(4 + 4 * sizes.length + values.length);
        file.putInt(magic);
        for (int size : sizes) {
            file.putInt(size);
        }
        return file.put(values).array();
    }

    public static byte[] images(int count, long seed) {
        byte[] pixels = new byte[count * 784];
        new Random(seed).nextBytes(pixels);
        return idx(0x803, new int[] {count, 28, 28}, pixels);
    }

    public static byte[] labels(int count) {
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) (i % 10);
        }
        return idx(0x801, new int[] {count}, labels);
    }

    /** Writes train (so many images) and test (7 images) into root/mnist, training gzipped. */
    public static Path write(Path root, int train) throws IOException {
        Path folder = root.resolve("mnist");
        TestFiles.write(
                folder.resolve("train-images-idx3-ubyte.gz"), TestFiles.gzip(images(train, 1)));
        TestFiles.write(
                folder.resolve("train-labels-idx1-ubyte.gz"), TestFiles.gzip(labels(train)));
        TestFiles.write(folder.resolve("t10k-images-idx3-ubyte"), images(7, 2));
        TestFiles.write(folder.resolve("t10k-labels-idx1-ubyte"), labels(7));
        return folder;
    }
}
