package s5.init;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import s5.config.ConfigLoader;
import s5.data.Splits;
import s5.data.TestFiles;
import s5.run.TinyRun;
import s5.run.TinyRun.Ended;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Data in, a config out that loads, opens and trains as it is. */
class InitTest {
    @TempDir Path folder;

    private Ended init(Object... paths) {
        String[] words = new String[paths.length + 4];
        words[0] = "init";
        for (int i = 0; i < paths.length; i++) {
            words[i + 1] = paths[i].toString();
        }
        words[paths.length + 1] = "out=" + folder.resolve("own.yaml");
        words[paths.length + 2] = "data.cache_dir=" + folder.resolve("cache");
        words[paths.length + 3] = "device=cpu";
        return TinyRun.s5(words);
    }

    /** The lines of the section data. */
    private String written(Ended ended) throws IOException {
        assertEquals(0, ended.code(), ended.err());
        String yaml = Files.readString(folder.resolve("own.yaml"));
        Splits splits =
                ConfigLoader.load(
                                folder.resolve("own.yaml"),
                                List.of("data.cache_dir=" + folder.resolve("cache")))
                        .data()
                        .open();
        assertTrue(splits.train().size() > 0);
        return yaml.replaceAll(" +#.*", "");
    }

    private static void assertHas(String yaml, String... lines) {
        for (String line : lines) {
            assertTrue(
                    ("\n" + yaml).contains("\n  " + line + "\n"),
                    () -> line + " is not in " + yaml);
        }
    }

    private static String longTable(String head, boolean numbers) {
        Random random = new Random(1);
        StringBuilder csv = new StringBuilder(head).append('\n');
        for (int i = 0; i < 24; i++) {
            for (int k = 0; k < 10 + i % 3; k++) {
                csv.append("s%d,%d,%.3f,%.3f".formatted(i, k, random.nextGaussian(), i % 2 + 0.5));
                csv.append(
                        numbers ? ",%.2f\n".formatted(0.37 * i) : i % 2 == 0 ? ",up\n" : ",down\n");
            }
        }
        return csv.toString();
    }

    @Test
    void longTables() throws IOException {
        Path csv = folder.resolve("x.csv");
        Files.writeString(csv, longTable("rec_id,t,a,b,state", false));
        assertHas(
                written(init(csv)),
                "set: table",
                "root: " + folder,
                "files: x.csv",
                "id: rec_id",
                "time: t",
                "label: state",
                "inputs: \"a, b\"");
        Files.delete(folder.resolve("own.yaml"));
        Files.writeString(csv, longTable("id,step,a,b,target", true));
        assertHas(written(init(csv)), "id: id", "time: step", "target: target", "inputs: \"a, b\"");
    }

    /** Rows in any order, a date that all rows of a sequence share, and numbers written 0,5. */
    @Test
    void rowsInAnyOrder() throws IOException {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            for (int k = 0; k < 10; k++) {
                rows.add(
                        "%d;2024-01-%02d;%d;%d,5;%s"
                                .formatted(i, i + 1, k, k * i, "ab".charAt(i % 2)));
            }
        }
        Collections.shuffle(rows, new Random(1));
        String head = "sample_id;date;step;x;label\n";
        Path csv = TestFiles.write(folder.resolve("x.csv"), head + String.join("\n", rows));
        Ended ended = init(csv);
        assertHas(
                written(ended),
                "decimal: comma",
                "id: sample_id",
                "time: step",
                "label: label",
                "inputs: x");
        assertTrue(ended.out().contains("column 'date' is not used"), ended.out());
    }

    /** Hours of two columns: days repeat, and the level wanders in one of two tables. */
    @Test
    void longSeries() throws IOException {
        for (boolean wanders : new boolean[] {false, true}) {
            Random random = new Random(1);
            StringBuilder csv = new StringBuilder("when,a,b\n");
            double level = 0;
            for (int r = 0; r < 2400; r++) {
                level += wanders ? 3 * random.nextGaussian() : 0;
                double day = Math.sin(r % 24 * Math.PI / 12);
                csv.append(
                        "%s %02d:00,%.3f,%.3f%n"
                                .formatted(
                                        java.time.LocalDate.of(2024, 1, 1).plusDays(r / 24),
                                        r % 24,
                                        level + day,
                                        random.nextGaussian() / 9 + level));
            }
            Path file = TestFiles.write(folder.resolve("hours.csv"), csv.toString());
            assertHas(
                    written(init(file)),
                    "task: forecast",
                    "time: when",
                    "context: 144",
                    "horizon: 24",
                    "patch: 24",
                    "level: " + (wanders ? "last" : "mean"),
                    "pooling: last");
            Files.delete(folder.resolve("own.yaml"));
        }
    }

    @Test
    void wideTables() throws IOException {
        Random random = new Random(1);
        StringBuilder csv = new StringBuilder();
        StringBuilder decimal = new StringBuilder("class;p1;p2;p3;p4\n");
        for (int i = 0; i < 30; i++) {
            csv.append(1 + i % 3).append("\t1"); // in the first line, 1 comes twice
            decimal.append(i % 2 == 0 ? "on" : "off");
            for (int k = 0; k < 12; k++) {
                csv.append('\t').append(random.nextGaussian());
                decimal.append(
                        k < 4 ? ";%d,%d".formatted(random.nextInt(9), random.nextInt(9)) : "");
            }
            csv.append('\n');
            decimal.append('\n');
        }
        Path file = TestFiles.write(folder.resolve("Ucr_TRAIN.tsv"), csv.toString());
        assertHas(
                written(init(file)),
                "header: false",
                "label: \"1\"",
                "layout: wide",
                "files: " + file.getFileName());
        Files.delete(folder.resolve("own.yaml"));
        file = TestFiles.write(folder.resolve("d.csv"), decimal.toString());
        assertHas(written(init(file)), "decimal: comma", "label: class", "layout: wide");
        Files.delete(folder.resolve("own.yaml"));
        // Between commas they stand in quotes; one column has none.
        String quoted = decimal.toString().replaceAll("(\\d,\\d)", "\"$1\"");
        quoted = quoted.replace(';', ',').replace("class,p1", "class,p0,p1");
        quoted = quoted.replaceAll("(?m)^(on|off)", "$1,7");
        file = TestFiles.write(folder.resolve("q.csv"), quoted);
        assertHas(written(init(file)), "decimal: comma", "label: class", "layout: wide");
    }

    @Test
    void aFileASequence() throws IOException {
        StringBuilder labels = new StringBuilder("file,kind\n");
        for (int i = 0; i < 12; i++) {
            StringBuilder csv = new StringBuilder("t,x,y\n");
            for (int k = 0; k < 5 + i % 3; k++) {
                csv.append("%d,%d.5,%d.5\n".formatted(k, i * k, i + k));
            }
            TestFiles.write(folder.resolve("d/r" + i + ".csv"), csv.toString());
            labels.append("r%d,%s\n".formatted(i, i % 2 == 0 ? "a" : "b"));
        }
        TestFiles.write(folder.resolve("d/labels.csv"), labels.toString());
        assertHas(
                written(init(folder.resolve("d"))),
                "files: \"*.csv\"",
                "labels: labels.csv",
                "id: file",
                "label: kind",
                "time: t",
                "inputs: \"x, y\"");
    }

    /**
     * As the UCR archive has them, and as competitions do; a table without answers tests nothing.
     */
    @Test
    void namesSayTheParts() throws IOException {
        StringBuilder ucr = new StringBuilder();
        StringBuilder csv = new StringBuilder("a,b,c,d,kind\n");
        for (int i = 0; i < 30; i++) {
            ucr.append("%d\t%d.5\t%d.5\t%d.5\n".formatted(1 + i % 3, i, i % 4, i % 7));
            csv.append("%d,%d,%d,%d,%s\n".formatted(i, i % 2, i % 5, i % 7, "xy".charAt(i % 2)));
        }
        Path train = TestFiles.write(folder.resolve("Ucr_TRAIN.tsv"), ucr.toString());
        TestFiles.write(folder.resolve("Ucr_TEST.tsv"), ucr.toString());
        Ended ended = init(train);
        assertHas(written(ended), "files: Ucr_TRAIN.tsv", "test_files: Ucr_TEST.tsv");
        assertTrue(ended.out().contains("test: 30 sequences"), ended.out());
        Files.delete(folder.resolve("own.yaml"));
        train = TestFiles.write(folder.resolve("train.csv"), csv.toString());
        Path test = TestFiles.write(folder.resolve("test.csv"), "a,b,c,d\n1,2,3,4\n");
        String yaml = written(init(train));
        assertHas(yaml, "files: train.csv");
        assertTrue(!yaml.contains("test_files"), yaml);
        Files.delete(folder.resolve("own.yaml"));
        Files.writeString(test, csv);
        TestFiles.write(folder.resolve("val.csv"), csv.toString());
        assertHas(
                written(init(test, folder.resolve("val.csv"), train)),
                "files: train.csv",
                "test_files: test.csv",
                "validation_files: val.csv");
    }

    @Test
    void foldersOfTextsAndTablesOfTexts() throws IOException {
        Path texts = folder.resolve("texts");
        StringBuilder csv = new StringBuilder("review,rating\n");
        StringBuilder quotes = new StringBuilder("review,rating\n");
        for (int i = 0; i < 20; i++) {
            TestFiles.write(texts.resolve("good/" + i + ".txt"), "very good " + i);
            TestFiles.write(texts.resolve("bad/" + i + ".txt"), "rather bad " + i);
            csv.append("\"it was, in short, number %d of a kind\",%s\n".formatted(i, i % 2));
            quotes.append(
                    "\"it was\n\"\"in short; \"\" number %d of a kind\",%s\n"
                            .formatted(i, i % 2 == 0 ? "pos" : "neg"));
        }
        assertHas(written(init(texts)), "set: text", "root: " + texts);
        Files.delete(folder.resolve("own.yaml"));
        Path table = TestFiles.write(folder.resolve("r.csv"), csv.toString());
        assertHas(written(init(table)), "set: text", "text: review", "label: rating");
        Files.delete(folder.resolve("own.yaml"));
        table = TestFiles.write(folder.resolve("q.csv"), quotes.toString());
        assertHas(written(init(table)), "set: text", "text: review", "label: rating");
    }

    @Test
    void foldersOfRecordings() throws IOException {
        Path sounds = folder.resolve("sounds");
        Random random = new Random(1);
        for (int i = 0; i < 12; i++) {
            for (String name : List.of("a", "b")) {
                double[] noise = random.doubles(2_000, -0.5, 0.5).toArray();
                byte[] wav = TestFiles.wav(44_100, noise);
                TestFiles.write(sounds.resolve(name + "/" + i + ".wav"), wav);
            }
        }
        assertHas(written(init(sounds)), "set: audio", "root: " + sounds);
        Files.delete(folder.resolve("own.yaml"));
        assertHas(
                written(init(sounds.resolve("a"), sounds.resolve("b"))),
                "set: audio",
                "files: \"a, b\"");
    }

    /** What is chosen for them; that it learns them is measured, see docs/results.md. */
    @ParameterizedTest
    @ValueSource(strings = {"JapaneseVowels", "GunPoint", "BasicMotions"})
    void realSeries(String name) throws IOException {
        Path train = TestFiles.real("series").resolve(name + "_TRAIN.ts");
        String yaml = written(init(train));
        assertHas(
                yaml,
                "set: series",
                "files: \"%s_TRAIN.ts, %s_TEST.ts\"".formatted(name, name),
                "layers: 3",
                "features: 64");
        if (name.equals("JapaneseVowels")) {
            assertHas(yaml, "length: 29"); // 26 in the training part
        }
    }

    /** The quickstart's data, in three epochs of what init chose. */
    @Test
    void whatIsWrittenTrains() throws IOException {
        written(init(Path.of("examples/gestures.csv")));
        Ended trained =
                TinyRun.s5(
                        folder.resolve("own.yaml").toString(),
                        "train.epochs=3",
                        "model.features=16",
                        "device=cpu",
                        "out=" + folder.resolve("run"),
                        "data.cache_dir=" + folder.resolve("cache"));
        assertEquals(0, trained.code(), trained.err());
    }

    @Test
    void nothingIsOverwrittenAndMistakesAreOneLine() throws IOException {
        Path csv = folder.resolve("x.csv");
        Files.writeString(csv, longTable("id,t,a,b,state", false));
        Files.writeString(folder.resolve("own.yaml"), "mine");
        assertRefused(init(csv), "own.yaml is there already and is not overwritten");
        assertEquals("mine", Files.readString(folder.resolve("own.yaml")));
        Files.delete(folder.resolve("own.yaml"));
        assertRefused(init(folder.resolve("none")), "none: no such file or folder");
        Files.writeString(csv, "a,b\n1,2\n3,5\n4,9\n");
        assertRefused(init(csv), "no column looks like a class or a number to be told, of a, b");
        Files.writeString(csv, longTable("id,t,a,b,state", false).replace("down", "up"));
        assertRefused(init(csv), "x.csv: column 'state' has one class alone, 'up'; there have");
        Files.writeString(csv, "a,b\n1,2\n");
        assertRefused(init(csv), "x.csv: has fewer than two rows");
        assertRefused(init(TestFiles.write(folder.resolve("x.pdf"), "x")), "is of no kind that");
        assertRefused(init(TestFiles.write(folder.resolve("x.wav"), "x")), "one file says nothing");
        Files.createDirectories(folder.resolve("empty"));
        assertRefused(init(folder.resolve("empty")), "holds nothing that is read here");
        assertRefused(TinyRun.s5("init"), "init takes files or folders");
        assertRefused(
                TinyRun.s5("init", csv.toString(), "train.epochs=3"),
                "init has no use for 'train.epochs'");
        assertTrue(Files.notExists(folder.resolve("own.yaml")));
    }

    private static void assertRefused(Ended ended, String message) {
        assertEquals(2, ended.code(), ended.err());
        assertTrue(ended.err().contains(message), ended.err());
        assertEquals(1, ended.err().lines().count(), ended.err());
    }
}
