package s5.data.set;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import static s5.data.set.SpeechTestFiles.label;
import static s5.data.set.SpeechTestFiles.labels;
import static s5.data.set.SpeechTestFiles.sample;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.data.Dataset;
import s5.data.Splits;
import s5.data.TestFiles;
import s5.data.set.Sc35.Normalization;

import java.io.IOException;
import java.nio.file.Path;
import java.util.zip.CRC32;

/** A sample of the real clips. */
class SpeechCommandsRealTest {
    @TempDir Path root;

    /** Expected values by Python's wave and NumPy on the same files, in double precision. */
    @Test
    void realSample() throws IOException {
        Path real = TestFiles.real("speech_commands").getParent();
        Splits splits = SpeechCommands.open(real, root.resolve("cache"), Normalization.OFFICIAL);
        assertCounts(splits.train(), 766, 81, 72, 77, 77, 75, 80, 78, 77, 77, 72);
        assertCounts(splits.validation(), 83, 5, 9, 9, 7, 9, 8, 7, 6, 10, 13);
        assertCounts(splits.test(), 151, 14, 19, 14, 16, 16, 12, 15, 17, 13, 15);

        assertSample(
                splits.train(),
                0,
                2,
                -0.000554697251,
                -0.000959830577,
                -0.00352096445,
                -0.00361352447,
                0.856944402);
        assertSample(
                splits.train(),
                500,
                14,
                0.00295834614,
                0.00286671258,
                0.00438113614,
                -0.00600745128,
                -0.0130061513);
        assertSample(
                splits.validation(),
                7,
                5,
                -1.4229037e-05,
                -0.000425894323,
                -0.000647473327,
                -0.718382036,
                0.00147856877);
        assertSample(
                splits.test(),
                150,
                30,
                -0.00037454118,
                -0.00104881995,
                -0.0040238254,
                -0.00216265973,
                0.00104489452);
        assertEquals(469530.1206, squares(splits.train()), 0.05);
        assertEquals(91789.6415, squares(splits.validation()), 0.01);
        assertEquals(45882.3555, squares(splits.atRates().getFirst().validation()), 0.005);
        assertEquals(28086.9693, squares(splits.atRates().getFirst().test()), 0.005);
    }

    @Test
    void realSampleNormalizedGlobally() throws IOException {
        Path real = TestFiles.real("speech_commands").getParent();
        Splits splits = SpeechCommands.open(real, root.resolve("cache"), Normalization.GLOBAL);
        assertSample(
                splits.train(),
                0,
                2,
                0.00255574862,
                0.00292717526,
                0.00515573511,
                0.00107004206,
                3.66890812);
        assertSample(
                splits.validation(),
                7,
                5,
                0.00478430847,
                0.00515573511,
                0.0200128008,
                -3.65859665,
                0.00552716175);
        // The samples themselves: all bits of all training clips, in order.
        CRC32 crc = new CRC32();
        for (int i = 0; i < splits.train().size(); i++) {
            for (float x : sample(splits.train(), i)) {
                int s = (int) Math.round((x * 0.0821631373217325 - 0.0002405059032589586) * 32768);
                crc.update(s);
                crc.update(s >> 8);
            }
        }
        assertEquals(0x55bde233L, crc.getValue());
    }

    private static void assertCounts(Dataset data, int size, int... counts) {
        int[] found = new int[35];
        labels(data).forEach(label -> found[label]++);
        int[] words = {
            2, 5, 7, 9, 10, 11, 14, 16, 26, 30
        }; // down go left no on right up yes off stop
        int[] expected = new int[35];
        for (int i = 0; i < words.length; i++) {
            expected[words[i]] = counts[i];
        }
        assertArrayEquals(expected, found);
        assertEquals(size, data.size());
    }

    private static void assertSample(Dataset data, int i, int label, double... expected) {
        float[] x = sample(data, i);
        int[] places = {0, 1, 4000, 8001, 15_999};
        for (int k = 0; k < places.length; k++) {
            assertEquals(expected[k], x[places[k]], 1e-6 * Math.max(1, Math.abs(expected[k])));
        }
        assertEquals(label, label(data, i));
    }

    private static double squares(Dataset data) {
        double sum = 0;
        for (int i = 0; i < data.size(); i++) {
            for (float x : sample(data, i)) {
                sum += (double) x * x;
            }
        }
        return sum;
    }
}
