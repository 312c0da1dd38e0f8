package s5.data.own;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.Prediction;
import s5.S5Model;
import s5.Sequence;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.data.Dataset;
import s5.data.TestFiles;
import s5.infer.Predictor;
import s5.run.TinyRun;
import s5.train.Checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Trained, moved to an empty folder, asked there about raw files: the answers of the data set. */
class RoundTripTest {
    @TempDir Path root;
    @TempDir Path elsewhere;

    private void check(String set, String raw, String... words) throws IOException {
        Path yaml = root.resolve("own.yaml");
        Files.writeString(
                yaml,
                "data: {set: %s}%nmodel: {layers: 1, features: 8, states: 8, blocks: 1, bidirectional: true}%ntrain: {epochs: 1, batch: 4}%n"
                        .formatted(set));
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "train",
                                yaml.toString(),
                                "device=cpu",
                                "threads=1",
                                "out=" + root.resolve("run"),
                                "data.root=" + root,
                                "data.cache_dir=" + root.resolve("cache")));
        all.addAll(List.of(words));
        TinyRun.Ended ended = TinyRun.s5(all.toArray(String[]::new));
        assertEquals(0, ended.code(), ended.err());
        List<String> settings = new ArrayList<>(all.subList(2, all.size()));
        settings.add("data.set=" + set);
        settings.add("model.layers=1");
        Config config = ConfigLoader.of(settings.toArray(String[]::new));
        Dataset test = config.data().open().test();
        Path moved = elsewhere.resolve("best.safetensors");
        Files.move(root.resolve("run/best.safetensors"), moved);
        Path file = elsewhere.resolve(root.resolve(raw).getFileName());
        Files.move(root.resolve(raw), file);
        Checkpoint checkpoint = Checkpoint.read(moved);
        Config kept = checkpoint.config(List.of("device=cpu"));
        Dataset read = kept.data().samples(file, checkpoint.fitted());
        try (Predictor predictor = new Predictor(checkpoint, kept, 3)) {
            Map<String, float[]> expected = answers(predictor, test);
            Map<String, float[]> got = answers(predictor, read);
            expected.forEach((id, p) -> assertArrayEquals(p, got.get(id), 1e-5f, id));
            assertLibrary(moved, (OwnSet) test, expected);
        }
    }

    /** A program gives the numbers as they stand in the file. */
    private static void assertLibrary(Path file, OwnSet data, Map<String, float[]> expected) {
        try (S5Model model = S5Model.load(file)) {
            for (int i = 0; i < data.size(); i++) {
                Sequence raw = Sequence.ofValues(data.rawInputs(i), model.inputs()).cuttable();
                double[] times = data.rawTimes(i);
                Prediction said = model.predict(times == null ? raw : raw.withTimes(times));
                assertArrayEquals(expected.get(data.id(i)), probabilities(said), 1e-5f);
            }
        }
    }

    private static float[] probabilities(Prediction prediction) {
        return switch (prediction) {
            case Prediction.Classes whole -> whole.probabilities();
            case Prediction.ClassesEach each -> each.probabilities();
            default -> throw new AssertionError(prediction);
        };
    }

    private static Map<String, float[]> answers(Predictor predictor, Dataset data) {
        List<float[]> all = new ArrayList<>();
        predictor.predict(data, said -> all.add(probabilities(said)));
        Map<String, float[]> byId = new TreeMap<>();
        for (int i = 0; i < data.size(); i++) {
            byId.put(data.id(i), all.get(i));
        }
        return byId;
    }

    @Test
    void table() throws IOException {
        TestFiles.write(root.resolve("d.csv"), OwnBed.waves(30, 1, true));
        TestFiles.write(root.resolve("new.csv"), OwnBed.waves(30, 1, false));
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
    void series() throws IOException {
        TestFiles.write(root.resolve("T_TRAIN.ts"), SeriesTest.HEAD + SeriesTest.lines(20));
        TestFiles.write(root.resolve("T_TEST.ts"), SeriesTest.HEAD + SeriesTest.lines(9));
        Files.copy(
                root.resolve("T_TEST.ts"),
                Files.createDirectories(root.resolve("x")).resolve("T_TEST.ts"));
        check("series", "x/T_TEST.ts", "data.files=T_TRAIN.ts", "data.fill=mask");
    }

    @Test
    void arrays() throws IOException {
        TestFiles.write(root.resolve("d.npz"), OwnBed.npz(ArraysTest.arrays()));
        Files.copy(root.resolve("d.npz"), root.resolve("new.npz"));
        check("arrays", "new.npz", "data.files=d.npz", "data.scale=minmax");
    }
}
