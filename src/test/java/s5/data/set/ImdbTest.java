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
import org.junit.jupiter.params.provider.ValueSource;

import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Shape;
import s5.data.Splits;
import s5.data.TestFiles;
import s5.data.TokenSet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

class ImdbTest {
    @TempDir Path root;

    /** Files of the archive, small and in no order. */
    private final Map<String, byte[]> files = new LinkedHashMap<>();

    private Path archive;

    @BeforeEach
    void goodFiles() throws IOException {
        archive = root.resolve("imdb/aclImdb_v1.tar.gz");
        // a 15 times, é 16 times, b 14 times; 𝄞 (two chars in Java, one in Python) 15 times.
        put("train/pos/10_9.txt", "a".repeat(15) + "é".repeat(10));
        put("train/pos/9_7.txt", "𝄞".repeat(15));
        put("train/neg/0_3.txt", "é".repeat(6) + "b".repeat(14));
        put("test/neg/0_1.txt", "éb𝄞a");
        put("test/pos/1_10.txt", "aaaa");
        put("train/unsup/0_0.txt", "z".repeat(100));
        put("train/urls_pos.txt", "z".repeat(100));
        put("README", "z".repeat(100));
        pack();
    }

    private void put(String name, String text) {
        files.put("aclImdb/" + name, text.getBytes(StandardCharsets.UTF_8));
    }

    private void pack() throws IOException {
        TestFiles.write(archive, TestFiles.tarGz(files));
    }

    private Splits open(int length) {
        return Imdb.open(root, root.resolve("cache"), length, 0, 42);
    }

    private static int[] tokens(Dataset data, int i) {
        Batch batch = new Batch(data.shape(), 2);
        Arrays.fill(batch.tokens, 99);
        data.read(i, batch, 1);
        int length = data.shape().length();
        return Arrays.copyOfRange(batch.tokens, length, length + batch.lengths[1]);
    }

    /** A third class is no class of IMDb: it is left out, but not in silence. */
    @Test
    void otherFoldersAreTold() throws IOException {
        put("train/neutral/3_5.txt", "so so");
        put("train/neutral/4_5.txt", "so so");
        put("test/odd/7_5.txt", "so so");
        pack();
        String told = TestFiles.told(() -> open(64));
        assertTrue(told.contains("passed over train/neutral/ with 2 files, no class"), told);
        assertTrue(told.contains("passed over test/odd/ with 1 files"), told);
        String later = TestFiles.told(() -> open(64)); // from the cache
        assertFalse(later.contains("writing"), later);
        assertTrue(later.contains("passed over train/neutral/ with 2 files, no class"), later);
        assertFalse(told.contains("unsup"), told);
        assertTrue(
                told.contains(
                        "IMDb: 3 training and 2 test reviews, where the official set has 25,000"
                                + " training and 25,000 test"),
                told);
        Files.delete(archive);
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            TestFiles.write(root.resolve("imdb").resolve(file.getKey()), file.getValue());
        }
        String folder = TestFiles.told(() -> open(64));
        assertTrue(folder.contains("passed over train/neutral/ with 2 files, no class"), folder);
        assertTrue(folder.contains("passed over test/odd/ with 1 files"), folder);
        assertFalse(folder.contains("unsup"), folder);
    }

    @Test
    void vocabularyAndSamples() {
        Splits splits = open(64);
        assertEquals(new Shape(64, 135, true, true, 2, 1), splits.shape());
        assertTrue(splits.selectsOnTest());
        TokenSet train = (TokenSet) splits.train();
        assertEquals(
                List.of("<pad>", "<unk>", "<eos>", "é", "a", "𝄞"), train.vocabulary().tokens());
        assertEquals(3, train.size());
        int[] first = new int[21];
        Arrays.fill(first, 0, 6, 3);
        Arrays.fill(first, 6, 20, 1);
        first[20] = 2;
        assertArrayEquals(first, tokens(train, 0));
        assertEquals(16, tokens(train, 1).length, "9_7 comes before 10_9; 𝄞 is one character");
        assertArrayEquals(new int[] {3, 1, 5, 4, 2}, tokens(splits.test(), 0));
        Batch batch = new Batch(splits.shape(), 3);
        for (int i = 0; i < 3; i++) {
            train.read(i, batch, i);
        }
        assertArrayEquals(new int[] {0, 1, 1}, batch.labels);
        assertEquals(0, batch.tokens[63], "padding");
    }

    @Test
    void longReviewsAreCutBeforeTheEndAndCountsAreOfWhatIsLeft() {
        Splits splits = open(16);
        // 10_9 keeps 15 of its characters, all a; only six é are left in 0_3.
        assertEquals(
                List.of("<pad>", "<unk>", "<eos>", "a", "𝄞"),
                ((TokenSet) splits.train()).vocabulary().tokens());
        int[] cut = new int[16];
        Arrays.fill(cut, 0, 15, 4);
        cut[15] = 2;
        assertArrayEquals(cut, tokens(splits.train(), 1));
    }

    @Test
    void folderAndArchiveGiveTheSame() throws IOException {
        Splits fromArchive = open(64);
        Path other = root.resolve("other");
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            TestFiles.write(other.resolve(file.getKey()), file.getValue());
        }
        TestFiles.write(other.resolve("aclImdb/train/pos/.DS_Store"), "x");
        Splits fromFolder = Imdb.open(other, root.resolve("other cache"), 64, 0, 42);
        for (int i = 0; i < 3; i++) {
            assertArrayEquals(tokens(fromArchive.train(), i), tokens(fromFolder.train(), i));
        }
        // The folder changes, so the cache is made anew.
        Files.delete(other.resolve("aclImdb/train/pos/9_7.txt"));
        assertEquals(2, Imdb.open(other, root.resolve("other cache"), 64, 0, 42).train().size());
        TestFiles.write(other.resolve("aclImdb/train/pos/10_9.txt"), "a".repeat(35));
        assertArrayEquals(
                new int[] {3, 3, 2},
                Arrays.copyOfRange(
                        tokens(Imdb.open(other, root.resolve("other cache"), 64, 0, 42).train(), 1),
                        33,
                        36));
    }

    @Test
    void validationShareIsTorchsRandomSplit() throws IOException {
        for (int i = 20; i < 27; i++) {
            put("train/pos/%d_8.txt".formatted(i), "a".repeat(i));
        }
        pack();
        Splits splits = Imdb.open(root, root.resolve("cache"), 64, 0.2, 42);
        assertFalse(splits.selectsOnTest());
        // randperm(10) of seed 42 is 2 6 1 8 4 5 0 9 3 7; samples 3 to 9 have 20 to 26 a.
        assertEquals(8, splits.train().size());
        assertEquals(23 + 1, tokens(splits.train(), 1).length);
        assertEquals(2, splits.validation().size());
        assertEquals(20 + 1, tokens(splits.validation(), 0).length);
        assertEquals(24 + 1, tokens(splits.validation(), 1).length);
        assertEquals(2, splits.test().size());
    }

    @Test
    void nothingIsReadWhenTheCacheIsThere() throws IOException {
        int[] first = tokens(open(64).train(), 0);
        Path cache = onlyCache();
        FileTime old = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(cache, old);
        assertArrayEquals(first, tokens(open(64).train(), 0));
        // A copy of the archive has another time, but the same checksum.
        Files.setLastModifiedTime(archive, FileTime.fromMillis(2_000_000));
        assertArrayEquals(first, tokens(open(64).train(), 0));
        // On a machine that has only the cache.
        Files.delete(archive);
        assertArrayEquals(first, tokens(open(64).train(), 0));
        assertEquals(old, Files.getLastModifiedTime(cache));
        assertEquals(cache, onlyCache());
    }

    @Test
    void anotherArchiveOfTheSameSizeIsNoticed() throws IOException {
        open(64);
        long size = Files.size(archive);
        byte[] bytes = Files.readAllBytes(archive);
        bytes[bytes.length - 6] ^= 1; // in the checksum
        TestFiles.write(archive, bytes);
        Files.setLastModifiedTime(archive, FileTime.fromMillis(2_000_000));
        assertEquals(size, Files.size(archive));
        assertUserError(() -> open(64), archive.toString(), "damaged gzip file");
    }

    private Path onlyCache() throws IOException {
        List<Path> tree = TestFiles.tree(root.resolve("cache"));
        assertEquals(2, tree.size(), tree.toString());
        return tree.getLast();
    }

    // Bad input

    private void assertRefused(String... parts) throws IOException {
        List<Path> before = TestFiles.tree(root);
        assertUserError(() -> open(64), parts);
        assertEquals(before, TestFiles.tree(root), "nothing may be left behind");
    }

    @Test
    void truncatedArchive() throws IOException {
        byte[] good = Files.readAllBytes(archive);
        for (int size = 0; size < good.length; size += 7) {
            TestFiles.write(archive, Arrays.copyOf(good, size));
            assertRefused(archive.toString(), "download it again");
        }
    }

    @Test
    void truncatedTar() throws IOException {
        put("train/pos/99_9.txt", "a".repeat(3000));
        files.keySet().retainAll(List.of("aclImdb/train/pos/99_9.txt"));
        byte[] tar;
        try (var in =
                new java.util.zip.GZIPInputStream(
                        new java.io.ByteArrayInputStream(TestFiles.tarGz(files)))) {
            tar = in.readAllBytes();
        }
        TestFiles.write(archive, TestFiles.gzip(Arrays.copyOf(tar, 1000)));
        assertRefused(archive.toString(), "damaged tar archive", "download it again");
    }

    @Test
    void noArchive() throws IOException {
        TestFiles.write(archive, "a web page that says no such file, instead of the archive");
        assertRefused(archive.toString(), "is not gzipped", "download it again");
        TestFiles.write(
                archive,
                TestFiles.gzip("the same, gzipped".repeat(99).getBytes(StandardCharsets.UTF_8)));
        assertRefused(archive.toString(), "download it again");
        Files.delete(archive);
        Files.createDirectory(archive);
        assertRefused(archive.toString(), "should be a file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"train/pos", "train/neg", "test/pos", "test/neg"})
    void noReviewsOfAKind(String kind) throws IOException {
        files.keySet().removeIf(name -> name.startsWith("aclImdb/" + kind));
        pack();
        assertRefused(archive.toString(), "no reviews in aclImdb/" + kind);
    }

    @Test
    void emptyReview() throws IOException {
        put("train/pos/11_9.txt", "");
        pack();
        assertRefused(archive + ": aclImdb/train/pos/11_9.txt: the review is empty");
    }

    @Test
    void invalidUtf8() throws IOException {
        for (byte[] bad :
                new byte[][] {
                    {'a', (byte) 0xff, 'a'}, {'a', (byte) 0xc3}, {'a', (byte) 0xed, (byte) 0xa0, 0}
                }) {
            files.put("aclImdb/test/pos/7_7.txt", bad);
            pack();
            assertRefused(archive + ": aclImdb/test/pos/7_7.txt: invalid UTF-8 at byte 2");
        }
    }

    @Test
    void strangeName() throws IOException {
        for (String name : new String[] {"11.txt", "11_9.html", "a_9.txt", "1_1.txt.part"}) {
            files.keySet().removeIf(n -> n.startsWith("aclImdb/test/neg"));
            put("test/neg/" + name, "a");
            pack();
            assertRefused(archive + ": aclImdb/test/neg/" + name, "NUMBER_RATING.txt");
        }
    }

    @Test
    void tooManyCharacters() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int c = 0x4e00; c < 0x4e00 + 254; c++) {
            text.append(Character.toString(c).repeat(15));
        }
        put("train/pos/12_9.txt", text.toString());
        pack();
        List<Path> before = TestFiles.tree(root);
        assertUserError(
                () -> open(10_000),
                archive.toString(),
                "257 different characters",
                "253 can be told apart");
        assertEquals(before, TestFiles.tree(root));
    }

    @Test
    void missing() throws IOException {
        Files.delete(archive);
        assertRefused("data.root", "IMDb", "aclImdb_v1.tar.gz or aclImdb", root.toString());
        assertUserError(
                () -> Imdb.open(root.resolve("no"), root.resolve("cache"), 64, 0, 42),
                "data.root",
                "there is no folder " + root.resolve("no"));
        Files.createDirectories(root.resolve("aclImdb/train/pos"));
        assertRefused("no such file", root.resolve("aclImdb/train/neg").toString());
    }
}
