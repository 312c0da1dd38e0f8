package s5.exchange;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.config.Config;
import s5.config.ConfigLoader;
import s5.data.Shape;
import s5.io.Safetensors;
import s5.io.Safetensors.Array;
import s5.model.Initialization;
import s5.model.Model;
import s5.model.Parameter;
import s5.ops.Tensor;
import s5.run.TinyRun;
import s5.run.TinyRun.Ended;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Names and formats of others, and what is said of files that do not fit. */
class ImportTest {
    @TempDir Path folder;

    private Path yaml;

    @BeforeEach
    void config() throws IOException {
        yaml =
                Files.writeString(
                        folder.resolve("tiny.yaml"),
                        """
                        data:
                          {set: listops, source: generate, min_length: 4, max_length: 20, length: 24,
                           max_depth: 3, max_args: 4, train_size: 16, val_size: 8, test_size: 8,
                           cache_dir: %s}
                        model: {layers: 1, features: 3, states: 4, blocks: 1, conj_sym: false, bidirectional: true}
                        train: {batch: 8}
                        """
                                .formatted(folder.resolve("cache")));
    }

    private Model model(String... settings) {
        Config config = ConfigLoader.load(yaml, List.of(settings));
        return new Model(config.model(), config.data().shape());
    }

    private static Map<String, Array> drawn(Model model) {
        Map<String, float[]> start = new Initialization(model.config(), 3).parameters(model);
        Map<String, Array> tensors = new LinkedHashMap<>();
        for (Parameter p : model.parameters()) {
            tensors.put(p.name(), new Array(p.value().shape(), start.get(p.name())));
        }
        for (Tensor t : model.statistics()) {
            float[] values = new float[t.size()];
            Arrays.fill(values, 0.25f);
            tensors.put(t.name(), new Array(t.shape(), values));
        }
        return tensors;
    }

    private Ended take(Map<String, Array> arrays, String... more) {
        Path file = folder.resolve("theirs.safetensors");
        new Safetensors(Map.of(), arrays).write(file);
        return take(file, more);
    }

    private Ended take(Path file, String... more) {
        Stream<String> words =
                Stream.of("import", file.toString(), yaml.toString(), "out=" + folder.resolve("o"));
        return TinyRun.s5(Stream.concat(words, Stream.of(more)).toArray(String[]::new));
    }

    private static void assertRefused(Ended ended, String... parts) {
        assertEquals(2, ended.code(), ended.out() + ended.err());
        assertEquals(1, ended.err().lines().count(), ended.err());
        for (String part : parts) {
            assertTrue((ended.out() + ended.err()).contains(part), ended.out() + ended.err());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "encoder/layers_0/seq/B, encoder/layers_0/seq/B",
        "params/encoder/layers_11/norm/scale, encoder/layers_11/norm/scale",
        "params.params.decoder.kernel, decoder/kernel",
        "batch_stats/encoder/layers_0/norm/mean, encoder/layers_0/norm/mean",
        "state/params/encoder/encoder/kernel, encoder/encoder/kernel",
        "model.encoder.layers.3.seq.seq.Lambda, encoder/layers_3/seq/Lambda",
        "module.layers.0.s5.seq.log_step, encoder/layers_0/seq/log_step",
        "_orig_mod.encoder.layers.0.norm.running_var, encoder/layers_0/norm/var",
        "seq.D, encoder/layers_0/seq/D",
        "params/encoder/encoder/Conv_0/kernel, encoder/encoder/Conv_0/kernel",
        "params/decoder_mu/layers_0/kernel, decoder_mu/layers_0/kernel",
        "layers.0.norm.num_batches_tracked,",
        "step,",
        "opt_state/1/mu/encoder/layers_0/seq/B,",
        "check/x,"
    })
    void namesOfOthers(String theirs, String official) {
        assertEquals(official, Names.official(theirs).orElse(null));
    }

    /**
     * The names, types and shapes of s5-pytorch's S5: Lambda and C complex64, C for both directions
     * side by side, B as pairs, log_step without its dimension of 1; around it what a model of
     * one's own has, torch.nn.Linear and torch.nn.BatchNorm1d.
     */
    @Test
    void modulesOfPyTorch() {
        Model model = model();
        Map<String, Array> ours = drawn(model);
        Map<String, Array> theirs = new LinkedHashMap<>();
        String layer = "encoder/layers_0/";
        String s = "model.layers.0.seq.seq.";
        float[] re = ours.get(layer + "seq/Lambda_re").values();
        float[] im = ours.get(layer + "seq/Lambda_im").values();
        theirs.put(
                s + "Lambda",
                new Array(
                        new int[] {4, 2},
                        new float[] {re[0], im[0], re[1], im[1], re[2], im[2], re[3], im[3]}));
        theirs.put(s + "B", ours.get(layer + "seq/B"));
        float[] c1 = ours.get(layer + "seq/C1").values();
        float[] c2 = ours.get(layer + "seq/C2").values();
        float[] c = new float[2 * c1.length];
        for (int h = 0; h < 3; h++) {
            for (int i = 0; i < 8; i++) {
                c[h * 16 + i] = c1[h * 8 + i];
                c[h * 16 + 8 + i] = c2[h * 8 + i];
            }
        }
        theirs.put(s + "C", new Array(new int[] {3, 8, 2}, c));
        theirs.put(s + "D", ours.get(layer + "seq/D"));
        theirs.put(
                s + "log_step",
                new Array(new int[] {4}, ours.get(layer + "seq/log_step").values()));
        theirs.put("model.layers.0.norm.weight", ours.get(layer + "norm/scale"));
        theirs.put("model.layers.0.norm.bias", ours.get(layer + "norm/bias"));
        theirs.put("model.layers.0.norm.running_mean", ours.get(layer + "norm/mean"));
        theirs.put("model.layers.0.norm.running_var", ours.get(layer + "norm/var"));
        theirs.put("model.layers.0.norm.num_batches_tracked", new Array(new int[0], new float[1]));
        for (String dense : List.of("encoder/encoder", layer + "out2", "decoder")) {
            Array kernel = ours.get(dense + "/kernel");
            int in = kernel.shape()[0];
            int out = kernel.shape()[1];
            float[] weight = new float[in * out];
            for (int i = 0; i < weight.length; i++) {
                weight[i] = kernel.values()[i % in * out + i / in];
            }
            String name = "model." + dense.replace('/', '.').replace("encoder.layers_", "layers.");
            theirs.put(name + ".weight", new Array(new int[] {out, in}, weight));
            theirs.put(name + ".bias", ours.get(dense + "/bias"));
        }
        Path file = folder.resolve("torch.safetensors");
        new Safetensors(Map.of("format", "pt"), theirs)
                .write(file, java.util.Set.of(s + "Lambda", s + "C"));
        Ended ended = take(file);
        assertEquals(0, ended.code(), ended.out() + ended.err());
        assertTrue(ended.out().contains("left out: 1 arrays"), ended.out());
        Map<String, Array> back = Safetensors.read(folder.resolve("o/best.safetensors")).arrays();
        assertEquals(ours.keySet(), back.keySet());
        ours.forEach((name, array) -> {
            assertArrayEquals(array.shape(), back.get(name).shape(), name);
            assertArrayEquals(array.values(), back.get(name).values(), name);
        });
        // such a state space keeps both states of a pair
        assertRefused(
                take(file, "model.conj_sym=true", "out=" + folder.resolve("p")),
                "shape: encoder/layers_0/seq/Lambda_re is [4], the model's is [2]",
                "model.conj_sym=false");
    }

    @Test
    void whatDoesNotFitIsTold() {
        Map<String, Array> arrays = drawn(model());
        arrays.remove("decoder/bias");
        arrays.put("decoder/kernel", new Array(new int[] {3, 7}, new float[21]));
        arrays.put("params/extra/kernel", new Array(new int[] {1}, new float[1]));
        arrays.get("encoder/layers_0/seq/D").values()[1] = Float.NaN;
        arrays.put("params.encoder.layers_0.seq.B", arrays.get("encoder/layers_0/seq/B"));
        assertRefused(
                take(arrays),
                "missing: decoder/bias [10]",
                "shape: decoder/kernel is [3, 7], the model's is [3, 10]",
                "extra: 'extra/kernel' [1]",
                "not finite: encoder/layers_0/seq/D has NaN at place 1 of 3",
                "twice: ",
                "theirs.safetensors: does not fit the model: 15 of its 17 tensors are there as they"
                        + " should be; 5 lines");
        assertFalse(Files.exists(folder.resolve("o")), "nothing is left of it");
        arrays = drawn(model());
        arrays.keySet().removeIf(name -> name.contains("norm/mean") || name.contains("norm/var"));
        assertRefused(take(arrays), "were batch_stats saved");
        assertRefused(take(folder.resolve("none.npz")), "none.npz: no such file");
        assertRefused(take(folder), "is a folder");
        assertRefused(take(arrays, "out="), "empty word");
        assertRefused(take(arrays, "model.fetures=3"), "did you mean");
    }

    @Test
    void whatIsMissingCanBeDrawn() {
        Map<String, Array> arrays = drawn(model());
        arrays.keySet().removeIf(name -> !name.startsWith("encoder/layers_0/seq"));
        Ended ended = take(arrays, "missing=new");
        assertEquals(0, ended.code(), ended.err());
        assertTrue(ended.out().contains("new: decoder/kernel [3, 10]"), ended.out());
        Map<String, Array> back = Safetensors.read(folder.resolve("o/best.safetensors")).arrays();
        assertArrayEquals(
                arrays.get("encoder/layers_0/seq/C2").values(),
                back.get("encoder/layers_0/seq/C2").values());
        assertArrayEquals(new float[] {1, 1, 1}, back.get("encoder/layers_0/norm/var").values());
        // a file with nothing of the model in it is a mistake all the same
        assertRefused(
                take(Map.of("step", new Array(new int[0], new float[1])), "missing=new", "out=p"),
                "missing: encoder/encoder/kernel");
        assertRefused(take(arrays, "missing=new"), "best.safetensors: is there already");
    }

    /** Half, bfloat16 and double precision, by their bits. */
    @Test
    void otherPrecisionsAreRead() throws IOException {
        Map<String, Array> arrays = drawn(model());
        List<String> headers = new ArrayList<>();
        ByteBuffer data = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        int number = 0;
        List<String> types = List.of("F16", "BF16", "F64");
        Map<String, String> typeOf = new LinkedHashMap<>();
        for (Map.Entry<String, Array> e : arrays.entrySet()) {
            String type = types.get(number++ % 3);
            typeOf.put(e.getKey(), type);
            int begin = data.position();
            for (float value : e.getValue().values()) {
                switch (type) {
                    case "F16" -> data.putShort(Float.floatToFloat16(value));
                    case "BF16" -> data.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
                    default -> data.putDouble(value);
                }
            }
            headers.add(
                    "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                            .formatted(
                                    e.getKey(),
                                    type,
                                    Arrays.toString(e.getValue().shape()),
                                    begin,
                                    data.position()));
        }
        byte[] header = ("{" + String.join(",", headers) + "}").getBytes(StandardCharsets.UTF_8);
        ByteBuffer all =
                ByteBuffer.allocate(8 + header.length + data.position())
                        .order(ByteOrder.LITTLE_ENDIAN);
        all.putLong(header.length).put(header).put(data.flip());
        Path file = Files.write(folder.resolve("half.safetensors"), all.array());
        Ended ended = take(file);
        assertEquals(0, ended.code(), ended.out() + ended.err());
        Map<String, Array> back = Safetensors.read(folder.resolve("o/best.safetensors")).arrays();
        arrays.forEach((name, array) -> {
            for (int i = 0; i < array.values().length; i++) {
                float exact = array.values()[i];
                double step =
                        switch (typeOf.get(name)) {
                            case "F16" -> 0x1p-11 * Math.abs(exact) + 0x1p-25;
                            case "BF16" -> 0x1p-7 * Math.abs(exact); // cut, not rounded
                            default -> 0;
                        };
                assertEquals(exact, back.get(name).values()[i], step, name);
            }
        });
    }

    @Test
    void exportRefusesWhatItCannotDo() {
        Ended ended = take(drawn(model()));
        assertEquals(0, ended.code(), ended.err());
        String best = folder.resolve("o/best.safetensors").toString();
        assertRefused(TinyRun.s5("export", best, best), "is there already");
        assertRefused(
                TinyRun.s5("export", best, folder.resolve("a.pt").toString()), "has to end in");
        assertRefused(TinyRun.s5("export", best), "takes a CHECKPOINT and a FILE");
        assertRefused(
                TinyRun.s5("export", best, folder.resolve("a.npz").toString(), "chek=3"),
                "did you mean");
        Shape shape = model().shape();
        assertTrue(shape.padded());
    }
}
