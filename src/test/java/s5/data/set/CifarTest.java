package s5.data.set;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static s5.data.TestFiles.assertUserError;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Shape;
import s5.data.Splits;
import s5.data.TestFiles;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

class CifarTest {
    private static final int ROW = 3073;

    @TempDir Path root;
    private Path folder;

    /** Image i of a file: label i mod 10, red i, green 2 i, blue 3 i, but pixel 1 is black. */
    private static byte[] rows(int first, int count) {
        byte[] rows = new byte[count * ROW];
        for (int i = 0; i < count; i++) {
            int image = first + i;
            rows[i * ROW] = (byte) (image % 10);
            for (int plane = 0; plane < 3; plane++) {
                int from = i * ROW + 1 + plane * 1024;
                Arrays.fill(rows, from, from + 1024, (byte) (image * (plane + 1)));
                rows[from + 1] = 0;
            }
        }
        return rows;
    }

    @BeforeEach
    void goodFiles() throws IOException {
        folder = root.resolve("cifar10/cifar-10-batches-bin");
        for (int file = 1; file <= 5; file++) {
            TestFiles.write(
                    folder.resolve("data_batch_" + file + ".bin"), rows(10 * (file - 1), 4));
        }
        TestFiles.write(folder.resolve("test_batch.bin"), rows(70, 3));
    }

    private Splits open(boolean grey, double validation) {
        return Cifar.open(root, root.resolve("cache"), grey, validation, 42);
    }

    private static Batch read(Dataset data, int i) {
        Batch batch = new Batch(data.shape(), 2);
        data.read(i, batch, 1);
        return batch;
    }

    @Test
    void anotherSizeIsTold() throws IOException {
        String told = TestFiles.told(() -> Cifar.open(root, root.resolve("cache"), false, 0.1, 42));
        assertTrue(told.contains("CIFAR-10: 20 training and "), told);
        assertTrue(told.contains("the official set has 50,000 training and 10,000 test"), told);
    }

    @Test
    void colour() {
        Splits splits = open(false, 0);
        assertEquals(new Shape(1024, 3, false, false, 10, 1), splits.shape());
        assertTrue(splits.selectsOnTest());
        assertEquals(20, splits.train().size());
        assertEquals(3, splits.test().size());
        // The files follow each other by their numbers: sample 9 is image 21.
        Batch batch = read(splits.train(), 9);
        assertEquals(1, batch.labels[1]);
        assertEquals(1024, batch.lengths[1]);
        float[] pixel0 = Arrays.copyOfRange(batch.x, 3072, 3075);
        float[] expected = {
            (float) ((21 / 255.0 - .4914) / .247),
            (float) ((42 / 255.0 - .4822) / .243),
            (float) ((63 / 255.0 - .4465) / .261)
        };
        assertArrayEquals(expected, pixel0, 1e-6f);
        float[] black = {(float) (-.4914 / .247), (float) (-.4822 / .243), (float) (-.4465 / .261)};
        assertArrayEquals(black, Arrays.copyOfRange(batch.x, 3075, 3078), 1e-6f);
        assertArrayEquals(expected, Arrays.copyOfRange(batch.x, 6141, 6144), 1e-6f);
    }

    @Test
    void grey() {
        Splits splits = open(true, 0.1);
        assertEquals(new Shape(1024, 1, false, false, 10, 1), splits.shape());
        assertFalse(splits.selectsOnTest());
        assertEquals(18, splits.train().size());
        assertEquals(2, splits.validation().size());
        Batch batch = read(splits.test(), 2);
        // Red 72, green 144, blue 216: Pillow's L is 131 (131.152).
        assertEquals((131 - 122.6) / 61, batch.x[1024], 1e-6);
        assertEquals(-122.6 / 61, batch.x[1025], 1e-6);
    }

    @Test
    void archive() throws IOException {
        Splits fromFolder = open(false, 0.2);
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String name : List.of("data_batch_5", "data_batch_2", "test_batch", "data_batch_1")) {
            files.put(
                    "cifar-10-batches-bin/" + name + ".bin",
                    Files.readAllBytes(folder.resolve(name + ".bin")));
        }
        files.put("cifar-10-batches-bin/readme.html", new byte[100]);
        for (String name : List.of("data_batch_3", "data_batch_4")) {
            files.put(
                    "cifar-10-batches-bin/" + name + ".bin",
                    Files.readAllBytes(folder.resolve(name + ".bin")));
        }
        Path other = root.resolve("other");
        TestFiles.write(other.resolve("cifar-10-binary.tar.gz"), TestFiles.tarGz(files));
        Splits fromArchive = Cifar.open(other, root.resolve("other cache"), false, 0.2, 42);
        for (int i = 0; i < 16; i++) {
            assertArrayEquals(read(fromFolder.train(), i).x, read(fromArchive.train(), i).x);
            assertArrayEquals(
                    read(fromFolder.train(), i).labels, read(fromArchive.train(), i).labels);
        }
        files.remove("cifar-10-batches-bin/test_batch.bin");
        TestFiles.write(other.resolve("cifar-10-binary.tar.gz"), TestFiles.tarGz(files));
        assertUserError(
                () -> Cifar.open(other, root.resolve("other cache"), false, 0.2, 42),
                "cifar-10-binary.tar.gz",
                "holds no test_batch.bin");
    }

    /** Colour and grey share a cache; one of other files replaces it. */
    @Test
    void cache() throws IOException {
        open(false, 0.1);
        open(true, 0.2);
        assertEquals(2, TestFiles.tree(root.resolve("cache")).size());
        Path changed = folder.resolve("data_batch_2.bin");
        FileTime before = Files.getLastModifiedTime(changed);
        TestFiles.write(changed, rows(90, 4));
        // the file system's clock may not have moved on
        Files.setLastModifiedTime(changed, FileTime.fromMillis(before.toMillis() + 1000));
        assertEquals((byte) 3, read(open(false, 0).train(), 7).labels[1]);
        assertEquals(
                (float) ((93 / 255.0 - .4914) / .247), read(open(false, 0).train(), 7).x[3072]);
        assertEquals(2, TestFiles.tree(root.resolve("cache")).size());
    }

    @Test
    void fewerFilesAreTaken() throws IOException {
        Files.delete(folder.resolve("data_batch_3.bin"));
        Files.delete(folder.resolve("data_batch_5.bin"));
        assertEquals(12, open(false, 0).train().size());
    }

    // Bad input

    private void assertRefused(String... parts) throws IOException {
        List<Path> before = TestFiles.tree(root);
        assertUserError(() -> open(false, 0.1), parts);
        assertEquals(before, TestFiles.tree(root), "nothing may be left behind");
    }

    @Test
    void missing() throws IOException {
        Files.delete(folder.resolve("test_batch.bin"));
        assertRefused(folder.resolve("test_batch.bin").toString(), "no such file");
        Files.delete(folder.resolve("data_batch_1.bin"));
        assertRefused("data.root", "CIFAR-10", "data_batch_1.bin or cifar-10-binary.tar.gz");
    }

    @Test
    void sizes() throws IOException {
        Path file = folder.resolve("data_batch_4.bin");
        byte[] good = Files.readAllBytes(file);
        TestFiles.write(file, new byte[0]);
        assertRefused(file.toString(), "0 bytes", "no images");
        TestFiles.write(file, Arrays.copyOf(good, good.length - 1));
        assertRefused(file.toString(), "12291 bytes", "not a whole number of images of 3073");
        TestFiles.write(file, Arrays.copyOf(good, good.length + 1));
        assertRefused(file.toString(), "12293 bytes");
    }

    @Test
    void labelOutOfRange() throws IOException {
        Path file = folder.resolve("test_batch.bin");
        byte[] bytes = Files.readAllBytes(file);
        bytes[2 * ROW] = (byte) 200;
        TestFiles.write(file, bytes);
        assertRefused(file.toString(), "label 200 of image 2 is not in 0..9");
    }

    @Test
    void truncatedArchive() throws IOException {
        Path other = root.resolve("other");
        Path archive = other.resolve("cifar-10-binary.tar.gz");
        byte[] good =
                TestFiles.tarGz(
                        Map.of(
                                "cifar-10-batches-bin/data_batch_1.bin",
                                rows(0, 20),
                                "cifar-10-batches-bin/test_batch.bin",
                                rows(0, 20)));
        for (int size : new int[] {0, 9, 10, good.length / 2, good.length - 1}) {
            TestFiles.write(archive, Arrays.copyOf(good, size));
            assertUserError(
                    () -> Cifar.open(other, root.resolve("cache"), false, 0.1, 42),
                    archive.toString(),
                    "download it again");
            assertFalse(Files.exists(root.resolve("cache")));
        }
    }

    // The real data

    /**
     * All inputs and labels of the first 4,000 training images against Python: NumPy in float32 for
     * ToTensor and Normalize, Pillow for grey, NumPy's MT19937 for the split.
     */
    @Test
    void subset() throws NoSuchAlgorithmException {
        Path data = TestFiles.real("cifar10-subset");
        Splits colour = Cifar.open(data, root.resolve("cache"), false, 0.1, 42);
        Splits grey = Cifar.open(data, root.resolve("cache"), true, 0.1, 42);
        check(
                colour.train(),
                "52a1e291e098b600aa18dc7b05abeaf23147d65d56b69aef226aba3d2d15a1b6",
                "81b5d1ac1cc724e8cf90b21b77d03dcfafce718770fa48dceb1c11a3d724c5af");
        check(
                colour.validation(),
                "fceb9bbce248b4543f29836cdcd72649ccf5b8a3c59edccdcbf5591831ba911a",
                "d094b16b61c83d047b50b65d7b25d78f9dce83183a38df77f79a783a6820fe79");
        check(
                colour.test(),
                "05bbb7cbe7b90d8a8e10dd913ced127a5337357eb11a5b8af2201393f73e0a12",
                "784e1602fde72ea9e13d58690be2bbf3af70945771e69430b027efc9e7355da5");
        check(
                grey.train(),
                "27b917853d1213a595f3fe7a5540e69d2d002afc55b70bbd3922da5283259fab",
                "81b5d1ac1cc724e8cf90b21b77d03dcfafce718770fa48dceb1c11a3d724c5af");
        check(
                grey.validation(),
                "7a36da7c2c896d853201baeac6e30b496ce2e52988900d724c840d99a52d20f2",
                "d094b16b61c83d047b50b65d7b25d78f9dce83183a38df77f79a783a6820fe79");
        check(
                grey.test(),
                "baf31c40c1ba363c4392d6b2d6f62146dde96453c3c440ff9e7a51caf2f74543",
                "784e1602fde72ea9e13d58690be2bbf3af70945771e69430b027efc9e7355da5");
    }

    private static void check(Dataset split, String inputs, String labels)
            throws NoSuchAlgorithmException {
        MessageDigest x = MessageDigest.getInstance("SHA-256");
        MessageDigest y = MessageDigest.getInstance("SHA-256");
        Batch batch = new Batch(split.shape(), 1);
        ByteBuffer floats = ByteBuffer.allocate(4 * batch.x.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < split.size(); i++) {
            split.read(i, batch, 0);
            floats.asFloatBuffer().put(batch.x);
            x.update(floats.array());
            y.update((byte) batch.labels[0]);
        }
        assertEquals(labels, HexFormat.of().formatHex(y.digest()));
        assertEquals(inputs, HexFormat.of().formatHex(x.digest()));
    }
}
