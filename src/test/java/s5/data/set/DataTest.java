package s5.data.set;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static s5.data.TestFiles.assertUserError;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.config.Config;
import s5.config.ConfigLoader;
import s5.config.DataConfig;
import s5.data.Batch;
import s5.data.Shape;
import s5.data.Splits;
import s5.data.TestFiles;
import s5.data.format.PngTest;
import s5.model.Model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

class DataTest {
    @TempDir Path root;

    private DataConfig config(String... words) {
        Stream<String> folders =
                Stream.of("data.root=" + root, "data.cache_dir=" + root.resolve("cache"));
        return ConfigLoader.of(Stream.concat(folders, Arrays.stream(words)).toArray(String[]::new))
                .data();
    }

    private static Batch first(Splits splits) {
        Batch batch = new Batch(splits.shape(), 1);
        splits.train().read(0, batch, 0);
        return batch;
    }

    @Test
    void mnist() throws IOException {
        IdxTestFiles.write(root, 20);
        for (String set : new String[] {"smnist", "psmnist"}) {
            DataConfig config = config("data.set=" + set, "data.validation=0.2", "data.seed=3");
            Splits splits = config.open();
            assertEquals(config.shape(), splits.shape());
            assertEquals(4, splits.validation().size());
            Splits expected = Mnist.open(root, set.equals("psmnist"), 0.2, 3);
            assertArrayEquals(first(expected).x, first(splits).x);
        }
        assertFalse(
                Arrays.equals(
                        first(config("data.set=smnist").open()).x,
                        first(config("data.set=psmnist").open()).x));
    }

    @Test
    void listopsFromFiles() throws IOException {
        for (String split : new String[] {"train", "val", "test"}) {
            TestFiles.write(
                    root.resolve("listops/basic_" + split + ".tsv"), "Source\tTarget\n7\t7\n");
        }
        DataConfig config = config("data.set=listops", "data.length=5");
        assertEquals(config.shape(), config.open().shape());
        assertArrayEquals(new int[] {3, 2, 0, 0, 0}, first(config.open()).tokens);
    }

    @Test
    void listopsGenerated() {
        String[] words = {
            "data.set=listops", "data.source=generate", "data.min_length=5", "data.max_length=40",
            "data.length=48", "data.max_depth=6", "data.max_args=4", "data.train_size=30",
            "data.val_size=20", "data.test_size=10", "data.seed=9", "train.batch=10"
        };
        DataConfig config = config(words);
        Splits splits = config.open();
        assertEquals(config.shape(), splits.shape());
        assertEquals(30, splits.train().size());
        assertEquals(20, splits.validation().size());
        assertEquals(10, splits.test().size());
        Splits expected =
                ListOps.generate(
                        root.resolve("other"),
                        new ListOpsGenerator.Settings(5, 40, 6, 4, 30, 20, 10, 9),
                        48);
        assertArrayEquals(first(expected).tokens, first(splits).tokens);
    }

    @Test
    void cifarInColourAndGrey() throws IOException {
        byte[] rows = new byte[20 * 3073];
        new Random(1).nextBytes(rows);
        for (int at = 0; at < rows.length; at += 3073) {
            rows[at] = (byte) (at / 3073 % 10);
        }
        TestFiles.write(root.resolve("cifar10/data_batch_1.bin"), rows);
        TestFiles.write(root.resolve("cifar10/test_batch.bin"), rows);
        for (String set : new String[] {"cifar", "image"}) {
            DataConfig config = config("data.set=" + set, "data.validation=0.2", "data.seed=3");
            Splits splits = config.open();
            assertEquals(config.shape(), splits.shape());
            assertEquals(4, splits.validation().size());
            Splits expected = Cifar.open(root, root.resolve("cache"), set.equals("image"), 0.2, 3);
            assertArrayEquals(first(expected).x, first(splits).x);
            assertEquals("airplane", splits.test().classNames().getFirst());
            assertEquals("truck", splits.test().classNames().getLast());
            assertEquals(List.of(), splits.test().tokenNames());
        }
    }

    @Test
    void imdb() throws IOException {
        for (String kind : new String[] {"train/pos", "train/neg", "test/pos", "test/neg"}) {
            for (int i = 0; i < 5; i++) {
                TestFiles.write(
                        root.resolve("imdb/aclImdb/%s/%d_1.txt".formatted(kind, i)), "a".repeat(9));
            }
        }
        DataConfig config = config("data.set=imdb", "data.length=6");
        assertEquals(config.shape(), config.open().shape());
        assertTrue(config.open().selectsOnTest());
        assertEquals(List.of("negative", "positive"), config.open().train().classNames());
        assertEquals("a", config.open().train().tokenNames().get(3));
        assertArrayEquals(new int[] {3, 3, 3, 3, 3, 2}, first(config.open()).tokens);
        config = config("data.set=imdb", "data.validation=0.3", "data.seed=3");
        assertEquals(3, config.open().validation().size());
        assertEquals(
                "10 samples; lengths 10 to 10, mean 10.00; classes 50.00 50.00 %",
                config.describe(config.open().test()));
    }

    @Test
    void aan() throws IOException {
        for (String split : new String[] {"train", "eval", "test"}) {
            TestFiles.write(
                    root.resolve("aan/new_aan_pairs." + split + ".tsv"), "1\tx\ty\tabc\td\n");
        }
        DataConfig config = config("data.set=aan", "data.length=4");
        Shape official = config.shape();
        assertEquals(new Shape(4, 98, true, true, 2, 2), official);
        assertEquals(new Shape(4, 7, true, true, 2, 2), config.open().shape());
        assertArrayEquals(new int[] {3, 4, 5, 2, 6, 2, 0, 0}, first(config.open()).tokens);
        assertEquals(
                "1 samples; lengths 2 to 4, mean 3.00; classes 0.00 100.00 %",
                config.describe(config.open().test()));
    }

    @Test
    void pathfinder() throws IOException {
        Path folder = root.resolve("pathfinder32/curv_contour_length_14");
        TestFiles.write(folder.resolve("metadata/1.npy"), "imgs/0 a.png 0 1\n".repeat(20));
        TestFiles.write(folder.resolve("imgs/0/a.png"), PngTest.resource("colour"));
        DataConfig config = config("data.set=pathfinder");
        assertEquals(config.shape(), config.open().shape());
        assertEquals(16, config.open().train().size());
        assertUserError(() -> config("data.set=pathx").open(), "data.root", "pathfinder128");
        assertEquals(new Shape(16_384, 1, false, false, 2, 1), config("data.set=pathx").shape());
    }

    @Test
    void depths() throws IOException {
        String lines = "Source\tTarget\n7\t7\n[MAX 1 [MIN 2 3 ] 4 [SM 5 6 ] ]\t4\n";
        for (String split : new String[] {"train", "val", "test"}) {
            TestFiles.write(root.resolve("listops/basic_" + split + ".tsv"), lines);
        }
        DataConfig config = config("data.set=listops");
        String statistics = config.describe(config.open().train());
        assertTrue(
                statistics.startsWith(
                        "2 samples; lengths 2 to 13, mean 7.50; depths 1 to 3, mean 2.00;"),
                statistics);
    }

    /** The counts of the official scripts' models, from the shipped configs and the shapes. */
    @ParameterizedTest
    @CsvSource({
        "listops, 188490",
        "imdb, 1321154",
        "aan, 772098",
        "image, 5133706",
        "pathfinder, 1113602",
        "pathx, 694018",
    })
    void parameterCounts(String name, int count) {
        Config config = ConfigLoader.load(Path.of("configs/" + name + ".yaml"), List.of());
        assertEquals(count, new Model(config.model(), config.data().shape()).parameterCount());
    }

    @Test
    void speechCommands() throws IOException {
        SpeechTestFiles.writeArchive(root, SpeechTestFiles.good());
        Splits official = config("data.set=sc35").open();
        assertEquals(config("data.set=sc35").shape(), official.shape());
        assertEquals(2, official.atRates().getFirst().rate());
        Splits global = config("data.set=sc35", "data.normalization=global").open();
        for (Sc35.Normalization normalization : Sc35.Normalization.values()) {
            Splits expected = SpeechCommands.open(root, root.resolve("cache"), normalization);
            boolean isGlobal = normalization == Sc35.Normalization.GLOBAL;
            assertArrayEquals(first(expected).x, first(isGlobal ? global : official).x);
        }
    }

    @Test
    void missingFilesSayWhatToDo() {
        assertUserError(() -> config("data.set=smnist").open(), "data.root", "MNIST");
        assertUserError(
                () -> config("data.set=listops").open(), "data.root", "data.source=generate");
        assertFalse(Files.exists(root.resolve("cache")), "nothing may be written");
    }
}
