package s5.data.own;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.config.Config;
import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Splits;
import s5.data.TestFiles;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

class TableTest {
    @TempDir Path root;
    private OwnBed bed;

    @BeforeEach
    void bed() {
        bed = new OwnBed(root);
    }

    @Test
    void longTableGivesSortedScaledSequences() throws IOException {
        bed.write(
                "d.csv",
                """
                id,t,x,y,label
                a,3,30,1,one
                a,1,10,1,one
                b,1,50,,two
                a,2,20,1,one
                b,5,70,3,two
                c,1,10,2,one
                c,2,30,2,one
                d,1,50,4,two
                d,2,70,4,two
                """);
        String[] words = {
            "data.files=d.csv",
            "data.id=id",
            "data.time=t",
            "data.label=label",
            "data.test=0",
            "data.validation=0.5",
            "data.stratify=true"
        };
        Splits splits = bed.open("table", words);
        assertEquals(List.of("one", "two"), splits.train().classNames());
        assertTrue(splits.selectsOnTest());
        assertEquals(2, splits.train().size());
        // What the training part says, by hand.
        Set<String> trained = Set.of(splits.train().id(0), splits.train().id(1));
        double[] x = // with a of class one, not c; b and d have the same
                trained.contains("a")
                        ? new double[] {10, 20, 30, 50, 70}
                        : new double[] {10, 30, 50, 70};
        double mean = java.util.Arrays.stream(x).average().orElseThrow();
        double deviation =
                Math.sqrt(
                        java.util.Arrays.stream(x)
                                .map(v -> (v - mean) * (v - mean))
                                .average()
                                .orElseThrow());
        int L = splits.shape().length();
        for (Dataset split : List.of(splits.train(), splits.validation())) {
            for (int i = 0; i < split.size(); i++) {
                Batch batch = OwnBed.read(split, i);
                double[] raw =
                        switch (split.id(i)) {
                            case "a" -> new double[] {10, 20, 30};
                            case "c" -> new double[] {10, 30};
                            default -> new double[] {50, 70};
                        };
                int length = Math.min(raw.length, L);
                assertEquals(length, batch.lengths[0]);
                for (int k = 0; k < length; k++) {
                    assertEquals(
                            (raw[k] - mean) / deviation, batch.x[2 * k], 1e-6, split.id(i) + k);
                }
                for (int k = length; k < L; k++) {
                    assertEquals(0, batch.x[2 * k]);
                }
                if (split.id(i).equals("b")) {
                    assertEquals(0, batch.x[1]); // missing, with none before: the mean
                    // In training, its step counts for the median of the steps.
                    boolean alone = trained.contains("b") && !trained.contains("a");
                    assertEquals(alone ? 4 / 2.5f : 4, batch.dt[1]);
                }
                assertEquals(1f, batch.dt[0]);
            }
        }
    }

    @Test
    void rawFilesGiveWhatTheCacheGives() throws IOException {
        bed.write("d.csv", OwnBed.waves(24, 1, true));
        String[] words = {
            "data.files=d.csv",
            "data.id=id",
            "data.time=time",
            "data.label=label",
            "data.split_by=person",
            "data.fill=mask",
            "data.inputs=a,b"
        };
        Config config = bed.config("table", words);
        Splits splits = config.data().open();
        assertTrue(splits.shape().timed());
        assertEquals(4, splits.shape().inputs()); // a, b and a mask of each
        assertEquals(
                List.of("column 'note' is not used", "column 'level' is not used").toString(),
                config.data().notes(splits).stream()
                        .filter(n -> n.contains("not used"))
                        .sorted(java.util.Comparator.reverseOrder())
                        .toList()
                        .toString());
        bed.write("raw/new.csv", OwnBed.waves(24, 1, false));
        Dataset raw = config.data().samples(root.resolve("raw/new.csv"), OwnBed.fitted(splits));
        OwnBed.assertSame(splits.test(), raw);
        OwnBed.assertSame(splits.train(), raw);
    }

    @Test
    void groupsStayTogether() throws IOException {
        bed.write("d.csv", OwnBed.waves(40, 2, true));
        Splits splits =
                bed.open(
                        "table",
                        "data.files=d.csv",
                        "data.id=id",
                        "data.label=label",
                        "data.split_by=person",
                        "data.inputs=a");
        Set<Integer> seen = new HashSet<>();
        int all = 0;
        for (Dataset split : List.of(splits.train(), splits.validation(), splits.test())) {
            Set<Integer> here = new HashSet<>();
            for (int i = 0; i < split.size(); i++) {
                here.add(Integer.parseInt(split.id(i).substring(1)) / 4);
            }
            for (int person : here) {
                assertTrue(seen.add(person), "person " + person + " is in two parts");
            }
            all += split.size();
        }
        assertEquals(40, all);
        assertEquals(8, splits.test().size());
        assertFalse(splits.shape().timed());
    }

    @Test
    void linesOfJsonSemicolonsAndGzipGiveTheSame() throws IOException {
        String csv = OwnBed.waves(12, 3, true);
        bed.write("one/d.csv", csv);
        StringBuilder json = new StringBuilder();
        String[] lines = csv.strip().split("\r\n", -1);
        for (int i = 1; i < lines.length; i++) {
            String[] f = lines[i].replace("\"a, note\"", "n").split(",", -1);
            json.append(
                    "{\"id\":\"%s\",\"time\":%s,\"a\":%s,\"b\":%s,\"note\":\"n\",\"person\":\"%s\",\"label\":\"%s\",\"level\":%s}%n"
                            .formatted(
                                    f[0],
                                    f[1],
                                    f[2],
                                    f[3].isEmpty() ? "null" : f[3],
                                    f[5],
                                    f[6],
                                    f[7]));
        }
        bed.write("two/d.jsonl", json.toString());
        String continental = csv.replace("\"a, note\"", "n").replace(',', ';').replace('.', ',');
        TestFiles.write(
                root.resolve("three/d.csv.gz"),
                TestFiles.gzip(("\ufeff" + continental).getBytes(StandardCharsets.UTF_8)));
        String[] words = {"data.id=id", "data.time=time", "data.target=level", "data.inputs=a, b"};
        Splits first = bed.open("table", with(words, "data.files=one"));
        OwnBed.assertSame(first.test(), bed.open("table", with(words, "data.files=two")).test());
        OwnBed.assertSame(
                first.test(),
                bed.open("table", with(words, "data.files=three/*.gz", "data.decimal=comma"))
                        .test());
    }

    private static String[] with(String[] words, String... more) {
        return java.util.stream.Stream.concat(
                        java.util.Arrays.stream(words), java.util.Arrays.stream(more))
                .toArray(String[]::new);
    }

    @Test
    void numbersToBeToldAreScaledAndRestored() throws IOException {
        bed.write("d.csv", OwnBed.waves(30, 4, true));
        Splits splits =
                bed.open(
                        "table",
                        "data.files=d.csv",
                        "data.id=id",
                        "data.time=time",
                        "data.target=level",
                        "data.inputs=a,b");
        assertTrue(splits.shape().regression() && !splits.shape().each());
        double sum = 0;
        double squares = 0;
        int n = splits.train().size();
        for (int i = 0; i < n; i++) {
            float target = OwnBed.read(splits.train(), i).targets[0];
            sum += target;
            squares += target * target;
            double[] mean = {target};
            double[] deviation = {1};
            splits.train().restore(i, mean, deviation);
            assertEquals(5, mean[0], 5);
        }
        assertEquals(0, sum / n, 1e-6);
        assertEquals(1, squares / n, 1e-5);
        assertEquals(List.of("level"), splits.train().targetNames());
    }

    /** Of 12 sequences one changes by mistake, unless it is said to be none; four do not. */
    @Test
    void anAnswerThatChangesRarelyIsAMistake() throws IOException {
        String[] words = {
            "data.files=d.csv", "data.id=id", "data.label=state", "data.inputs=x", "data.answers="
        };
        words[4] += "auto";
        bed.write("d.csv", changing(1));
        bed.refuses(
                List.of(
                        "d.csv:4: 'state' is 'other', and ",
                        "d.csv:3: 'state' is 'low'; it changes within 1 of 12 sequences: mend it,"),
                "table",
                words);
        words[4] = "data.answers=sequence";
        bed.refuses(List.of("d.csv:4", "within 1 of 12 sequences"), "table", words);
        words[4] = "data.answers=position";
        assertTrue(bed.open("table", words).shape().each());
        words[4] = "data.answers=auto";
        bed.write("d.csv", changing(4));
        Config config = bed.config("table", words);
        Splits splits = config.data().open();
        assertTrue(splits.shape().each());
        String note = "column 'state' changes within 4 of 12 sequences, so that it is told at each";
        assertTrue(config.data().notes(splits).getFirst().startsWith(note));
        bed.write("d.csv", changing(0));
        assertFalse(bed.open("table", words).shape().each());
    }

    /** 12 sequences of three rows; the last row of some has another class. */
    private static String changing(int sequences) {
        StringBuilder csv = new StringBuilder("id,x,state\n");
        for (int i = 0; i < 12; i++) {
            for (int k = 0; k < 3; k++) {
                String own = i % 2 == 0 ? "low" : "other";
                boolean changes = k == 2 && i < sequences;
                csv.append(
                        "s%d,%d,%s\n"
                                .formatted(i, k, !changes ? own : i % 2 == 0 ? "other" : "low"));
            }
        }
        return csv.toString();
    }

    @Test
    void anAnswerThatChangesIsOfEachPosition() throws IOException {
        StringBuilder csv = new StringBuilder("id,x,state,up\n");
        for (int i = 0; i < 12; i++) {
            for (int k = 0; k < 5 + i % 3; k++) {
                csv.append(
                        "%d,%d,%s,%d%n"
                                .formatted(i, k, k == 0 ? "" : k < 3 ? "low" : "high", 2 * k));
            }
        }
        bed.write("d.csv", csv.toString());
        Splits classes =
                bed.open(
                        "table",
                        "data.files=d.csv",
                        "data.id=id",
                        "data.label=state",
                        "data.inputs=x");
        assertTrue(classes.shape().each());
        assertEquals(List.of("high", "low"), classes.train().classNames());
        Batch batch = OwnBed.read(classes.train(), 0);
        int[] expected = new int[classes.shape().length()];
        java.util.Arrays.fill(expected, -1);
        for (int k = 1; k < batch.lengths[0]; k++) {
            expected[k] = k < 3 ? 1 : 0;
        }
        assertArrayEquals(expected, batch.labels);
        Splits numbers =
                bed.open(
                        "table",
                        "data.files=d.csv",
                        "data.id=id",
                        "data.target=up",
                        "data.inputs=x");
        assertTrue(numbers.shape().each() && numbers.shape().regression());
        Batch told = OwnBed.read(numbers.train(), 0);
        double[] means = new double[told.targets.length];
        java.util.Arrays.setAll(means, k -> told.targets[k]);
        numbers.train().restore(0, means, new double[means.length]);
        for (int k = 0; k < told.lengths[0]; k++) {
            assertEquals(2 * k, means[k], 1e-5);
        }
    }

    @Test
    void wideRowsEndWhereTheirValuesDo() throws IOException {
        StringBuilder csv = new StringBuilder("name,kind,t1,t2,t3,t4\n");
        for (int i = 0; i < 20; i++) {
            csv.append(
                    "n%d,%s,%d,%s,%d,%s%n"
                            .formatted(
                                    i,
                                    i % 2 == 0 ? "x" : "y",
                                    i,
                                    i == 3 ? "" : "2",
                                    3,
                                    i % 3 == 0 ? "NA" : "4"));
        }
        bed.write("d.csv", csv.toString());
        Config config =
                bed.config(
                        "table",
                        "data.files=d.csv",
                        "data.layout=wide",
                        "data.id=name",
                        "data.label=kind",
                        "data.scale=none");
        Splits splits = config.data().open();
        assertEquals(4, splits.shape().length());
        assertEquals(1, splits.shape().inputs());
        for (Dataset split : List.of(splits.train(), splits.validation(), splits.test())) {
            for (int i = 0; i < split.size(); i++) {
                int number = Integer.parseInt(split.id(i).substring(1));
                Batch batch = OwnBed.read(split, i);
                assertEquals(number % 3 == 0 ? 3 : 4, batch.lengths[0]);
                assertEquals(number == 3 ? number : 2, batch.x[1]); // filled forward
                assertEquals(number % 2, batch.labels[0]);
            }
        }
        bed.write("raw.csv", csv.toString().replaceAll(",[xy],", ",,"));
        OwnBed.assertSame(
                splits.test(),
                config.data().samples(root.resolve("raw.csv"), OwnBed.fitted(splits)));
    }

    @Test
    void filesAreSequencesWithTheirLabelsInAnother() throws IOException {
        StringBuilder labels = new StringBuilder("file,what\n");
        for (int i = 0; i < 10; i++) {
            bed.write(
                    "rec/r%d.csv".formatted(i),
                    "when,v\n2024-01-01 00:00:0%d,1\n2024-01-01T00:00:09Z,%d\n"
                            .formatted(i % 5, i));
            labels.append("r%d,%s%n".formatted(i, i % 2 == 0 ? "even" : "odd"));
        }
        bed.write("labels.csv", labels.toString());
        Config config =
                bed.config(
                        "table",
                        "data.files=rec",
                        "data.labels=labels.csv",
                        "data.label=what",
                        "data.time=when");
        Splits splits = config.data().open();
        assertEquals(List.of("even", "odd"), splits.train().classNames());
        assertEquals(2, splits.shape().length());
        assertTrue(splits.shape().timed());
        assertTrue(splits.train().preparation().contains("\"timeUnit\":\"s\""));
        assertEquals("r", splits.test().id(0).substring(0, 1));
        Path raw = root.resolve("rec").resolve(splits.test().id(0));
        Dataset one = config.data().samples(raw, OwnBed.fitted(splits));
        assertArrayEquals(OwnBed.read(splits.test(), 0).x, OwnBed.read(one, 0).x);
    }

    @Test
    void aCacheIsUsedAgain() throws IOException {
        bed.write("d.csv", OwnBed.waves(12, 5, true));
        String[] words = {"data.files=d.csv", "data.id=id", "data.time=time", "data.label=label"};
        Splits first = bed.open("table", words);
        Files.delete(root.resolve("d.csv"));
        Splits again = bed.open("table", words); // with a warning
        OwnBed.assertSame(first.test(), again.test());
    }
}
