package s5.data.own;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import s5.Prediction;
import s5.S5Model;
import s5.Sequence;
import s5.config.ConfigLoader;
import s5.data.Dataset;
import s5.data.TestFiles;
import s5.data.media.MediaTestFiles;
import s5.run.TinyRun;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;

/** Trained, moved to an empty folder, asked there about raw files: what {@code eval} answered. */
class RoundTripTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final float CLOSE = 1e-5f;

    @TempDir Path root;
    @TempDir Path elsewhere;

    private Path in(String name) {
        return root.resolve("data").resolve(name);
    }

    private static TinyRun.Ended s5(List<String> words) {
        TinyRun.Ended ended = TinyRun.s5(words.toArray(String[]::new));
        assertEquals(0, ended.code(), ended.err());
        return ended;
    }

    /**
     * Trains, evaluates, and predicts with nothing of the data left but a raw file.
     *
     * @param set name of the data set
     * @param raw file or folder in {@link #in}, which has the sequences of the test part
     * @param words of the data set
     */
    private void check(String set, String raw, String... words) throws IOException {
        Path yaml = root.resolve("own.yaml");
        Files.writeString(
                yaml,
                """
                data: {set: %s}
                model: {layers: 1, features: 8, states: 8, blocks: 1, bidirectional: true}
                train: {epochs: 1, batch: 4}
                """
                        .formatted(set));
        List<String> places =
                List.of("data.root=" + root.resolve("data"), "data.cache_dir=" + root.resolve("c"));
        List<String> train = new ArrayList<>(List.of("train", yaml.toString(), "device=cpu"));
        train.addAll(List.of("threads=1", "out=" + root.resolve("run")));
        train.addAll(places);
        train.addAll(List.of(words));
        s5(train);
        Path trained = root.resolve("run/best.safetensors");
        Path json = root.resolve("eval.json");
        List<String> eval = new ArrayList<>(List.of("eval", trained.toString(), "json=" + json));
        eval.addAll(places);
        eval.addAll(List.of(words));
        s5(eval);
        Map<String, double[]> expected = new TreeMap<>();
        JsonNode predictions = JSON.readTree(json.toFile()).path("predictions");
        predictions.forEach(line -> expected.put(line.path("id").asText(), numbers(line)));
        assertFalse(expected.isEmpty());
        List<String> settings = new ArrayList<>(train.subList(2, train.size()));
        settings.add("data.set=" + set);
        Dataset test = ConfigLoader.of(settings.toArray(String[]::new)).data().open().test();

        Path moved = Files.move(trained, elsewhere.resolve("best.safetensors"));
        if (test instanceof OwnSet own && !own.shape().regression() && !own.shape().tokens()) {
            assertLibrary(moved, own, expected);
        }
        Path file = Files.move(in(raw), elsewhere.resolve(in(raw).getFileName()));
        Files.move(root.resolve("data"), root.resolve("gone"));
        Files.move(root.resolve("c"), root.resolve("gone-too"));
        TinyRun.Ended said =
                s5(List.of("predict", moved.toString(), file.toString(), "device=cpu"));
        Map<String, double[]> got = new TreeMap<>();
        for (String line : said.out().lines().toList()) {
            JsonNode answer = JSON.readTree(line);
            assertTrue(answer.has("id"), line); // also where it is the number of the line
            String id = answer.path("id").asText();
            got.put(id.replace(file + "/", ""), numbers(answer)); // of files, as they were given
        }
        assertEquals(Set.of(), missing(expected, got));
        expected.forEach((id, numbers) -> assertArrayEquals(numbers, got.get(id), CLOSE, id));
    }

    private static Set<String> missing(Map<String, double[]> expected, Map<String, double[]> got) {
        Set<String> missing = new TreeSet<>(expected.keySet());
        missing.removeAll(got.keySet());
        return missing;
    }

    /** The probabilities of an answer, or its values and deviations, in their order. */
    private static double[] numbers(JsonNode line) {
        List<Double> all = new ArrayList<>();
        for (String key : List.of("probabilities", "values", "deviations")) {
            line.path(key).forEach(number -> all.add(number.asDouble()));
        }
        assertFalse(all.isEmpty(), line.toString());
        return all.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** A program gives the numbers as they stand in the file. */
    private static void assertLibrary(Path file, OwnSet data, Map<String, double[]> expected) {
        try (S5Model model = S5Model.load(file)) {
            for (int i = 0; i < data.size(); i++) {
                Sequence raw = Sequence.ofValues(data.rawInputs(i), model.inputs()).cuttable();
                double[] times = data.rawTimes(i);
                Prediction said = model.predict(times == null ? raw : raw.withTimes(times));
                if (!(said instanceof Prediction.Classes whole)) {
                    throw new AssertionError(said);
                }
                float[] probabilities = whole.probabilities();
                double[] wide = new double[probabilities.length];
                Arrays.setAll(wide, c -> probabilities[c]);
                assertArrayEquals(expected.get(data.id(i)), wide, CLOSE, data.id(i));
            }
        }
    }

    @Test
    void longTable() throws IOException {
        TestFiles.write(in("d.csv"), OwnBed.waves(30, 1, true));
        TestFiles.write(in("new.csv"), OwnBed.waves(30, 1, false));
        check(
                "table",
                "new.csv",
                "data.files=d.csv",
                "data.id=id",
                "data.time=time",
                "data.label=label",
                "data.inputs=a,b",
                "data.scale=robust");
    }

    @Test
    void numbersOfALongTable() throws IOException {
        TestFiles.write(in("d.csv"), OwnBed.waves(30, 1, true));
        TestFiles.write(in("new.csv"), OwnBed.waves(30, 1, false));
        check(
                "table",
                "new.csv",
                "data.files=d.csv",
                "data.id=id",
                "data.time=time",
                "data.target=level",
                "data.inputs=a,b");
    }

    /**
     * A file a sequence; the answers are in a table of their own, whose column id names the files.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFileASequence(boolean named) throws IOException {
        StringBuilder labels = new StringBuilder(named ? "kind,rec\n" : "rec,kind\n");
        for (int i = 0; i < 20; i++) {
            String kind = i % 2 == 0 ? "even" : "odd";
            labels.append((named ? "%2$s,r%1$d\n" : "r%d.csv,%s\n").formatted(i, kind));
            StringBuilder csv = new StringBuilder("t,x\n");
            for (int k = 0; k < 4 + i % 3; k++) {
                csv.append("%d,%d.5\n".formatted(k * k, k * (i % 2)));
            }
            TestFiles.write(in("d/r" + i + ".csv"), csv.toString());
        }
        TestFiles.write(in("labels.csv"), labels.toString());
        check(
                "table",
                "d",
                "data.files=d",
                "data.labels=labels.csv",
                "data.label=kind",
                "data.time=t",
                "data.id=" + (named ? "rec" : "none"));
    }

    /** A row a sequence; rows have no names, so that their numbers are their ids. */
    @Test
    void wideTable() throws IOException {
        StringBuilder learnt = new StringBuilder("kind,v1,v2,v3,v4,v5\n");
        StringBuilder asked = new StringBuilder("v1,v2,v3,v4,v5\n");
        for (int i = 0; i < 30; i++) {
            String last = i % 5 == 0 ? "" : "2.5"; // shorter by one
            String row = "%d,%d.25,%d,0.5,%s%n".formatted(i % 7, i % 2 * 3, i % 4, last);
            learnt.append(i % 2 == 0 ? "even," : "odd,").append(row);
            asked.append(row);
        }
        TestFiles.write(in("d.csv"), learnt.toString());
        TestFiles.write(in("new.csv"), asked.toString());
        check("table", "new.csv", "data.files=d.csv", "data.label=kind");
    }

    @Test
    void linesOfJson() throws IOException {
        StringBuilder learnt = new StringBuilder();
        StringBuilder asked = new StringBuilder();
        for (String row : OwnBed.waves(30, 2, true).lines().skip(1).toList()) {
            String[] v = row.replace("\"a, note\"", "note").split(",", -1);
            String numbers =
                    "{\"id\":\"%s\",\"time\":%s,\"a\":%s,\"b\":%s"
                            .formatted(v[0], v[1], v[2], v[3].isEmpty() ? "null" : v[3]);
            learnt.append(numbers).append(",\"label\":\"").append(v[6]).append("\"}\n");
            asked.append(numbers).append("}\n");
        }
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(learnt.toString().getBytes(StandardCharsets.UTF_8));
        }
        TestFiles.write(in("d.jsonl.gz"), packed.toByteArray());
        TestFiles.write(in("new.jsonl"), asked.toString());
        check(
                "table",
                "new.jsonl",
                "data.files=d.jsonl.gz",
                "data.id=id",
                "data.time=time",
                "data.label=label",
                "data.fill=mask");
    }

    /** What was asked of a database is predicted from a table with the same columns. */
    @Test
    void query() throws IOException, SQLException {
        Files.createDirectories(root.resolve("data"));
        SqlTest.fill(root.resolve("data"));
        TestFiles.write(in("new.csv"), OwnBed.waves(20, 1, false));
        check("sql", "new.csv", SqlTest.WORDS);
    }

    @Test
    void series() throws IOException {
        TestFiles.write(in("T_TRAIN.ts"), SeriesTest.HEAD + SeriesTest.lines(20));
        TestFiles.write(in("T_TEST.ts"), SeriesTest.HEAD + SeriesTest.lines(9));
        Files.createDirectories(in("x"));
        Files.copy(in("T_TEST.ts"), in("x/T_TEST.ts"));
        check("series", "x/T_TEST.ts", "data.files=T_TRAIN.ts", "data.fill=mask");
    }

    @Test
    void arrays() throws IOException {
        TestFiles.write(in("d.npz"), OwnBed.npz(ArraysTest.arrays()));
        Files.copy(in("d.npz"), in("new.npz"));
        check("arrays", "new.npz", "data.files=d.npz", "data.scale=minmax");
    }

    /** Recordings of two rates, one of them in stereo. */
    @Test
    void recordings() throws IOException {
        MediaTestFiles.tones(in("sounds"));
        check("audio", "sounds", "data.root=" + in("sounds"));
    }

    @Test
    void texts() throws IOException {
        for (int i = 0; i < 12; i++) {
            TestFiles.write(in("texts/plain/" + i + ".txt"), "abcd ".repeat(2 + i % 3) + i);
            TestFiles.write(in("texts/greek/" + i + ".txt"), "αβ 𝄞 ".repeat(1 + i % 4) + i);
        }
        check("text", "texts", "data.root=" + in("texts"), "data.tokens=words");
    }
}
