package s5.exchange;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import s5.config.Config;
import s5.config.ConfigLoader;
import s5.data.Dataset;
import s5.io.Safetensors;
import s5.io.Safetensors.Array;
import s5.model.Model;
import s5.ops.Tensor;
import s5.run.TinyRun;
import s5.run.TinyRun.Ended;
import s5.train.Checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Weights that go out and come in again, by the commands. */
class RoundTripTest {
    private static final List<String> NORMS = List.of("batch", "layer");
    private static final List<String> ACTIVATIONS =
            List.of("full_glu", "half_glu1", "half_glu2", "gelu");
    private static final List<String> STARTS =
            List.of("trunc_standard_normal", "lecun_normal", "complex_normal");

    @TempDir Path folder;

    /** A random model of short ListOps. */
    private Config config(Random random) {
        int blocks = 1 + random.nextInt(3);
        return ConfigLoader.of(
                "data.set=listops",
                "data.source=generate",
                "data.cache_dir=" + folder.resolve("cache"),
                "data.min_length=4",
                "data.max_length=20",
                "data.length=24",
                "data.max_depth=3",
                "data.max_args=4",
                "data.train_size=16",
                "data.val_size=8",
                "data.test_size=8",
                "train.batch=8",
                "model.layers=" + (1 + random.nextInt(3)),
                "model.features=" + (1 + random.nextInt(9)),
                "model.states=" + 2 * blocks * (1 + random.nextInt(3)),
                "model.blocks=" + blocks,
                "model.conj_sym=" + random.nextBoolean(),
                "model.bidirectional=" + random.nextBoolean(),
                "model.norm=" + NORMS.get(random.nextInt(2)),
                "model.prenorm=" + random.nextBoolean(),
                "model.activation=" + ACTIVATIONS.get(random.nextInt(4)),
                "model.c_init=" + STARTS.get(random.nextInt(3)));
    }

    /** Any finite bits that a float has. */
    private static Map<String, Array> anything(Model model, Random random) {
        Map<String, Array> tensors = new LinkedHashMap<>();
        for (Tensor t : Fit.weights(model)) {
            float[] values = new float[t.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = Float.intBitsToFloat(random.nextInt() & 0xbfffffff);
            }
            tensors.put(t.name(), new Array(t.shape(), values));
        }
        return tensors;
    }

    private static Ended ok(Object... words) {
        String[] all = new String[words.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = words[i].toString();
        }
        Ended ended = TinyRun.s5(all);
        assertEquals(0, ended.code(), ended.err() + ended.out());
        return ended;
    }

    private static void assertSameBits(Path expected, Path actual) {
        Map<String, Array> a = new TreeMap<>(Safetensors.read(expected).arrays());
        Map<String, Array> b = new TreeMap<>(Safetensors.read(actual).arrays());
        assertEquals(a.keySet(), b.keySet());
        a.forEach((name, array) -> {
            assertArrayEquals(array.shape(), b.get(name).shape(), name);
            float[] values = b.get(name).values();
            for (int i = 0; i < values.length; i++) {
                assertEquals(
                        Float.floatToRawIntBits(array.values()[i]),
                        Float.floatToRawIntBits(values[i]),
                        name);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void everyBitComesBack(int seed) throws IOException {
        Random random = new Random(seed);
        Config config = config(random);
        Dataset data = config.data().open().train();
        Model model = new Model(config.model(), data.shape());
        Path ours = folder.resolve("ours.safetensors");
        Import.write(Checkpoint.of(config, data, anything(model, random)), ours);
        Path yaml = folder.resolve("ours.yaml");
        ConfigLoader.write(config, yaml);
        int number = 0;
        for (String ending : List.of(".safetensors", ".npz")) {
            for (boolean complex : List.of(false, true)) {
                Path out = folder.resolve("out" + number + ending);
                Path back = folder.resolve("back" + number++ + ".safetensors");
                ok("export", ours, out, "complex=" + complex);
                // with the settings of a config, and with those of a checkpoint
                ok("import", out, complex ? ours : yaml, "out=" + back);
                assertSameBits(ours, back);
                assertEquals(
                        Checkpoint.read(ours).classNames(), Checkpoint.read(back).classNames());
                byte[] first = Files.readAllBytes(out);
                Files.delete(out);
                ok("export", ours, out, "complex=" + complex);
                assertArrayEquals(first, Files.readAllBytes(out));
            }
        }
    }

    /** What comes of a run says the same, and another run starts from it. */
    @Test
    void aTrainedModelSaysTheSame() throws IOException {
        TinyRun tiny = new TinyRun(folder);
        assertEquals(0, tiny.train("run", "train.epochs=1").code());
        Path best = tiny.out("run/best.safetensors");
        Path weights = folder.resolve("weights.npz");
        Ended exported = ok("export", best, weights, "check=3");
        assertTrue(exported.out().contains("3 sequences to check with"), exported.out());
        Map<String, Array> arrays = WeightFile.read(weights);
        assertTrue(arrays.keySet().stream().noneMatch(n -> n.matches("[mv]/.*")), "no moments");
        assertArrayEquals(new int[] {3, 24}, arrays.get("check/tokens").shape());
        float[] answers = arrays.get("check/answers").values();
        double sum = 0;
        for (int i = 0; i < 10; i++) {
            sum += Math.exp(answers[i]);
        }
        assertEquals(1, sum, 1e-5);
        Ended imported =
                ok(
                        "import",
                        weights,
                        folder.resolve("tiny.yaml"),
                        "data.cache_dir=" + folder.resolve("cache"),
                        "train.epochs=2",
                        "out=" + tiny.out("again"));
        assertTrue(imported.out().contains("left out: 3 arrays that are no"), imported.out());
        assertEquals(
                tiny.eval("run/best.safetensors").out(), tiny.eval("again/best.safetensors").out());
        Ended on =
                tiny.train(
                        "on",
                        "train.epochs=1",
                        "train.start_from=" + tiny.out("again/best.safetensors"));
        assertEquals(0, on.code(), on.err());
        assertFalse(on.out().isEmpty());
    }
}
