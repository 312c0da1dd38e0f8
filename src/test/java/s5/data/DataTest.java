package s5.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import static s5.data.TestFiles.assertUserError;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.config.ConfigLoader;
import s5.config.DataConfig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
            Splits splits = Data.open(config);
            assertEquals(Data.shape(config), splits.shape());
            assertEquals(4, splits.validation().size());
            Splits expected = Mnist.open(root, set.equals("psmnist"), 0.2, 3);
            assertArrayEquals(first(expected).x, first(splits).x);
        }
        assertFalse(
                Arrays.equals(
                        first(Data.open(config("data.set=smnist"))).x,
                        first(Data.open(config("data.set=psmnist"))).x));
    }

    @Test
    void listopsFromFiles() throws IOException {
        for (String split : new String[] {"train", "val", "test"}) {
            TestFiles.write(
                    root.resolve("listops/basic_" + split + ".tsv"), "Source\tTarget\n7\t7\n");
        }
        DataConfig config = config("data.set=listops", "data.length=5");
        assertEquals(Data.shape(config), Data.open(config).shape());
        assertArrayEquals(new int[] {3, 2, 0, 0, 0}, first(Data.open(config)).tokens);
    }

    @Test
    void listopsGenerated() {
        String[] words = {
            "data.set=listops", "data.source=generate", "data.min_length=5", "data.max_length=40",
            "data.length=48", "data.max_depth=6", "data.max_args=4", "data.train_size=30",
            "data.val_size=20", "data.test_size=10", "data.seed=9", "train.batch=10"
        };
        DataConfig config = config(words);
        Splits splits = Data.open(config);
        assertEquals(Data.shape(config), splits.shape());
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
    void missingFilesSayWhatToDo() {
        assertUserError(() -> Data.open(config("data.set=smnist")), "data.root", "MNIST");
        assertUserError(
                () -> Data.open(config("data.set=listops")), "data.root", "data.source=generate");
        assertFalse(Files.exists(root.resolve("cache")), "nothing may be written");
    }
}
