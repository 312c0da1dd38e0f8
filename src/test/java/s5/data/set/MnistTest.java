package s5.data.set;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.data.Batch;
import s5.data.Batches;
import s5.data.Dataset;
import s5.data.Shape;
import s5.data.Splits;
import s5.data.TestFiles;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;

class MnistTest {
    private static final Shape SHAPE = new Shape(784, 1, false, false, 10, 1);

    @TempDir Path root;

    @Test
    void readsPixelsLabelsAndLengths() throws IOException {
        IdxTestFiles.write(root, 20);
        Splits splits = Mnist.open(root, false, 0.1, 42);
        assertEquals(SHAPE, splits.shape());
        assertEquals(18, splits.train().size());
        assertEquals(2, splits.validation().size());
        assertEquals(7, splits.test().size());
        assertFalse(splits.selectsOnTest());

        byte[] file = IdxTestFiles.images(7, 2);
        Batch batch = new Batch(SHAPE, 3);
        splits.test().read(4, batch, 2);
        for (int k = 0; k < 784; k++) {
            assertEquals((file[16 + 4 * 784 + k] & 0xff) / 255f, batch.x[2 * 784 + k]);
        }
        assertEquals(784, batch.lengths[2]);
        assertEquals(4, batch.labels[2]);
    }

    @Test
    void permutedShowsTheSamePixelsInAnotherOrder() throws IOException {
        IdxTestFiles.write(root, 20);
        Batch plain = new Batch(SHAPE, 1);
        Batch permuted = new Batch(SHAPE, 1);
        Mnist.open(root, false, 0.1, 42).train().read(3, plain, 0);
        Mnist.open(root, true, 0.1, 42).train().read(3, permuted, 0);
        assertEquals(plain.labels[0], permuted.labels[0]);
        int[] order = Mnist.bitReversal(784);
        for (int k = 0; k < 784; k++) {
            assertEquals(plain.x[order[k]], permuted.x[k]);
        }
    }

    @Test
    void withoutValidationTheTestSetSelects() throws IOException {
        IdxTestFiles.write(root, 20);
        Splits splits = Mnist.open(root, false, 0, 42);
        assertEquals(20, splits.train().size());
        assertSame(splits.test(), splits.validation());
        assertTrue(splits.selectsOnTest());
    }

    @Test
    void findsTheFilesInTheLayoutsInUse() throws IOException {
        Path folder = IdxTestFiles.write(root, 20);
        assertEquals(18, Mnist.open(folder, false, 0.1, 42).train().size());
        Path raw = root.resolve("MNIST/raw");
        Files.createDirectories(raw.getParent());
        Files.move(folder, raw);
        assertEquals(18, Mnist.open(root, false, 0.1, 42).train().size());
    }

    /** As some copies are named, and gzipped without saying so. */
    @Test
    void namesWithADotAndGzipWithoutGz() throws IOException {
        Path folder = IdxTestFiles.write(root, 20);
        int[] expected = histogram(Mnist.open(root, false, 0.1, 42).train());
        for (Path file : TestFiles.tree(folder)) {
            String name = file.getFileName().toString();
            if (Files.isRegularFile(file)) {
                String dotted = name.replace("-idx", ".idx").replace(".gz", "");
                Files.move(file, folder.resolve(dotted));
            }
        }
        assertArrayEquals(expected, histogram(Mnist.open(root, false, 0.1, 42).train()));
        Path images = folder.resolve("t10k-images.idx3-ubyte");
        TestFiles.write(folder.resolve("t10k-images.idx3-ubyte.gz"), new byte[3]);
        Files.move(images, folder.resolve("elsewhere"));
        TestFiles.assertUserError(
                () -> Mnist.open(root, false, 0.1, 42),
                images + ".gz: is not gzipped, although its name says so");
    }

    @Test
    void anotherSizeIsTold() throws IOException {
        IdxTestFiles.write(root, 20);
        String told = TestFiles.told(() -> Mnist.open(root, false, 0.1, 42));
        assertTrue(
                told.contains(
                        "MNIST: 20 training and 7 test images, where the official set has 60,000"
                                + " training and 10,000 test: results do not compare"),
                told);
    }

    @Test
    void bitReversal() {
        int[] order = Mnist.bitReversal(784);
        assertArrayEquals(
                new int[] {
                    0, 512, 256, 768, 128, 640, 384, 64, 576, 320, 192, 704, 448, 32, 544, 288
                },
                Arrays.copyOf(order, 16));
        assertArrayEquals(new int[] {383, 255, 767, 511}, Arrays.copyOfRange(order, 780, 784));
        int[] sorted = order.clone();
        Arrays.sort(sorted);
        for (int i = 0; i < 784; i++) {
            assertEquals(i, sorted[i]);
        }
    }

    /** Expected values by Python's gzip and zlib and NumPy's Mersenne Twister on the same files. */
    @Test
    void realSplits() {
        Splits splits = Mnist.open(TestFiles.real("mnist").getParent(), false, 0.1, 42);
        assertArrayEquals(
                new int[] {5340, 6076, 5383, 5509, 5246, 4903, 5308, 5609, 5254, 5372},
                histogram(splits.train()));
        assertArrayEquals(
                new int[] {583, 666, 575, 622, 596, 518, 610, 656, 597, 577},
                histogram(splits.validation()));
        assertArrayEquals(
                new int[] {980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009},
                histogram(splits.test()));
        assertSample(splits.train(), 0, 6, 0xa494d85eL);
        assertSample(splits.validation(), 0, 1, 0x836c4a11L);
        assertSample(splits.test(), 0, 7, 0x7eb3cd06L);
        assertSample(splits.test(), 1, 2, 0xc2eee605L);
        assertSample(splits.test(), 9999, 6, 0xf15d81cbL);
    }

    @Test
    void realImagesWithoutValidation() {
        Splits splits = Mnist.open(TestFiles.real("mnist").getParent(), false, 0, 42);
        assertArrayEquals(
                new int[] {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949},
                histogram(splits.train()));
        assertSample(splits.train(), 0, 5, 0x90a92752L);
        assertSample(splits.train(), 59_999, 8, 0x62a9d57dL);
        assertSample(Mnist.open(TestFiles.real("mnist"), true, 0, 42).test(), 0, 7, 0x7c21c731L);
    }

    private static int[] histogram(Dataset data) {
        int[] counts = new int[10];
        Batches batches = Batches.evaluation(data, 64);
        int samples = 0;
        for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
            for (int row = 0; row < batch.rows; row++) {
                counts[batch.labels[row]]++;
            }
            samples += batch.rows;
        }
        assertEquals(data.size(), samples);
        return counts;
    }

    private static void assertSample(Dataset data, int i, int label, long crcOfPixels) {
        Batch batch = new Batch(data.shape(), 1);
        data.read(i, batch, 0);
        CRC32 crc = new CRC32();
        for (float x : batch.x) {
            float pixel = x * 255;
            assertEquals(Math.round(pixel), pixel, 1e-4);
            crc.update(Math.round(pixel));
        }
        assertEquals(label, batch.labels[0]);
        assertEquals(crcOfPixels, crc.getValue());
    }
}
