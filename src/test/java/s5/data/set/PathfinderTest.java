package s5.data.set;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static s5.data.TestFiles.assertUserError;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Shape;
import s5.data.Splits;
import s5.data.TestFiles;
import s5.data.TorchRandom;
import s5.data.set.contours.ContourRules;
import s5.data.set.contours.Contours;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import javax.imageio.ImageIO;

/** Long Range Arena's layout, made small. */
class PathfinderTest {
    /** Samples in the metadata: 0 to 9 in 2.npy, 10 to 20 in 10.npy, the rest in 011.npy. */
    private static final int SIZE = 27;

    @TempDir Path root;
    private Path folder;

    /** Grey: pixel (x, y) of image i has the value i + 2 x + 3 y mod 256. */
    private static byte[] png(int i, int side) throws IOException {
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                image.getRaster().setSample(x, y, 0, value(i, x, y));
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    private static int value(int i, int x, int y) {
        return (i + 2 * x + 3 * y) % 256;
    }

    @BeforeEach
    void goodFiles() throws IOException {
        write(root.resolve("lra_release/lra_release/pathfinder32"), 32);
    }

    private void write(Path set, int side) throws IOException {
        folder = set.resolve("curv_contour_length_14");
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < SIZE; i++) {
            String name = "sample_" + i + ".png";
            TestFiles.write(folder.resolve("imgs/" + i % 3 + "/" + name), png(i, side));
            lines.append("imgs/%d %s %d %d 1.8 6 more\n".formatted(i % 3, name, i, label(i)));
            String file = i == 9 ? "2.npy" : i == 20 ? "10.npy" : i == SIZE - 1 ? "011.npy" : null;
            if (file != null) {
                TestFiles.write(folder.resolve("metadata/" + file), lines.toString());
                lines.setLength(0);
            }
        }
        TestFiles.write(folder.resolve("metadata/.DS_Store"), "x");
        // Another difficulty, which is not used.
        TestFiles.write(set.resolve("curv_baseline/metadata/1.npy"), "damaged");
    }

    @Test
    void anotherSizeIsTold() throws IOException {
        String told = TestFiles.told(() -> Pathfinder.open(root, root.resolve("cache"), 32, 42));
        assertTrue(
                told.contains(
                        "Pathfinder: 23 training, 2 validation and 2 test images, where the"
                                + " official set has 160,000 training"),
                told);
    }

    private static int label(int i) {
        return i % 5 == 0 ? 1 : 0;
    }

    private Splits open(int side) {
        return Pathfinder.open(root, root.resolve("cache"), side, 42);
    }

    private static void check(Dataset data, int side, int... images) {
        assertEquals(images.length, data.size());
        Batch batch = new Batch(data.shape(), 2);
        for (int i = 0; i < images.length; i++) {
            data.read(i, batch, 1);
            assertEquals(label(images[i]), batch.labels[1], "image " + images[i]);
            assertEquals(side * side, batch.lengths[1]);
            float[] expected = new float[side * side];
            for (int k = 0; k < expected.length; k++) {
                expected[k] = 2 * value(images[i], k % side, k / side) / 255f - 1;
            }
            float[] actual = Arrays.copyOfRange(batch.x, side * side, 2 * side * side);
            assertArrayEquals(expected, actual, 1e-6f);
        }
    }

    /** torch's random_split of 27, by NumPy's MT19937: 23, 2 and 2. */
    @Test
    void splits() {
        Splits splits = open(32);
        assertEquals(new Shape(1024, 1, false, false, 2, 1), splits.shape());
        assertFalse(splits.selectsOnTest());
        check(
                splits.train(),
                32,
                6,
                22,
                3,
                25,
                20,
                26,
                2,
                11,
                13,
                4,
                19,
                17,
                7,
                12,
                23,
                10,
                9,
                1,
                21,
                18,
                15,
                14,
                0);
        check(splits.validation(), 32, 5, 16);
        check(splits.test(), 32, 24, 8);
    }

    @Test
    void pathX() throws IOException {
        write(root.resolve("pathfinder128"), 128);
        Splits splits = open(128);
        assertEquals(new Shape(16_384, 1, false, false, 2, 1), splits.shape());
        check(splits.test(), 128, 24, 8);
        check(open(32).test(), 32, 24, 8);
        assertEquals(3, TestFiles.tree(root.resolve("cache")).size());
    }

    @Test
    void secondUseReadsTheCache() throws IOException {
        open(32);
        Files.delete(folder.resolve("imgs/0/sample_24.png"));
        check(open(32).test(), 32, 24, 8);
        Path metadata = folder.resolve("metadata/2.npy");
        Files.writeString(metadata, Files.readString(metadata) + " ");
        assertRefused("imgs/0/sample_24.png", folder.resolve("metadata/011.npy") + " line 4");
    }

    // Bad input

    private void assertRefused(String... parts) throws IOException {
        List<Path> before = TestFiles.tree(root);
        assertUserError(() -> open(32), parts);
        assertEquals(before, TestFiles.tree(root), "nothing may be left behind");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "imgs/0 sample_0.png 0    | 3 fields | folder, file, number and label",
                "imgs/0                   | 1 fields | folder, file, number and label",
                "imgs/0 sample_0.png 0 2  | the label \"2\" is not 0 or 1 | line 7",
                "imgs/0 sample_0.png 0 -1 | the label \"-1\" is not 0 or 1 | line 7",
                "imgs/0 sample_99.png 0 1 | there is no file | imgs/0/sample_99.png",
                "imgs/0 . 0 1             | there is no file | imgs/0",
            })
    void badLines(String line, String a, String b) throws IOException {
        Path file = folder.resolve("metadata/011.npy");
        Files.writeString(file, Files.readString(file) + line + "\n");
        assertRefused(file + " line 7: ", a, b);
    }

    @Test
    void badMetadata() throws IOException {
        Path file = folder.resolve("metadata/2.npy");
        TestFiles.write(file, new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'});
        assertRefused(file.toString(), "invalid UTF-8 at byte 1");
        TestFiles.write(file, "imgs/0 a\0b 0 1\n".getBytes(StandardCharsets.US_ASCII));
        assertRefused(file + " line 1", "names no file");
        Files.move(file, folder.resolve("metadata/x.npy"));
        assertRefused(folder.resolve("metadata/x.npy").toString(), "NUMBER.npy");
    }

    @Test
    void tooFewImages() throws IOException {
        for (String file : List.of("10.npy", "011.npy")) {
            TestFiles.write(folder.resolve("metadata/" + file), "\n");
        }
        check(open(32).test(), 32, 7);
        TestFiles.write(folder.resolve("metadata/2.npy"), "");
        assertUserError(() -> open(32), folder.resolve("metadata").toString(), "0 images");
    }

    @Test
    void missing() throws IOException {
        assertUserError(
                () -> open(128),
                "data.root",
                "Long Range Arena's pathfinder128",
                "curv_contour_length_14/metadata");
        for (Path file : TestFiles.tree(folder.resolve("metadata")).reversed()) {
            Files.delete(file);
        }
        assertRefused("data.root", "Long Range Arena's pathfinder32");
        Files.createDirectory(folder.resolve("metadata"));
        assertRefused(folder.resolve("metadata").toString(), "the folder is empty");
    }

    @Test
    void badImages() throws IOException {
        Path image = folder.resolve("imgs/1/sample_13.png");
        byte[] good = Files.readAllBytes(image);
        TestFiles.write(image, new byte[0]);
        assertRefused(image.toString(), "the file is empty");
        TestFiles.write(image, Arrays.copyOf(good, good.length / 2));
        assertRefused(image.toString(), "ends too early");
        byte[] bad = good.clone();
        bad[60] ^= 4;
        TestFiles.write(image, bad);
        assertRefused(image.toString(), "damaged PNG");
        TestFiles.write(image, png(1, 128));
        assertRefused(image.toString(), "128 x 128", "32 x 32 are expected");
        TestFiles.write(image, "no image");
        assertRefused(image.toString(), "no PNG file");
    }

    /** Drawn once, then taken from the cache; the same as the pictures themselves. */
    @Test
    void imagesAreDrawnWithoutFiles() throws IOException {
        Path cache = root.resolve("drawn");
        Splits splits = Pathfinder.draw(cache, ContourRules.pathfinder(), 40, 3);
        assertEquals(32, splits.train().size());
        assertEquals(4, splits.validation().size());
        assertEquals(4, splits.test().size());
        int first = new TorchRandom(3).randperm(40)[0];
        Contours.Picture picture = new Contours(ContourRules.pathfinder()).draw(3, first);
        Batch batch = new Batch(splits.train().shape(), 1);
        splits.train().read(0, batch, 0);
        assertEquals(picture.joined() ? 1 : 0, batch.labels[0]);
        for (int i = 0; i < 1024; i++) {
            assertEquals(((picture.pixels()[i] & 255) / 255f - 0.5f) / 0.5f, batch.x[i], 1e-6f);
        }
        try (var files = Files.list(cache)) {
            assertEquals(1, files.filter(f -> f.toString().endsWith(".s5cache")).count());
        }
        assertEquals(
                batch.labels[0],
                label(Pathfinder.draw(cache, ContourRules.pathfinder(), 40, 3).train()));
    }

    private static int label(Dataset split) {
        Batch batch = new Batch(split.shape(), 1);
        split.read(0, batch, 0);
        return batch.labels[0];
    }
}
