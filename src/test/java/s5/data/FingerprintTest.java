package s5.data;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.Random;
import java.util.function.Consumer;

/** Other samples have another fingerprint, and rounding has none. */
class FingerprintTest {
    private static final Shape SHAPE = new Shape(7, 3, false, true, 0, 1, 0, 2, true, false);

    /** Random numbers that may be changed. */
    private record Numbers(int size, Consumer<Batch> change) implements Dataset {
        @Override
        public Shape shape() {
            return SHAPE;
        }

        @Override
        public void read(int i, Batch batch, int row) {
            Random random = new Random(i);
            for (float[] values : new float[][] {batch.x, batch.dt, batch.targets}) {
                for (int k = 0; k < values.length; k++) {
                    values[k] = 1 + random.nextFloat();
                }
            }
            batch.lengths[row] = 1 + i % 7;
            if (i == size - 2) {
                change.accept(batch);
            }
        }
    }

    private static Fingerprint of(int size, Consumer<Batch> change) {
        return Fingerprint.of(new Numbers(size, change));
    }

    private static void assertSame(boolean same, Consumer<Batch> change) {
        for (int size : new int[] {2, 3, 33, 1000}) {
            Fingerprint before = of(size, _ -> {});
            Fingerprint after = of(size, change);
            boolean found = before.same(after);
            assertTrue(found == same, size + " samples");
        }
    }

    @Test
    void ofTheSame() {
        assertSame(true, _ -> {});
        assertSame(
                true,
                b -> {
                    for (int k = 0; k < b.x.length; k++) {
                        b.x[k] = Math.nextUp(b.x[k]); // as another machine may round
                    }
                });
        assertSame(
                true,
                b -> {
                    b.x[20] += b.lengths[0] < 7 ? 1 : 0; // padding
                });
    }

    @Test
    void ofOthers() {
        assertSame(
                false,
                b -> {
                    b.x[1] += 0.5f;
                });
        assertSame(
                false,
                b -> {
                    float first = b.x[0];
                    b.x[0] = b.x[2];
                    b.x[2] = first;
                });
        assertSame(
                false,
                b -> {
                    b.targets[1] += 0.5f;
                });
        assertSame(
                false,
                b -> {
                    b.lengths[0] = 8 - b.lengths[0] == b.lengths[0] ? 1 : 8 - b.lengths[0];
                });
    }

    /** Tokens and labels are compared as they are. */
    @Test
    void ofTokens() {
        Fingerprint before = Fingerprint.of(new Tokens(-1));
        assertTrue(before.same(Fingerprint.of(new Tokens(-1))));
        for (int changed = 0; changed < 6; changed++) {
            assertFalse(before.same(Fingerprint.of(new Tokens(changed))), "place " + changed);
        }
    }

    private record Tokens(int changed) implements Dataset {
        @Override
        public Shape shape() {
            return new Shape(5, 9, true, true, 3, 1);
        }

        @Override
        public int size() {
            return 4;
        }

        @Override
        public void read(int i, Batch batch, int row) {
            for (int k = 0; k < 5; k++) {
                batch.tokens[k] = (i + k + (i == 2 && k == changed ? 1 : 0)) % 9;
            }
            batch.lengths[row] = 5;
            batch.labels[row] = (i + (i == 2 && changed == 5 ? 1 : 0)) % 3;
        }
    }
}
