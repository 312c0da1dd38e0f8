package s5.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import static s5.data.TestFiles.assertUserError;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecimatedTest {
    /** Sample i has 1000 (2 i + document) + 10 k + channel at position k. */
    private record Counting(Shape shape, int size) implements Dataset {
        @Override
        public void read(int i, Batch batch, int row) {
            for (int d = 0; d < shape.documents(); d++) {
                int at = batch.at(d, row);
                batch.lengths[at] = shape.padded() ? i + 1 : shape.length();
                for (int k = 0; k < shape.length(); k++) {
                    for (int c = 0; c < shape.inputs(); c++) {
                        batch.x[(at * shape.length() + k) * shape.inputs() + c] =
                                1000 * (2 * i + d) + 10 * k + c;
                    }
                }
            }
            batch.labels[row] = i % shape.classes();
        }
    }

    private static Counting counting(int length, boolean padded) {
        return new Counting(new Shape(length, 3, false, padded, 4, 2), 5);
    }

    @ParameterizedTest
    @CsvSource({"8, 2, 4", "7, 2, 4", "7, 3, 3", "7, 7, 1", "9, 4, 3"})
    void keepsEveryNth(int length, int rate, int expected) {
        Dataset data = Decimated.of(counting(length, false), rate);
        assertEquals(new Shape(expected, 3, false, false, 4, 2), data.shape());
        assertEquals(5, data.size());
        Batch batch = new Batch(data.shape(), 3);
        data.read(3, batch, 1);
        assertEquals(3, batch.labels[1]);
        for (int d = 0; d < 2; d++) {
            int at = batch.at(d, 1);
            assertEquals(expected, batch.lengths[at]);
            for (int k = 0; k < expected; k++) {
                for (int c = 0; c < 3; c++) {
                    assertEquals(
                            1000 * (6 + d) + 10 * rate * k + c,
                            batch.x[(at * expected + k) * 3 + c]);
                }
            }
        }
        assertEquals(0, batch.x[0], "another row");
    }

    @Test
    void lengthsOfPaddedSamplesRoundUp() {
        Dataset data = Decimated.of(counting(5, true), 2);
        Batch batch = new Batch(data.shape(), 5);
        for (int i = 0; i < 5; i++) {
            data.read(i, batch, i);
        }
        assertArrayEquals(new int[] {1, 1, 2, 2, 3, 1, 1, 2, 2, 3}, batch.lengths);
    }

    @Test
    void oneIsTheSetItself() {
        Dataset data = counting(5, false);
        assertSame(data, Decimated.of(data, 1));
    }

    @Test
    void refusesWhatHasNoRate() {
        assertUserError(() -> Decimated.of(counting(5, false), 0), "rate: 0 is not in 1..5");
        assertUserError(() -> Decimated.of(counting(5, false), 6), "rate: 6 is not in 1..5");
        Dataset tokens = new Counting(new Shape(5, 3, true, true, 4, 1), 5);
        assertUserError(() -> Decimated.of(tokens, 2), "rate: 2", "tokens");
        Dataset timed = new Counting(Shape.ofImages(5, 24, 2), 5);
        assertUserError(() -> Decimated.of(timed, 2), "rate: 2", "times or targets");
    }

    @Test
    void splitsAtALowerRate() {
        AtRate half = AtRate.of(2, counting(8, false), counting(8, false));
        assertEquals(4, half.validation().shape().length());
        assertEquals(4, half.test().shape().length());
        assertThrows(
                IllegalArgumentException.class,
                () -> new AtRate(2, counting(8, false), counting(4, false)));
        assertThrows(
                IllegalArgumentException.class,
                () -> AtRate.of(1, counting(8, false), counting(8, false)));
    }
}
