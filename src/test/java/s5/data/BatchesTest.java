package s5.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import static s5.data.TestFiles.assertUserError;

import org.junit.jupiter.api.Test;

import s5.UserError;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;

class BatchesTest {
    /**
     * Sample i holds the value i + 1 everywhere: in tokens or x, of both documents, and the label.
     */
    private record Numbers(Shape shape, int size) implements Dataset {
        @Override
        public void read(int i, Batch batch, int row) {
            for (int d = 0; d < shape.documents(); d++) {
                int at = batch.at(d, row);
                if (shape.tokens()) {
                    Arrays.fill(
                            batch.tokens, at * shape.length(), (at + 1) * shape.length(), i + 1);
                } else {
                    int n = shape.length() * shape.inputs();
                    Arrays.fill(batch.x, at * n, (at + 1) * n, i + 1);
                }
                batch.lengths[at] = i + 1;
            }
            batch.labels[row] = i + 1;
        }
    }

    private static final Shape FLOATS = new Shape(3, 2, false, false, 99, 1);
    private static final Shape PAIRS = new Shape(3, 99, true, true, 99, 2);

    private static List<List<Integer>> epoch(Batches batches) {
        List<List<Integer>> steps = new ArrayList<>();
        for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
            List<Integer> rows = new ArrayList<>();
            for (int row = 0; row < batch.rows; row++) {
                int sample = batch.labels[row];
                rows.add(sample);
                for (int d = 0; d < batch.shape.documents(); d++) {
                    assertEquals(sample, batch.lengths[d * batch.capacity + row]);
                }
            }
            steps.add(rows);
        }
        assertNull(batches.next());
        return steps;
    }

    @Test
    void evaluationInOrderWithARaggedEnd() {
        Batches batches = Batches.evaluation(new Numbers(FLOATS, 7), 3);
        assertEquals(3, batches.steps());
        List<List<Integer>> expected = List.of(List.of(1, 2, 3), List.of(4, 5, 6), List.of(7));
        assertEquals(expected, epoch(batches));
        batches.start(0, 0);
        assertEquals(expected, epoch(batches));
        batches.start(0, 2);
        assertEquals(expected.subList(2, 3), epoch(batches));
        assertEquals(List.of(List.of(1, 2)), epoch(Batches.evaluation(new Numbers(FLOATS, 2), 3)));
        assertEquals(1, Batches.evaluation(new Numbers(FLOATS, 3), 3).steps());
    }

    @Test
    void unusedRowsAreCleared() {
        Batches floats = Batches.evaluation(new Numbers(FLOATS, 7), 3);
        floats.next();
        floats.next();
        Batch batch = floats.next(); // into the arrays of the first
        float[] x = new float[18];
        Arrays.fill(x, 0, 6, 7);
        assertArrayEquals(x, batch.x);
        assertArrayEquals(new int[] {7, 1, 1}, batch.lengths);
        assertArrayEquals(new int[] {7, 0, 0}, batch.labels);
        assertEquals(1, batch.rows);
        assertNull(batch.tokens);

        Batches pairs = Batches.evaluation(new Numbers(PAIRS, 5), 2);
        pairs.next();
        pairs.next();
        batch = pairs.next();
        assertArrayEquals(new int[] {5, 5, 5, 0, 0, 0, 5, 5, 5, 0, 0, 0}, batch.tokens);
        assertArrayEquals(new int[] {5, 1, 5, 1}, batch.lengths);
        assertArrayEquals(new int[] {5, 0}, batch.labels);
        assertNull(batch.x);
    }

    @Test
    void trainingDropsTheRest() {
        Batches batches = Batches.training(new Numbers(PAIRS, 10), 3, 1);
        batches.start(0, 0);
        assertEquals(3, batches.steps());
        List<List<Integer>> steps = epoch(batches);
        assertEquals(3, steps.size());
        List<Integer> all = steps.stream().flatMap(List::stream).toList();
        assertEquals(9, new HashSet<>(all).size(), "no sample twice: " + all);
    }

    @Test
    void orderIsAFunctionOfSeedAndEpoch() {
        Batches batches = Batches.training(new Numbers(FLOATS, 50), 4, 1);
        batches.start(3, 0);
        List<List<Integer>> third = epoch(batches);
        batches.start(4, 0);
        List<List<Integer>> fourth = epoch(batches);
        assertFalse(third.equals(fourth));
        Batches again = Batches.training(new Numbers(FLOATS, 50), 4, 1);
        for (int step = 0; step <= 12; step++) {
            again.start(3, step);
            if (step % 3 == 0) {
                again.next(); // left in the middle, with a read under way
                again.start(3, step);
            }
            assertEquals(third.subList(step, 12), epoch(again), "from step " + step);
        }
        Batches other = Batches.training(new Numbers(FLOATS, 50), 4, 2);
        other.start(3, 0);
        assertFalse(third.equals(epoch(other)));
    }

    /** Changing the shuffle would change every run that is resumed. */
    @Test
    void permutationIsOneAndStays() {
        int[] order = Batches.permutation(1919, 5, 1000);
        int[] sorted = order.clone();
        Arrays.sort(sorted);
        for (int i = 0; i < 1000; i++) {
            assertEquals(i, sorted[i]);
        }
        assertArrayEquals(PINNED, Arrays.copyOf(order, PINNED.length));
    }

    // By a separate program (Python, NumPy's MT19937, SplitMix64 written out).
    private static final int[] PINNED = {979, 880, 239, 506, 206, 410, 651, 726, 955, 196};

    @Test
    void everyPlaceIsAsLikely() {
        int[][] counts = new int[5][5];
        for (int epoch = 0; epoch < 5000; epoch++) {
            int[] order = Batches.permutation(8, epoch, 5);
            for (int i = 0; i < 5; i++) {
                counts[i][order[i]]++;
            }
        }
        for (int[] row : counts) {
            for (int count : row) {
                assertEquals(1000, count, 5 * Math.sqrt(5000 * 0.2 * 0.8));
            }
        }
    }

    @Test
    void aReadersFailureReachesTheCaller() {
        Dataset broken =
                new Dataset() {
                    @Override
                    public Shape shape() {
                        return FLOATS;
                    }

                    @Override
                    public int size() {
                        return 4;
                    }

                    @Override
                    public void read(int i, Batch batch, int row) {
                        throw new IllegalStateException("sample " + i);
                    }
                };
        Batches batches = Batches.evaluation(broken, 2);
        assertEquals(
                "sample 0", assertThrows(IllegalStateException.class, batches::next).getMessage());
    }

    @Test
    void misuse() {
        assertUserError(
                () -> Batches.training(new Numbers(FLOATS, 3), 4, 1),
                "train.batch: 4",
                "3 samples");
        Batches batches = Batches.training(new Numbers(FLOATS, 8), 4, 1);
        assertThrows(IllegalStateException.class, batches::next);
        assertThrows(IllegalArgumentException.class, () -> batches.start(0, 3));
        assertThrows(IllegalArgumentException.class, () -> batches.start(-1, 0));
        assertThrows(IllegalArgumentException.class, () -> new Batch(FLOATS, 0));
        assertThrows(UserError.class, () -> new Batch(FLOATS, 1 << 29));
    }
}
