package s5.data.own;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.UserError;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Splits;
import s5.data.TestFiles;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

class SeriesTest {
    @TempDir Path root;
    private OwnBed bed;

    @BeforeEach
    void bed() {
        bed = new OwnBed(root);
    }

    static final String HEAD =
            """
            # a comment
            @problemName Two
            @timeStamps false
            @univariate false
            @classLabel true b a 10
            @data
            """;

    /** Two dimensions of unequal lengths, with missing values. */
    static String lines(int count) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            lines.append(
                    i % 3 == 0
                            ? "1,2,?:4,5,6:b\n"
                            : i % 3 == 1
                                    ? "%d,1:7,8:a\r\n".formatted(i)
                                    : "3,?,5,7:1,1,1,1.5e0:10\n");
        }
        return lines.toString();
    }

    @Test
    void partsGoByTheNames() throws IOException {
        bed.write("Two_TRAIN.ts", HEAD + lines(12));
        bed.write("Two_TEST.ts", HEAD + lines(6));
        Config config =
                bed.config(
                        "series", "data.files=Two_TRAIN.ts", "data.scale=none", "data.fill=mask");
        Splits splits = config.data().open();
        assertEquals(6, splits.test().size());
        assertEquals(12, splits.train().size() + splits.validation().size());
        assertEquals(List.of("10", "a", "b"), splits.train().classNames());
        assertEquals(4, splits.shape().length());
        assertEquals(4, splits.shape().inputs());
        assertEquals("two_test-1", splits.test().id(0));
        Batch batch = OwnBed.read(splits.test(), 0);
        assertArrayEquals(new float[] {1, 1, 4, 1, 2, 1, 5, 1, 0, 0, 6, 1, 0, 0, 0, 0}, batch.x);
        assertEquals(3, batch.lengths[0]);
        assertEquals(2, batch.labels[0]);
        Dataset raw = config.data().samples(root.resolve("Two_TEST.ts"), OwnBed.fitted(splits));
        OwnBed.assertSame(splits.test(), raw);
    }

    /** The tag has no quotes, so that words of one class look like classes. */
    @Test
    void classesMayBeOfSeveralWords() throws IOException {
        String head = "@problemName W\n@classLabel true  walk fast  walk slow \n@data\n";
        bed.write("w.ts", head + "1,2:walk fast\n3,4:walk slow\n".repeat(4));
        Splits splits = bed.open("series", "data.files=w.ts");
        assertEquals(List.of("walk fast", "walk slow"), splits.train().classNames());
        bed.write("w.ts", head + "1,2:walk fast\n3,4:fast slow\n");
        UserError e = assertThrows(UserError.class, () -> bed.open("series", "data.files=w.ts"));
        assertTrue(e.getMessage().contains("w.ts:5: class 'fast slow' is not"), e.getMessage());
    }

    @Test
    void timesMayBeNumbersOrDates() throws IOException {
        String head = "@problemName T\n@timestamps true\n@targetlabel true\n@data\n";
        bed.write(
                "n.ts",
                head
                        + "(0,1),(2,2),(3,?):(0,5),(3,6):0.5\n"
                        + "(0,1),(1,2),(5,3):(5,1):1.5\n"
                        + "(1,1),(2,2):(1,2):2\n");
        Splits splits =
                bed.open(
                        "series",
                        "data.files=n.ts",
                        "data.scale=none",
                        "data.test=0",
                        "data.validation=0.4");
        assertTrue(splits.shape().timed() && splits.shape().regression());
        bed.write(
                "d.ts",
                head
                        + "(2024-01-01 00:00:00,1),(2024-01-01 00:00:10,2):4\n"
                        + "(2024-01-01,1),(2024-01-02,2):5\n"
                        + "(2024-03-01 00:00:00,1),(2024-03-01 00:00:10,2):4\n");
        Splits dates =
                bed.open(
                        "series",
                        "data.files=d.ts",
                        "data.test=0",
                        "data.validation=0.4",
                        "data.times=use");
        assertTrue(dates.train().preparation().contains("\"timeUnit\":\"s\""));
        for (Dataset split : List.of(splits.train(), splits.validation())) {
            for (int i = 0; i < split.size(); i++) {
                if (split.id(i).equals("n-1")) {
                    Batch batch = OwnBed.read(split, i);
                    assertEquals(3, batch.lengths[0]);
                    // The second dimension has no value at time 2: the last one stands for it.
                    assertArrayEquals(
                            new float[] {1, 5, 2, 5, 2, 6}, java.util.Arrays.copyOf(batch.x, 6));
                    assertEquals(2, batch.dt[1] / batch.dt[2], 1e-6);
                }
            }
        }
    }

    @Test
    void theArchivesFilesAreReadAsTheyAre() {
        Path folder = TestFiles.real("series");
        String[][] expected = {
            {"JapaneseVowels", "270", "370", "12", "9"},
            {"BasicMotions", "40", "40", "6", "4"},
            {"GunPoint", "50", "150", "1", "2"},
            {"CardanoSentiment", "74", "33", "2", "0"}
        };
        for (String[] e : expected) {
            Config config =
                    ConfigLoader.of(
                            "data.set=series",
                            "data.root=" + folder,
                            "data.files=" + e[0] + "_TRAIN.ts",
                            "data.cache_dir=" + root.resolve("cache"));
            Splits splits = config.data().open();
            assertEquals(e[1], "" + (splits.train().size() + splits.validation().size()));
            assertEquals(e[2], "" + splits.test().size());
            assertEquals(e[3], "" + splits.shape().inputs());
            assertEquals(e[4], "" + splits.shape().classes());
        }
    }
}
