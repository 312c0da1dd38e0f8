package s5.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.Main;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

class DataCommandTest {
    @TempDir Path root;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... words) {
        String[] folders = {"data.root=" + root, "data.cache_dir=" + root.resolve("cache")};
        return Main.run(
                Stream.concat(Arrays.stream(words), Arrays.stream(folders)).toArray(String[]::new),
                new PrintWriter(out),
                new PrintWriter(err));
    }

    @Test
    void describesTheSplits() {
        assertEquals(
                0,
                run(
                        "data",
                        "configs/listops.yaml",
                        "data.source=generate",
                        "data.min_length=5",
                        "data.max_length=20",
                        "data.length=20",
                        "data.max_depth=3",
                        "data.train_size=60",
                        "data.val_size=5",
                        "data.test_size=5"));
        List<String> lines = out.toString().lines().toList();
        assertEquals(5, lines.size());
        assertTrue(lines.get(0).matches("opened in [0-9.]+ s"), lines.get(0));
        assertEquals(
                "samples: length 20 with padding, each position a token of at most 20; 10 classes",
                lines.get(1));
        assertTrue(
                lines.get(2).matches("train: 60 samples; lengths [789] to 20.*; depths 2 to 3.*"),
                lines.get(2));
        assertTrue(lines.get(3).startsWith("validation: 5 samples; "), lines.get(3));
        assertTrue(lines.get(4).startsWith("test: 5 samples; "), lines.get(4));
        assertEquals("", err.toString());
    }

    /** A damaged file costs one line and exit code 2, and leaves no cache. */
    @Test
    void damagedFile() throws IOException {
        Files.write(root.resolve("aclImdb_v1.tar.gz"), new byte[] {0x1f, (byte) 0x8b, 8, 0});
        assertEquals(2, run("data", "configs/imdb.yaml"));
        assertEquals("", out.toString());
        assertEquals(1, err.toString().lines().count(), err.toString());
        assertTrue(
                err.toString().startsWith("s5: " + root.resolve("aclImdb_v1.tar.gz") + ": "),
                err.toString());
        assertFalse(Files.exists(root.resolve("cache")));
    }
}
