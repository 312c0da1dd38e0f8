package s5.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

class CacheTest {
    @TempDir Path root;

    private Cache write(Path file, String key) {
        return Cache.write(
                file,
                key,
                writer -> {
                    writer.begin("bytes");
                    writer.append(MemorySegment.ofArray(new byte[] {1, 2}));
                    writer.append(MemorySegment.ofArray(new byte[] {3}));
                    writer.begin("nothing");
                    writer.begin("longs");
                    writer.append(new long[] {-1, 1L << 40});
                });
    }

    private static void check(Cache cache) {
        assertArrayEquals(
                new byte[] {1, 2, 3}, cache.section("bytes").toArray(ValueLayout.JAVA_BYTE));
        assertArrayEquals(new long[] {-1, 1L << 40}, cache.section("longs").toArray(Cache.LONG));
        assertEquals(0, cache.section("nothing").byteSize());
        assertTrue(cache.section("bytes").isReadOnly());
        assertThrows(IllegalArgumentException.class, () -> cache.section("other"));
    }

    @Test
    void roundTrip() throws IOException {
        Path file = root.resolve("new/folder/x.s5cache");
        check(write(file, "key of x"));
        check(Cache.open(file, "key of x").orElseThrow());
        assertEquals(List.of(file.getParent(), file), TestFiles.tree(file.getParent()));
    }

    @Test
    void sameBytesOnEveryMachine() throws IOException {
        Path file = root.resolve("x");
        write(file, "k");
        byte[] bytes = Files.readAllBytes(file);
        byte[] start = {
            1, 2, 3, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 1, 0, 0
        };
        assertArrayEquals(start, Arrays.copyOf(bytes, 24));
        assertEquals(24, bytes[bytes.length - 24], "the table's place, little-endian");
        assertEquals("S5CACHE1", new String(bytes, bytes.length - 8, 8, StandardCharsets.US_ASCII));
    }

    @Test
    void missingStaleAndForeignFilesCountAsAbsent() throws IOException {
        Path file = root.resolve("x");
        assertTrue(Cache.open(file, "k").isEmpty());
        write(file, "k");
        assertTrue(Cache.open(file, "another key").isEmpty());
        TestFiles.write(file, "something of a user's that is long enough to be a cache");
        assertTrue(Cache.open(file, "k").isEmpty());
        Files.delete(file);
        Files.createDirectory(file);
        assertTrue(Cache.open(file, "k").isEmpty());
    }

    /** Every single flipped bit that matters is noticed: all but those in the padding. */
    @Test
    void everyFlippedBitIsNoticed() throws IOException {
        Path file = root.resolve("x");
        write(file, "k");
        byte[] good = Files.readAllBytes(file);
        for (int bit = 0; bit < 8 * good.length; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, bad);
            boolean padding = bit / 8 >= 3 && bit / 8 < 8;
            assertEquals(padding, Cache.open(file, "k").isPresent(), "bit " + bit);
        }
    }

    @Test
    void everyCutIsNoticed() throws IOException {
        Path file = root.resolve("x");
        write(file, "k");
        byte[] good = Files.readAllBytes(file);
        for (int size = 0; size < good.length; size++) {
            Files.write(file, Arrays.copyOf(good, size));
            assertFalse(Cache.open(file, "k").isPresent(), "size " + size);
        }
    }

    @Test
    void failureLeavesNothingBehindAndTheOldFileAlone() throws IOException {
        Path file = root.resolve("x");
        write(file, "k");
        IllegalStateException failure =
                assertThrows(
                        IllegalStateException.class,
                        () ->
                                Cache.write(
                                        file,
                                        "k",
                                        writer -> {
                                            writer.begin("half");
                                            throw new IllegalStateException("on the way");
                                        }));
        assertEquals("on the way", failure.getMessage());
        assertEquals(List.of(root, file), TestFiles.tree(root));
        check(Cache.open(file, "k").orElseThrow());
    }

    @Test
    void anOpenCacheSurvivesItsReplacement() {
        Path file = root.resolve("x");
        Cache old = write(file, "k");
        Cache.write(file, "k", writer -> writer.begin("other"));
        check(old);
    }

    @Test
    void writersAtTheSameTime() throws Exception {
        Path file = root.resolve("x");
        List<Throwable> failures = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    for (int k = 0; k < 20; k++) {
                                        check(write(file, "k"));
                                    }
                                } catch (Throwable e) {
                                    synchronized (failures) {
                                        failures.add(e);
                                    }
                                }
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), failures);
        assertEquals(List.of(root, file), TestFiles.tree(root));
    }
}
