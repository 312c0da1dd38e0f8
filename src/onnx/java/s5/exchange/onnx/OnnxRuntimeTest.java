package s5.exchange.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.config.ConfigLoader;
import s5.config.ModelConfig;
import s5.data.Batch;
import s5.data.Shape;
import s5.exchange.Fit;
import s5.exchange.Samples;
import s5.model.Initialization;
import s5.model.Model;
import s5.model.Parameter;
import s5.ops.Backend;
import s5.ops.Tensor;
import s5.ops.reference.ReferenceBackend;
import s5.train.Evaluator;

import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Graphs evaluated by ONNX Runtime say what the model says; {@code mvn -Ponnx test} runs it. */
class OnnxRuntimeTest {
    private static final Map<String, Shape> SHAPES =
            Map.of(
                    "numbers", new Shape(33, 3, false, false, 5, 1),
                    "long", new Shape(1000, 1, false, false, 10, 1),
                    "one", new Shape(1, 2, false, false, 3, 1),
                    "tokens", new Shape(40, 18, true, true, 10, 1),
                    "padded", new Shape(33, 4, false, true, 4, 1),
                    "pairs", new Shape(40, 9, true, true, 2, 2),
                    "images", Shape.ofImages(12, 24, 2),
                    "each", new Shape(33, 4, false, true, 4, 1, 0, 0, false, true),
                    "whole", new Shape(20, 4, false, true, 0, 1, 0, 2, true, false));

    @ParameterizedTest
    @CsvSource({
        "numbers, smnist,",
        "numbers, smnist, model.bidirectional=true model.norm=layer model.activation=full_glu",
        "numbers, smnist, model.prenorm=false model.activation=half_glu2 model.conj_sym=false",
        "numbers, smnist, model.discretization=bilinear model.pooling=last model.activation=gelu",
        "numbers, smnist, model.clip_eigs=true model.c_init=complex_normal"
                + " model.bidirectional=true",
        "long, smnist, model.bidirectional=true",
        "one, smnist, model.bidirectional=true",
        "tokens, listops, model.bidirectional=true",
        "tokens, listops, model.bidirectional=true model.mask_states=true",
        "padded, listops, model.bidirectional=true model.mask_states=true model.norm=layer",
        "pairs, aan, model.bidirectional=true",
        "images, pendulum, model.bidirectional=true",
        "images, pendulum, model.discretization=bilinear model.norm=layer model.prenorm=false",
        "images, pendulum, model.time_steps=append model.bidirectional=true",
        "images, pendulum, model.time_steps=ignore",
        "each, listops, model.bidirectional=true model.mask_states=true",
        "whole, pendulum, model.bidirectional=true model.mask_states=true"
    })
    void saysTheSame(String shapeName, String set, String settings) throws OrtException {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "data.set=" + set,
                                "model.layers=3",
                                "model.features=14",
                                "model.states=16",
                                "model.blocks=2",
                                "train.batch=2"));
        if (settings != null) {
            words.addAll(List.of(settings.split(" ")));
        }
        ModelConfig config = ConfigLoader.of(words.toArray(String[]::new)).model();
        Model model = new Model(config, SHAPES.get(shapeName));
        Map<String, float[]> weights = weights(model);
        byte[] bytes =
                OnnxFile.graph(model, weights::get).model("test", "test", Map.of("classes", "a"));
        OrtEnvironment runtime = OrtEnvironment.getEnvironment();
        try (Backend backend = new ReferenceBackend();
                OrtSession session =
                        runtime.createSession(bytes, new OrtSession.SessionOptions())) {
            Fit.weights(model).forEach(t -> backend.write(t, weights.get(t.name())));
            for (int samples : new int[] {1, 5}) {
                Batch batch = Samples.random(model.shape(), samples, samples);
                compare(answers(backend, model, batch), run(runtime, session, batch), settings);
            }
        }
    }

    private static void compare(float[] ours, float[] theirs, String what) {
        assertEquals(ours.length, theirs.length);
        double worst = 0;
        double spread = 0;
        for (int i = 0; i < ours.length; i++) {
            worst = Math.max(worst, Math.abs(ours[i] - theirs[i]));
            spread = Math.max(spread, Math.abs(ours[i] - ours[0]));
        }
        assertTrue(worst < 1e-5, what + ": " + worst);
        assertTrue(spread > 1e-2, "all the same: " + Arrays.toString(ours));
    }

    private static float[] answers(Backend backend, Model model, Batch batch) {
        try (Evaluator evaluator =
                new Evaluator(backend, model, batch.capacity, batch.shape.length(), 1)) {
            return evaluator.predict(batch);
        }
    }

    /** As a new run draws them, and statistics as if it had gone on. */
    private static Map<String, float[]> weights(Model model) {
        Map<String, float[]> weights =
                new HashMap<>(new Initialization(model.config(), 7).parameters(model));
        Random random = new Random(7);
        for (Parameter p : model.parameters()) {
            if (p.leaf().equals("bias") || p.leaf().equals("scale")) {
                float[] values = weights.get(p.name());
                for (int i = 0; i < values.length; i++) {
                    values[i] += (float) (0.3 * random.nextGaussian());
                }
            }
        }
        for (Tensor t : model.statistics()) {
            float[] values = new float[t.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] =
                        t.name().endsWith("/var")
                                ? 0.2f + random.nextFloat()
                                : (float) random.nextGaussian();
            }
            weights.put(t.name(), values);
        }
        return weights;
    }

    private static float[] run(OrtEnvironment runtime, OrtSession session, Batch batch)
            throws OrtException {
        Shape shape = batch.shape;
        long n = batch.capacity;
        long[] before = shape.documents() == 1 ? new long[] {n} : new long[] {2, n};
        Map<String, OnnxTensor> inputs = new HashMap<>();
        if (batch.tokens != null) {
            inputs.put("tokens", whole(runtime, batch.tokens, with(before, shape.length())));
        } else {
            inputs.put(
                    "x",
                    OnnxTensor.createTensor(
                            runtime,
                            FloatBuffer.wrap(batch.x),
                            with(before, shape.length(), shape.inputs())));
        }
        if (shape.padded()) {
            inputs.put("lengths", whole(runtime, batch.lengths, before));
        }
        boolean timed = session.getInputNames().contains("dt");
        if (timed) {
            inputs.put(
                    "dt",
                    OnnxTensor.createTensor(
                            runtime, FloatBuffer.wrap(batch.dt), with(before, shape.length())));
        }
        try (OrtSession.Result result = session.run(inputs)) {
            if (!shape.regression()) {
                return floats(result, "log_probs");
            }
            float[] means = floats(result, "means");
            float[] variances = floats(result, "variances");
            int k = shape.targets();
            float[] both = new float[2 * means.length];
            for (int i = 0; i < means.length; i++) {
                both[i / k * 2 * k + i % k] = means[i];
                both[i / k * 2 * k + k + i % k] = variances[i];
            }
            return both;
        }
    }

    private static float[] floats(OrtSession.Result result, String name) {
        FloatBuffer values = ((OnnxTensor) result.get(name).orElseThrow()).getFloatBuffer();
        float[] all = new float[values.remaining()];
        values.get(all);
        return all;
    }

    private static OnnxTensor whole(OrtEnvironment runtime, int[] values, long[] shape)
            throws OrtException {
        long[] longs = Arrays.stream(values).asLongStream().toArray();
        return OnnxTensor.createTensor(runtime, LongBuffer.wrap(longs), shape);
    }

    private static long[] with(long[] before, long... after) {
        long[] all = Arrays.copyOf(before, before.length + after.length);
        System.arraycopy(after, 0, all, before.length, after.length);
        return all;
    }
}
