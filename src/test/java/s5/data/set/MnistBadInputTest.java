package s5.data.set;

import static org.junit.jupiter.api.Assertions.assertEquals;

import static s5.data.TestFiles.assertUserError;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.data.TestFiles;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Damages one file of a good set at a time. */
class MnistBadInputTest {
    @TempDir Path root;
    private Path folder;

    @BeforeEach
    void goodFiles() throws IOException {
        folder = IdxTestFiles.write(root, 20);
    }

    private void assertRefused(String... parts) throws IOException {
        List<Path> before = TestFiles.tree(root);
        assertUserError(() -> Mnist.open(root, false, 0.1, 42), parts);
        assertEquals(before, TestFiles.tree(root), "nothing may be written");
    }

    private void replace(String name, byte[] content) throws IOException {
        TestFiles.write(folder.resolve(name), content);
    }

    @Test
    void missingFolder() {
        assertUserError(
                () -> Mnist.open(root.resolve("nowhere"), false, 0.1, 42),
                "data.root",
                root.resolve("nowhere").toString(),
                "MNIST",
                "s5 download mnist");
    }

    @Test
    void missingFiles() throws IOException {
        Files.delete(folder.resolve("t10k-labels-idx1-ubyte"));
        assertRefused(folder.resolve("t10k-labels-idx1-ubyte").toString(), "no such file", ".gz");
        Files.delete(folder.resolve("train-images-idx3-ubyte.gz"));
        assertRefused(
                "data.root",
                "train-images-idx3-ubyte",
                folder.toString(),
                "MNIST/raw",
                "s5 download mnist");
    }

    @Test
    void folderInPlaceOfAFile() throws IOException {
        Files.delete(folder.resolve("t10k-labels-idx1-ubyte"));
        Files.createDirectory(folder.resolve("t10k-labels-idx1-ubyte"));
        assertRefused("t10k-labels-idx1-ubyte", "is not a file");
    }

    @Test
    void truncatedGzip() throws IOException {
        byte[] good = Files.readAllBytes(folder.resolve("train-images-idx3-ubyte.gz"));
        for (int length : new int[] {0, 5, 12, good.length / 2, good.length - 3}) {
            replace("train-images-idx3-ubyte.gz", Arrays.copyOf(good, length));
            assertRefused("train-images-idx3-ubyte.gz", "ends too early");
        }
    }

    @Test
    void damagedGzip() throws IOException {
        byte[] bytes = Files.readAllBytes(folder.resolve("train-labels-idx1-ubyte.gz"));
        bytes[bytes.length - 6] ^= 1; // the checksum
        replace("train-labels-idx1-ubyte.gz", bytes);
        assertRefused("train-labels-idx1-ubyte.gz", "damaged gzip file");
        replace("train-labels-idx1-ubyte.gz", IdxTestFiles.labels(20)); // not gzipped
        assertRefused("train-labels-idx1-ubyte.gz", "is not gzipped", "take .gz off the name");
    }

    @Test
    void wrongMagic() throws IOException {
        replace("t10k-images-idx3-ubyte", IdxTestFiles.labels(7));
        assertRefused("t10k-images-idx3-ubyte", "0x00000801", "0x00000803");
    }

    @Test
    void shortHeader() throws IOException {
        byte[] good = IdxTestFiles.images(7, 2);
        replace("t10k-images-idx3-ubyte", Arrays.copyOf(good, 3));
        assertRefused("t10k-images-idx3-ubyte", "magic number");
        replace("t10k-images-idx3-ubyte", Arrays.copyOf(good, 11));
        assertRefused("t10k-images-idx3-ubyte", "ends inside the header");
    }

    @Test
    void headerAndSizeDisagree() throws IOException {
        byte[] good = IdxTestFiles.images(7, 2);
        replace("t10k-images-idx3-ubyte", Arrays.copyOf(good, good.length - 1));
        assertRefused("t10k-images-idx3-ubyte", "ends after 5487", "7 x 28 x 28 = 5488");
        replace("t10k-images-idx3-ubyte", Arrays.copyOf(good, good.length + 1));
        assertRefused("t10k-images-idx3-ubyte", "goes on after", "5488");
    }

    @Test
    void absurdSizes() throws IOException {
        int[][] sizes = {
            {Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE},
            {-1, 28, 28},
            {3_000_000, 28, 28}
        };
        for (int[] size : sizes) {
            replace("t10k-images-idx3-ubyte", IdxTestFiles.idx(0x803, size, new byte[784]));
            assertRefused("t10k-images-idx3-ubyte", "more than can be");
        }
        // Below the limit of an array, far above what a test JVM has and the file holds.
        replace(
                "t10k-images-idx3-ubyte",
                IdxTestFiles.idx(0x803, new int[] {2_700_000, 28, 28}, new byte[784]));
        assertRefused("t10k-images-idx3-ubyte", "ends after 784");
    }

    @Test
    void emptySet() throws IOException {
        replace("t10k-images-idx3-ubyte", IdxTestFiles.images(0, 1));
        replace("t10k-labels-idx1-ubyte", IdxTestFiles.labels(0));
        assertRefused("t10k-images-idx3-ubyte", "0 x 28 x 28", "empty");
    }

    @Test
    void otherImageSize() throws IOException {
        replace(
                "t10k-images-idx3-ubyte",
                IdxTestFiles.idx(0x803, new int[] {7, 14, 56}, new byte[7 * 784]));
        assertRefused("t10k-images-idx3-ubyte", "14 x 56", "28 x 28");
    }

    @Test
    void imagesAndLabelsDisagree() throws IOException {
        replace("t10k-labels-idx1-ubyte", IdxTestFiles.labels(8));
        assertRefused("t10k-labels-idx1-ubyte", "8 labels", "7 images", "t10k-images-idx3-ubyte");
    }

    @Test
    void labelOutOfRange() throws IOException {
        byte[] labels = IdxTestFiles.labels(7);
        labels[8 + 3] = (byte) 200;
        replace("t10k-labels-idx1-ubyte", labels);
        assertRefused("t10k-labels-idx1-ubyte", "label 200 of image 3");
    }

    @Test
    void uselessValidationShare() {
        for (double share : new double[] {-0.1, 1, Double.NaN}) {
            assertUserError(() -> Mnist.open(root, false, share, 42), "data.validation");
        }
        assertUserError(() -> Mnist.open(root, false, 0.01, 42), "data.validation", "20");
    }
}
