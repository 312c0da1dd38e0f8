package s5.data.own;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.Classifier;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.data.Dataset;
import s5.data.TestFiles;
import s5.run.TinyRun;
import s5.train.Checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        try (Classifier model =
                new Classifier(checkpoint, checkpoint.config(List.of("device=cpu")), 3)) {
            TreeMap<String, float[]> expected = answers(model, test);
            TreeMap<String, float[]> got = answers(model, model.samples(file));
            expected.forEach((id, p) -> assertArrayEquals(p, got.get(id), 1e-5f, id));
        }
    }

    private static TreeMap<String, float[]> answers(Classifier model, Dataset data) {
        List<float[]> all = new ArrayList<>();
        model.classify(data, all::add);
        TreeMap<String, float[]> byId = new TreeMap<>();
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
