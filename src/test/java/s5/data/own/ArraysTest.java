package s5.data.own;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.config.Config;
import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Splits;
import s5.data.TestFiles;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

class ArraysTest {
    @TempDir Path root;

    private static final int N = 10;
    private static final int L = 4;
    private static final int C = 2;

    static Map<String, byte[]> arrays() {
        double[] x = new double[N * L * C];
        Arrays.setAll(x, i -> i);
        double[] times = new double[N * L];
        Arrays.setAll(times, i -> (i % L) * (i % L + 1));
        long[] y = new long[N];
        Arrays.setAll(y, i -> i % 2 == 0 ? 7 : -1);
        long[] lengths = new long[N];
        Arrays.setAll(lengths, i -> 2 + i % 3);
        return Map.of(
                "X", OwnBed.npy("<f4", new int[] {N, L, C}, OwnBed.floats(x)),
                "times", OwnBed.npy("<f4", new int[] {N, L}, OwnBed.floats(times)),
                "y", OwnBed.npy("<i8", new int[] {N}, OwnBed.longs(y)),
                "lengths", OwnBed.npy("<i8", new int[] {N}, OwnBed.longs(lengths)),
                "more", OwnBed.npy("<i8", new int[] {N}, OwnBed.longs(lengths)));
    }

    @Test
    void arraysAreReadBySequence() throws IOException {
        TestFiles.write(root.resolve("d.npz"), OwnBed.npz(arrays()));
        OwnBed bed = new OwnBed(root);
        Config config = bed.config("arrays", "data.files=d.npz", "data.scale=none");
        Splits splits = config.data().open();
        assertEquals(List.of("-1", "7"), splits.train().classNames());
        assertTrue(splits.shape().timed() && splits.shape().padded());
        assertEquals(List.of("array 'more' is not used"), config.data().notes(splits));
        for (Dataset split : List.of(splits.train(), splits.validation(), splits.test())) {
            for (int i = 0; i < split.size(); i++) {
                int number = Integer.parseInt(split.id(i));
                int length = 2 + number % 3;
                Batch batch = OwnBed.read(split, i);
                float[] expected = new float[splits.shape().length() * C];
                for (int k = 0; k < length * C; k++) {
                    expected[k] = number * L * C + k;
                }
                assertArrayEquals(expected, batch.x);
                assertEquals(length, batch.lengths[0]);
                assertEquals(number % 2 == 0 ? 1 : 0, batch.labels[0]);
            }
        }
        OwnBed.assertSame(
                splits.test(), config.data().samples(root.resolve("d.npz"), OwnBed.fitted(splits)));
    }

    @Test
    void anArrayAloneIsPredicted() throws IOException {
        double[] x = new double[N * L];
        Arrays.setAll(x, i -> i * i % 17);
        byte[] array = OwnBed.npy("<f4", new int[] {N, L}, OwnBed.floats(x));
        double[] y = new double[N];
        Arrays.setAll(y, i -> 0.5 * i);
        TestFiles.write(
                root.resolve("d.npz"),
                OwnBed.npz(
                        Map.of(
                                "X",
                                array,
                                "y",
                                OwnBed.npy("<f4", new int[] {N}, OwnBed.floats(y)))));
        TestFiles.write(root.resolve("new/X.npy"), array);
        Config config = new OwnBed(root).config("arrays", "data.files=d.npz");
        Splits splits = config.data().open();
        assertTrue(splits.shape().regression());
        assertFalse(splits.shape().each() || splits.shape().timed());
        OwnBed.assertSame(
                splits.test(),
                config.data().samples(root.resolve("new/X.npy"), OwnBed.fitted(splits)));
    }

    /** Each was told, and looked for among all that were. */
    @Test
    void arraysByTheThousandsAreTold() throws IOException {
        Map<String, byte[]> arrays = new TreeMap<>(arrays());
        for (int i = 0; i < 3000; i++) {
            arrays.put("other" + i, new byte[0]);
        }
        TestFiles.write(root.resolve("d.npz"), OwnBed.npz(arrays));
        Config config = new OwnBed(root).config("arrays", "data.files=d.npz");
        List<String> told = config.data().notes(config.data().open());
        assertEquals(11, told.size(), told::toString);
        assertEquals("array 'more' is not used", told.getFirst());
        assertEquals("2,991 more arrays are not used", told.getLast());
    }
}
