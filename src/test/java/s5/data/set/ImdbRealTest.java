package s5.data.set;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Shape;
import s5.data.Splits;
import s5.data.TestFiles;
import s5.data.TokenSet;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The real data, as it is downloaded. */
class ImdbRealTest {
    @TempDir Path root;

    /**
     * Everything against an independent count in Python (tarfile, list(text), collections.Counter),
     * down to the SHA-256 of all ids: 134 tokens; the longest review and the mean length of what is
     * left after cutting to 4,095 characters, end mark included.
     */
    @Test
    void official() throws NoSuchAlgorithmException {
        Path data = TestFiles.real("imdb");
        Splits splits = Imdb.open(data, root.resolve("cache"), 4096, 0, 42);
        assertEquals(new Shape(4096, 135, true, true, 2, 1), splits.shape());
        List<String> vocabulary = ((TokenSet) splits.train()).vocabulary().tokens();
        assertEquals(134, vocabulary.size());
        assertEquals(
                "<pad> <unk> <eos>   e t a o i s n r h l d c u m f y g w b p . v , k ' I T / > < -",
                String.join(" ", vocabulary.subList(0, 35)));
        assertEquals("\u00fa\u00ab\\\u0084|", String.join("", vocabulary.subList(129, 134)));
        checkOfficial(
                splits.train(),
                1299.41616,
                "4ef591e022cf600c5a91aecea639c2b225a899c4bbd7f121a1613a95713c57fb");
        checkOfficial(
                splits.test(),
                1270.99084,
                "b3d2d77854c1d0fe4cb8dfed0dba38913095860b3e54cd07c68154868766e894");
    }

    private static void checkOfficial(Dataset split, double meanLength, String sha256)
            throws NoSuchAlgorithmException {
        assertEquals(25_000, split.size());
        MessageDigest ids = MessageDigest.getInstance("SHA-256");
        Batch batch = new Batch(split.shape(), 1);
        long sum = 0;
        int positive = 0;
        for (int i = 0; i < split.size(); i++) {
            split.read(i, batch, 0);
            for (int k = 0; k < batch.lengths[0]; k++) {
                ids.update((byte) batch.tokens[k]);
            }
            sum += batch.lengths[0];
            positive += batch.labels[0];
        }
        assertEquals(12_500, positive);
        assertEquals(meanLength, sum / 25_000.0, 1e-9);
        assertEquals(sha256, HexFormat.of().formatHex(ids.digest()));
    }

    /** Uncut reviews: 13,704 and 12,988 characters at most, 1325.07 and 1293.79 on average. */
    @Test
    void officialLengths() {
        Path data = TestFiles.real("imdb");
        Splits splits = Imdb.open(data, root.resolve("cache"), 1 << 14, 0, 42);
        TreeSet<Integer> train = new TreeSet<>();
        assertEquals(33_126_741, characters(splits.train(), train));
        assertEquals(List.of(52, 13_704), List.of(train.first(), train.last()));
        TreeSet<Integer> test = new TreeSet<>();
        assertEquals(32_344_810, characters(splits.test(), test));
        assertEquals(List.of(32, 12_988), List.of(test.first(), test.last()));
    }

    private static long characters(Dataset split, Set<Integer> lengths) {
        Batch batch = new Batch(split.shape(), 1);
        long sum = 0;
        for (int i = 0; i < split.size(); i++) {
            split.read(i, batch, 0);
            lengths.add(batch.lengths[0] - 1); // without the end mark
            sum += batch.lengths[0] - 1;
        }
        return sum;
    }
}
