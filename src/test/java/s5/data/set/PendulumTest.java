package s5.data.set;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Shape;
import s5.data.Splits;
import s5.data.TestFiles;
import s5.data.set.Pendulum.Settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;

class PendulumTest {
    private static final int KEPT = 20;
    private static final Settings SETTINGS = new Settings(12, 40, KEPT);

    @TempDir Path folder;

    private static Batch read(Dataset data) {
        Batch batch = new Batch(data.shape(), data.size());
        for (int i = 0; i < data.size(); i++) {
            data.read(i, batch, i);
        }
        batch.rows = data.size();
        return batch;
    }

    @Test
    void hasTheShapeOfTheExperiment() {
        Splits splits = Pendulum.generate(folder, SETTINGS, 42);
        assertEquals(Shape.ofImages(KEPT, 24, 2), splits.shape());
        assertEquals(576, splits.shape().inputs());
        assertEquals(12, splits.train().size());
        assertEquals(6, splits.validation().size());
        assertEquals(6, splits.test().size());
        assertFalse(splits.selectsOnTest());
    }

    @Test
    void aSampleHoldsAnglesTimesAndPictures() {
        Dataset data = Pendulum.generate(folder, SETTINGS, 42).train();
        Batch batch = read(data);
        boolean gaps = false;
        for (int i = 0; i < data.size(); i++) {
            double time = 0;
            for (int k = 0; k < KEPT; k++) {
                int at = i * KEPT + k;
                float dt = batch.dt[at];
                assertTrue(dt >= 1 && dt == Math.rint(dt), "step of " + dt);
                assertTrue(k > 0 || dt == 1, "the first step is 1");
                time += k == 0 ? 0 : dt;
                gaps |= dt > 1;
                double sin = batch.targets[2 * at];
                double cos = batch.targets[2 * at + 1];
                assertEquals(1, sin * sin + cos * cos, 1e-6);
            }
            assertTrue(time <= 39, "of 40 frames the last is 39 after the first, at most");
        }
        assertTrue(gaps);
        for (float grey : batch.x) {
            assertTrue(grey >= 0 && grey <= 1);
        }
    }

    /** The centre of mass of a clear picture lies in the direction of the angle. */
    @Test
    void clearPicturesShowTheTargets() {
        Dataset data = Pendulum.generate(folder, new Settings(40, 5, 5), 1).train();
        Batch batch = read(data);
        for (int i = 0; i < data.size() * 5; i++) {
            double sum = 0;
            double x = 0;
            double y = 0;
            for (int pixel = 0; pixel < 576; pixel++) {
                double grey = batch.x[i * 576 + pixel];
                sum += grey;
                x += grey * (pixel % 24);
                y += grey * Math.floorDiv(pixel, 24);
            }
            // The middle of the canvas, pixel 64 of 128, is 11.594 of 24; half of the bar is 5.156.
            double middle = 64.5 * 24 / 128 - 0.5;
            double half = 27.5 * 24 / 128;
            assertEquals(batch.targets[2 * i], (x / sum - middle) / half, 0.05, "sample " + i);
            assertEquals(batch.targets[2 * i + 1], (y / sum - middle) / half, 0.05);
        }
    }

    @Test
    void theSeedAloneDecides() {
        Batch once = read(Pendulum.generate(folder.resolve("a"), SETTINGS, 42).train());
        Batch again = read(Pendulum.generate(folder.resolve("b"), SETTINGS, 42).train());
        Batch other = read(Pendulum.generate(folder.resolve("a"), SETTINGS, 43).train());
        assertArrayEquals(once.x, again.x);
        assertArrayEquals(once.targets, again.targets);
        assertArrayEquals(once.dt, again.dt);
        assertFalse(Arrays.equals(once.targets, other.targets));
    }

    @Test
    void splitsAreDifferentPendulums() {
        Splits splits = Pendulum.generate(folder, SETTINGS, 42);
        float[] train = read(splits.train()).targets;
        float[] validation = read(splits.validation()).targets;
        float[] test = read(splits.test()).targets;
        for (float[] other : new float[][] {validation, test}) {
            for (int i = 0; i < 6; i++) {
                for (int j = 0; j < 12; j++) {
                    assertNotEquals(train[j * 2 * KEPT], other[i * 2 * KEPT]);
                }
            }
        }
        assertFalse(Arrays.equals(validation, test));
    }

    @Test
    void theSecondTimeItIsOnlyOpened() throws IOException {
        Pendulum.generate(folder, SETTINGS, 42);
        Path file = TestFiles.tree(folder).get(1); // after the folder itself
        FileTime then = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(file, then);
        Pendulum.generate(folder, SETTINGS, 42);
        assertEquals(then, Files.getLastModifiedTime(file));
        assertEquals(2, TestFiles.tree(folder).size(), "the folder and one file");
    }

    @Test
    void aDamagedCacheIsMadeAgain() throws IOException {
        Batch good = read(Pendulum.generate(folder, SETTINGS, 42).test());
        Path file = TestFiles.tree(folder).get(1); // after the folder itself
        byte[] bytes = Files.readAllBytes(file);
        bytes[1000] ^= 1;
        Files.write(file, bytes);
        assertArrayEquals(good.x, read(Pendulum.generate(folder, SETTINGS, 42).test()).x);
        assertFalse(Arrays.equals(bytes, Files.readAllBytes(file)));
    }

    @Test
    void aCacheThatCannotBeWrittenIsOneLine() throws IOException {
        Path notAFolder = Files.writeString(folder.resolve("file"), "x");
        TestFiles.assertUserError(
                () -> Pendulum.generate(notAFolder, SETTINGS, 42), "data.cache_dir", "file");
    }
}
