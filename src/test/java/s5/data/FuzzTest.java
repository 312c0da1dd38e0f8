package s5.data;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.UserError;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/**
 * Files mutated at random, by fixed seeds: reading them ends in success or in one line for the
 * user, never in anything else. {@code -Ds5.fuzz=N} mutates each kind N times.
 */
class FuzzTest {
    private static final int TIMES = Integer.getInteger("s5.fuzz", 300);

    @TempDir Path root;

    private interface Reader {
        void read();
    }

    /** Mutates; both outcomes must occur, else the mutations or the reader are of no use. */
    private void fuzz(Path file, byte[] good, Reader reader) throws IOException {
        int refused = 0;
        for (int seed = 0; seed < TIMES; seed++) {
            TestFiles.write(file, mutate(good, new Random(seed)));
            try {
                reader.read();
            } catch (UserError e) {
                refused++;
                assertFalse(e.getMessage().contains("\n"), e.getMessage());
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertTrue(refused > 0 && refused < TIMES, refused + " of " + TIMES + " refused");
        TestFiles.write(file, good);
    }

    private static byte[] mutate(byte[] good, Random random) {
        byte[] bytes = good.clone();
        for (int n = random.nextInt(3); n >= 0; n--) {
            // Half of all mutations near the start, where headers are.
            int limit = random.nextBoolean() ? Math.min(bytes.length, 24) : bytes.length;
            int at = limit == 0 ? 0 : random.nextInt(limit);
            switch (random.nextInt(4)) {
                case 0 -> bytes = Arrays.copyOf(bytes, at);
                case 1 -> bytes = insert(bytes, at, random.nextInt(9), random);
                case 2 -> flip(bytes, at, random);
                default -> {
                    if (bytes.length > at) {
                        bytes[at] = (byte) "\t\n\r []()X05[M".charAt(random.nextInt(12));
                    }
                }
            }
        }
        return bytes;
    }

    private static void flip(byte[] bytes, int at, Random random) {
        if (at < bytes.length) {
            bytes[at] ^= (byte) (1 << random.nextInt(8));
        }
    }

    private static byte[] insert(byte[] bytes, int at, int count, Random random) {
        byte[] longer = new byte[bytes.length + count];
        random.nextBytes(longer);
        System.arraycopy(bytes, 0, longer, 0, at);
        System.arraycopy(bytes, at, longer, at + count, bytes.length - at);
        return longer;
    }

    @Test
    void idx() throws IOException {
        Path folder = IdxTestFiles.write(root, 20);
        Reader reader = () -> Mnist.open(root, false, 0.1, 42);
        fuzz(folder.resolve("t10k-images-idx3-ubyte"), IdxTestFiles.images(7, 2), reader);
        fuzz(folder.resolve("t10k-labels-idx1-ubyte"), IdxTestFiles.labels(7), reader);
        fuzz(
                folder.resolve("train-labels-idx1-ubyte.gz"),
                TestFiles.gzip(IdxTestFiles.labels(20)),
                reader);
    }

    @Test
    void tsv() throws IOException {
        String good = "Source\tTarget\n( ( ( [MIN 4 ) 7 ) ] )\t4\n( ( [SM 9 ) ] )\t9\n8\t8\n";
        byte[] bytes = good.getBytes(StandardCharsets.UTF_8);
        TestFiles.write(root.resolve("basic_train.tsv"), bytes);
        TestFiles.write(root.resolve("basic_test.tsv"), bytes);
        fuzz(root.resolve("basic_val.tsv"), bytes, () -> ListOps.open(root, 8));
    }

    @Test
    void cache() throws IOException {
        Path file = root.resolve("x");
        Cache.write(file, "k", writer -> writer.begin("nothing"));
        byte[] good = Files.readAllBytes(file);
        for (int seed = 0; seed < TIMES; seed++) {
            byte[] bad = mutate(good, new Random(seed));
            TestFiles.write(file, bad);
            assertTrue(Cache.open(file, "k").isEmpty() || Arrays.equals(bad, good), "seed " + seed);
        }
    }
}
