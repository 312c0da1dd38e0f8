package s5.data.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static s5.data.TestFiles.assertUserError;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import s5.data.FuzzTest;
import s5.data.TestFiles;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

class CacheTest {
    @TempDir Path root;

    private Cache write(Path file, String key) {
        return CacheWriter.write(
                file,
                key,
                writer -> {
                    writer.begin("bytes");
                    writer.append(new byte[] {1, 2, 99}, 2);
                    writer.append(new byte[] {3}, 1);
                    writer.begin("nothing");
                    writer.section("longs", new long[] {-1, 1L << 40});
                });
    }

    private static void check(Cache cache) {
        assertArrayEquals(new byte[] {1, 2, 3}, cache.bytes("bytes"));
        assertArrayEquals(new long[] {-1, 1L << 40}, cache.longs("longs"));
        assertEquals(0, cache.section("nothing").size());
        assertTrue(cache.section("bytes").all().isReadOnly());
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
        assertEquals("S5CACHE2", new String(bytes, bytes.length - 8, 8, StandardCharsets.US_ASCII));
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
                                CacheWriter.write(
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
    void aFileInPlaceOfTheFolder() throws IOException {
        Path taken = Files.writeString(root.resolve("taken"), "");
        assertUserError(
                () -> write(taken.resolve("x"), "k"),
                "data.cache_dir: cannot write "
                        + taken.resolve("x")
                        + " ("
                        + taken
                        + " is a file)");
    }

    @Test
    void anOpenCacheSurvivesItsReplacement() {
        Path file = root.resolve("x");
        Cache old = write(file, "k");
        CacheWriter.write(file, "k", writer -> writer.begin("other"));
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

    // Large sections

    @Test
    void largeSectionsAreCheckedWhenTheyAreRead() throws IOException {
        Path file = root.resolve("x");
        byte[] content = new byte[3 * Cache.BLOCK + 5];
        new Random(1).nextBytes(content);
        CacheWriter.write(
                file,
                "k",
                writer -> {
                    writer.section("large", content);
                    writer.section("small", new byte[100]);
                });
        assertArrayEquals(content, Cache.open(file, "k", 1).orElseThrow().bytes("large"));
        byte[] bad = Files.readAllBytes(file);
        bad[2 * Cache.BLOCK + 7] ^= 1;
        Files.write(file, bad);
        assertTrue(Cache.open(file, "k").isEmpty());
        Cache cache = Cache.open(file, "k", 1).orElseThrow();
        Cache.Section section = cache.section("large");
        assertEquals(
                content[2 * Cache.BLOCK - 1],
                section.slice(2L * Cache.BLOCK - 3, 3).get(ValueLayout.JAVA_BYTE, 2));
        assertEquals(5, section.slice(3L * Cache.BLOCK, 5).byteSize());
        for (int from : new int[] {2 * Cache.BLOCK - 1, 2 * Cache.BLOCK, 3 * Cache.BLOCK - 1}) {
            assertUserError(
                    () -> section.slice(from, 2),
                    file.toString(),
                    "damaged in byte 2097152 to 3145727 of large",
                    "delete it");
        }
        assertEquals(100, cache.bytes("small").length);
        bad[2 * Cache.BLOCK + 7] ^= 1;
        bad[3 * Cache.BLOCK + 8 + 50] ^= 1; // in the small section
        Files.write(file, bad);
        assertTrue(Cache.open(file, "k", 1).isEmpty());
    }

    // Raw files

    private Cache ofRaw(Path... files) {
        return Cache.of(
                root.resolve("cache"),
                "set",
                "version=1",
                () -> Arrays.stream(files).map(CacheSource::of).toList(),
                writer -> writer.section("raw", Files.readAllBytes(files[0])));
    }

    @Test
    void cachesFollowTheirSources() throws IOException {
        Path a = TestFiles.write(root.resolve("a"), "one");
        Path b = TestFiles.write(root.resolve("b"), "two");
        assertEquals("one", ofRaw(a, b).text("raw"));
        Path file = TestFiles.tree(root.resolve("cache")).getLast();
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
        // Another time, the same content: the cache stays.
        Files.setLastModifiedTime(a, FileTime.fromMillis(2_000_000));
        assertEquals("one", ofRaw(a, b).text("raw"));
        assertEquals(FileTime.fromMillis(1_000_000), Files.getLastModifiedTime(file));
        // The same size, another content, in either file; another name; fewer files.
        TestFiles.write(a, "two");
        assertEquals("two", ofRaw(a, b).text("raw"));
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
        TestFiles.write(b, "one");
        Files.setLastModifiedTime(b, FileTime.fromMillis(3_000_000));
        ofRaw(a, b);
        assertNotEquals(FileTime.fromMillis(1_000_000), Files.getLastModifiedTime(file));
        assertEquals("one", ofRaw(b, a).text("raw"));
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
        ofRaw(b);
        assertNotEquals(FileTime.fromMillis(1_000_000), Files.getLastModifiedTime(file));
        // Gone: what is cached is used. Without a cache the loss is reported.
        Files.delete(b);
        assertEquals("one", ofRaw(b).text("raw"));
        Files.delete(file);
        assertUserError(() -> ofRaw(b), b.toString(), "no such file");
    }

    /** A cache of an earlier version is silent about it, and is made again where it can be. */
    @Test
    void whatAnEarlierVersionLeftOutIsTold() throws IOException {
        Path raw = TestFiles.write(root.resolve("a"), "one");
        List<CacheSource> sources = List.of(CacheSource.of(raw));
        Executable open =
                () ->
                        Cache.of(
                                root.resolve("cache"),
                                "set",
                                "version=1",
                                () -> List.of(CacheSource.of(raw)),
                                writer -> writer.leftOut(List.of("two rows are left out")));
        assertTrue(TestFiles.told(open).contains("two rows are left out"));
        Path file = TestFiles.tree(root.resolve("cache")).getLast();
        CacheWriter.Content silent =
                writer -> writer.section(Cache.SOURCES, CacheSource.lines(sources));
        CacheWriter.write(file, "set version=1", silent);
        assertTrue(TestFiles.told(open).contains("two rows are left out"), "made again");
        CacheWriter.write(file, "set version=1", silent);
        Files.delete(raw);
        String told = TestFiles.told(open);
        assertTrue(told.contains(file + ": does not say what was left out"), told);
        // nor is one of a set that leaves nothing out
        TestFiles.write(raw, "one");
        ofRaw(raw);
        Files.delete(raw);
        String nothing = TestFiles.told(() -> ofRaw(raw));
        assertFalse(nothing.contains("left out"), nothing);
    }

    @Test
    void whatKilledWritersLeftIsRemoved() throws IOException {
        Path file = root.resolve("x.s5cache");
        Path dead = TestFiles.write(root.resolve("y.s5cache.1f.tmp"), "half");
        Path recent = TestFiles.write(root.resolve("y.s5cache.2f.tmp"), "half");
        Path other = TestFiles.write(root.resolve("notes.tmp"), "a user's");
        FileTime old = FileTime.from(Instant.now().minusSeconds(3600));
        Files.setLastModifiedTime(dead, old);
        Files.setLastModifiedTime(other, old);
        write(file, "k");
        assertEquals(List.of(root, other, file, recent), TestFiles.tree(root));
    }

    /** Another program that takes long over a cache holds the lock of its temporary file. */
    @Test
    void whatAnotherProgramIsWritingStays() throws Exception {
        Path theirs = root.resolve("y.s5cache.1f.tmp");
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path source =
                TestFiles.write(
                        root.resolve("Other.java"),
                        """
                        import java.nio.channels.FileChannel;
                        import java.nio.file.Path;
                        import java.nio.file.StandardOpenOption;

                        class Other {
                            public static void main(String[] args) throws Exception {
                                var file = FileChannel.open(Path.of(args[0]),
                                        StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                                System.out.println(file.tryLock().isValid());
                                System.in.read(); // until it is killed
                            }
                        }
                        """);
        Process other =
                new ProcessBuilder(java.toString(), source.toString(), theirs.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try {
            assertEquals("true", other.inputReader().readLine());
            Files.setLastModifiedTime(theirs, FileTime.from(Instant.now().minusSeconds(3600)));
            write(root.resolve("x.s5cache"), "k");
            assertTrue(Files.exists(theirs));
        } finally {
            other.destroyForcibly().waitFor();
        }
        write(root.resolve("x.s5cache"), "k");
        assertFalse(Files.exists(theirs));
    }

    @Test
    void whateverIsChangedIsNoticed() throws IOException {
        Path file = root.resolve("x");
        CacheWriter.write(file, "k", writer -> writer.begin("nothing"));
        byte[] good = Files.readAllBytes(file);
        for (int seed = 0; seed < FuzzTest.TIMES; seed++) {
            byte[] bad = FuzzTest.mutate(good, new Random(seed));
            TestFiles.write(file, bad);
            assertTrue(Cache.open(file, "k").isEmpty() || Arrays.equals(bad, good), "seed " + seed);
        }
    }
}
