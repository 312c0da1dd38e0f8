package s5.data;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.UserError;
import s5.data.format.Png;
import s5.data.format.PngTest;
import s5.data.format.RawFile;
import s5.data.format.WavFile;
import s5.data.set.Aan;
import s5.data.set.Cifar;
import s5.data.set.IdxTestFiles;
import s5.data.set.Imdb;
import s5.data.set.ListOps;
import s5.data.set.Mnist;
import s5.data.set.Pathfinder;
import s5.data.set.Sc35.Normalization;
import s5.data.set.SpeechCommands;
import s5.data.set.SpeechTestFiles;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;

/**
 * Files mutated at random, by fixed seeds: reading them ends in success or in one line for the
 * user, never in anything else. {@code -Ds5.fuzz=N} mutates each kind N times.
 */
public class FuzzTest {
    public static final int TIMES = Integer.getInteger("s5.fuzz", 300);

    @TempDir Path root;

    private interface Reader {
        void read();
    }

    private interface Wrapping {
        byte[] wrap(byte[] content) throws IOException;
    }

    private void fuzz(Path file, byte[] good, Reader reader) throws IOException {
        fuzz(file, good, bytes -> bytes, reader);
    }

    /**
     * Mutates; both outcomes must occur, else the mutations or the reader are of no use.
     *
     * @param wrapping makes the file of the mutated bytes
     */
    private void fuzz(Path file, byte[] good, Wrapping wrapping, Reader reader) throws IOException {
        int refused = 0;
        for (int seed = 0; seed < TIMES; seed++) {
            TestFiles.write(file, wrapping.wrap(mutate(good, new Random(seed))));
            deleteCache();
            try {
                reader.read();
            } catch (UserError e) {
                refused++;
                assertFalse(Files.exists(root.resolve("cache")), "left behind: seed " + seed);
                assertFalse(e.getMessage().contains("\n"), e.getMessage());
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertTrue(refused > 0 && refused < TIMES, refused + " of " + TIMES + " refused");
        TestFiles.write(file, wrapping.wrap(good));
        deleteCache();
    }

    private void deleteCache() throws IOException {
        if (Files.exists(root.resolve("cache"))) {
            for (Path path : TestFiles.tree(root.resolve("cache")).reversed()) {
                Files.delete(path);
            }
        }
    }

    /** A few bytes changed, put in or left out, or the end cut off. */
    public static byte[] mutate(byte[] good, Random random) {
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
        fuzz(
                root.resolve("basic_val.tsv"),
                bytes,
                () -> ListOps.open(root, root.resolve("cache"), 8));
    }

    @Test
    void imdb() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String split : List.of("train", "test")) {
            for (String label : List.of("pos", "neg")) {
                files.put(
                        "aclImdb/%s/%s/0_1.txt".formatted(split, label),
                        "Ein é! []() ".repeat(60).getBytes(StandardCharsets.UTF_8));
            }
        }
        Path archive = root.resolve("aclImdb_v1.tar.gz");
        Reader reader = () -> Imdb.open(root, root.resolve("cache"), 64, 0, 42);
        byte[] good = TestFiles.tarGz(files);
        byte[] tar;
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(good))) {
            tar = in.readAllBytes();
        }
        fuzz(archive, tar, TestFiles::gzip, reader);
        fuzz(archive, good, reader);
    }

    @Test
    void aan() throws IOException {
        byte[] good =
                "0\tA\tB\ttext \"one\"\tsecond\n1.0\tA\tB\t\"a \"\"b\"\"\"\t\"é\"\r\n"
                        .getBytes(StandardCharsets.UTF_8);
        for (String split : List.of("eval", "test")) {
            TestFiles.write(root.resolve("new_aan_pairs." + split + ".tsv"), good);
        }
        fuzz(
                root.resolve("new_aan_pairs.train.tsv"),
                good,
                () -> Aan.open(root, root.resolve("cache"), 8));
    }

    @Test
    void cifar() throws IOException {
        byte[] good = new byte[3 * 3073];
        TestFiles.write(root.resolve("data_batch_1.bin"), good);
        fuzz(
                root.resolve("test_batch.bin"),
                good,
                () -> Cifar.open(root, root.resolve("cache"), true, 0.5, 42));
    }

    @Test
    void pathfinder() throws IOException {
        Path folder = root.resolve("pathfinder32/curv_contour_length_14");
        byte[] png = PngTest.resource("colour");
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            lines.append("imgs/0 %d.png 5 %d\n".formatted(i, i % 2));
            TestFiles.write(folder.resolve("imgs/0/" + i + ".png"), png);
        }
        Path metadata = folder.resolve("metadata/1.npy");
        byte[] good = lines.toString().getBytes(StandardCharsets.UTF_8);
        TestFiles.write(metadata, good);
        Reader reader = () -> Pathfinder.open(root, root.resolve("cache"), 32, 42);
        fuzz(metadata, good, reader);
    }

    /** With its checksums set right again, as ImageIO's reader meets damage only then. */
    @Test
    void png() throws IOException {
        byte[] good = PngTest.resource("palette");
        for (int seed = 0; seed < TIMES; seed++) {
            byte[] bad = mutate(good, new Random(seed));
            TestFiles.mendPng(bad);
            try {
                Png.grey(bad, "here", 32);
            } catch (UserError e) {
                assertFalse(e.getMessage().contains("\n"), e.getMessage());
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void wav() throws IOException {
        byte[] format = SpeechTestFiles.chunk("fmt ", SpeechTestFiles.format(1, 1, 16_000, 16));
        byte[] other = SpeechTestFiles.chunk("LIST", new byte[9]);
        byte[] data = SpeechTestFiles.chunk("data", new byte[100]);
        byte[] samples = new byte[2 * WavFile.RATE];
        Path file = root.resolve("x.wav");
        fuzz(
                file,
                SpeechTestFiles.riff(format, other, data),
                () -> WavFile.read(file.toString(), RawFile.bytes(file), samples));
    }

    @Test
    void speechCommands() throws IOException {
        Map<String, byte[]> files = SpeechTestFiles.good();
        files.remove("_background_noise_/noise.wav"); // small: a mutation hits what matters
        files.replaceAll(
                (name, content) -> name.endsWith(".wav") ? SpeechTestFiles.wav(50, 2) : content);
        Reader reader =
                () -> SpeechCommands.open(root, root.resolve("cache"), Normalization.OFFICIAL);
        byte[] good = TestFiles.tarGz(files);
        byte[] tar;
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(good))) {
            tar = in.readAllBytes();
        }
        fuzz(root.resolve(SpeechTestFiles.NAME), tar, TestFiles::gzip, reader);
    }
}
