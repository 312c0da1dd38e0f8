package s5.tornado;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import s5.UserError;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.data.Batch;
import s5.data.Shape;
import s5.model.Model;
import s5.ops.Backend;
import s5.ops.HeadOp;
import s5.ops.HeadOp.Pooling;
import s5.ops.Program;
import s5.ops.Step;
import s5.ops.Tensor;
import s5.train.Learner;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.runtime.common.TornadoOptions;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a step on TornadoVM does besides its operations. */
class StepTest {
    private static Backend backend;

    @BeforeAll
    static void open() {
        backend = Device.open();
    }

    @AfterAll
    static void close() {
        if (backend != null) {
            backend.close();
        }
    }

    @Test
    void theFallBackToSequentialJavaIsOff() {
        assertFalse(TornadoOptions.RECOVER_BAILOUT);
    }

    /**
     * Also: what the host writes after a step has run reaches the device; and a step that takes
     * several graphs computes what one graph does.
     */
    @Test
    void theSameSeedGivesTheSameBits() {
        Config config =
                ConfigLoader.load(
                        Path.of("configs/listops-small.yaml"),
                        List.of(
                                "model.layers=1",
                                "model.features=16",
                                "model.states=8",
                                "model.blocks=2",
                                "train.batch=3"));
        Shape shape = config.data().shape();
        Model model = new Model(config.model(), shape);
        List<float[]> first;
        try (Learner learner =
                new Learner(backend, model, config.train(), 3, shape.length(), config.seed())) {
            first = train(learner, shape);
            assertSame(first, train(learner, shape));
            float[] losses = first.getFirst();
            assertTrue(losses[0] > 0 && losses[0] != losses[2], "the losses are none");
        }
        ((TornadoBackend) backend).cutInto(3);
        try (Learner learner =
                new Learner(backend, model, config.train(), 3, shape.length(), config.seed())) {
            assertSame(first, train(learner, shape));
            assertSame(first, train(learner, shape));
        } finally {
            ((TornadoBackend) backend).cutInto(1);
        }
    }

    private static void assertSame(List<float[]> expected, List<float[]> actual) {
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), actual.get(i), 0f);
        }
    }

    private static List<float[]> train(Learner learner, Shape shape) {
        learner.initialize(7);
        for (int i = 0; i < 3; i++) {
            Batch batch = new Batch(shape, 3);
            batch.rows = 3;
            for (int j = 0; j < batch.tokens.length; j++) {
                batch.tokens[j] = (j * 7 + i) % shape.inputs();
            }
            for (int j = 0; j < 3; j++) {
                batch.lengths[j] = shape.length() - j;
                batch.labels[j] = (i + j) % shape.classes();
            }
            learner.step(i, batch, 1e-3, 4e-3);
        }
        List<float[]> values = new ArrayList<>();
        values.add(learner.metrics());
        learner.state().values().forEach(t -> values.add(backend.read(t)));
        return values;
    }

    private static Config small(int layers) {
        return ConfigLoader.load(
                Path.of("configs/listops-small.yaml"),
                List.of(
                        "model.layers=" + layers,
                        "model.features=8",
                        "model.states=4",
                        "model.blocks=1",
                        "model.bidirectional=true",
                        "model.dropout=0.1",
                        "train.batch=3"));
    }

    /** The kernels that a training step compiles, and what it computes. */
    private record Trained(int kernels, List<float[]> values) {}

    private static Trained trained(int layers, boolean each) {
        Config config = small(layers);
        Shape shape = config.data().shape();
        Model model = new Model(config.model(), shape);
        ((TornadoBackend) backend).compileEach(each);
        try (Learner learner =
                new Learner(backend, model, config.train(), 3, shape.length(), config.seed())) {
            List<float[]> values = train(learner, shape);
            return new Trained(((TornadoBackend) backend).steps().getLast().compiled(), values);
        } finally {
            ((TornadoBackend) backend).compileEach(false);
        }
    }

    @Test
    void tasksThatShareKernelsComputeTheSameBits() {
        assertSame(trained(2, true).values(), trained(2, false).values());
    }

    @Test
    void aFurtherLayerCompilesNoFurtherKernel() {
        int two = trained(2, false).kernels();
        assertTrue(two > 20 && two < 100, two + " kernels");
        assertEquals(two, trained(3, false).kernels());
    }

    @Test
    void aPreparedStepRunsAndCanBeClosedBefore() {
        Tensor x = Tensor.parameter("x", 4, 1);
        Tensor last = Tensor.output("last", 2, 1);
        Program program = Program.of(new HeadOp.Pool(x, null, Pooling.LAST, last));
        Step unused = backend.compile("unused", program);
        unused.prepare();
        unused.close();
        try (Step step = backend.compile("used", program)) {
            step.prepare();
            step.prepare();
            backend.write(x, new float[] {1, 2, 3, 4});
            step.run();
            assertArrayEquals(new float[] {2, 4}, backend.read(last));
        }
    }

    /** How many graphs a training step of these settings takes. */
    private static int graphs(String settings) {
        Config config = ConfigLoader.load(Path.of(settings), List.of());
        Shape shape = config.data().shape();
        Model model = new Model(config.model(), shape);
        try (Learner _ =
                new Learner(backend, model, config.train(), 2, shape.length(), config.seed())) {
            return ((TornadoBackend) backend).steps().getLast().segments();
        }
    }

    @Test
    void aStepOfFourLayersFitsIntoOneGraph() {
        assertEquals(1, graphs("configs/smnist.yaml"));
    }

    /** The longest of the experiments' steps; TornadoVM's graphs have 1,024 nodes. */
    @Test
    void aStepOfEightBidirectionalLayersFitsIntoTwoGraphs() {
        assertEquals(2, graphs("configs/listops.yaml"));
    }

    @Test
    void aStepTooLargeForTheDeviceIsTheUsersMistake() {
        Tensor x = Tensor.parameter("x", 1, 1);
        List<Tensor> large = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            large.add(Tensor.scratch("large" + i, Integer.MAX_VALUE - 64, 1));
        }
        Tensor last = Tensor.output("last", 1, 1);
        Program program = new Program();
        large.forEach(t -> program.add(new HeadOp.PoolAdjoint(x, null, Pooling.MEAN, t)));
        large.forEach(t -> program.add(new HeadOp.Pool(t, null, Pooling.LAST, last)));
        UserError error = assertThrows(UserError.class, () -> backend.compile("huge", program));
        assertOneLine(error, "is out of memory: step huge needs 858.99 GB", "lower train.batch");
    }

    /** Not a kernel: TornadoVM has no strings. */
    public static void doesNotCompile(KernelContext c, FloatArray a) {
        String text = "thread " + c.globalIdx;
        a.set(c.globalIdx, text.length());
    }

    private record Broken(Tensor out) implements TornadoFused {
        @Override
        public List<Tensor> reads() {
            return List.of();
        }

        @Override
        public List<Tensor> writes() {
            return List.of(out);
        }

        @Override
        public void plan(Recorder recorder) {
            recorder.whole(out);
            recorder.add(
                    this,
                    t ->
                            t.graph.task(
                                    t.id(new Launch(1, 4)),
                                    StepTest::doesNotCompile,
                                    t.context,
                                    t.array(out)));
        }
    }

    @Test
    void aKernelThatDoesNotCompileIsAnErrorAndNotSequentialJava() {
        Program program = Program.of(new Broken(Tensor.output("out", 4)));
        UserError error =
                assertThrows(
                        UserError.class,
                        () -> {
                            try (Step step = backend.compile("broken", program)) {
                                step.run();
                            }
                        });
        assertOneLine(error, "step broken cannot run on device", "choose another device");
    }

    private static void assertOneLine(UserError error, String... parts) {
        assertEquals(1, error.getMessage().lines().count(), error.getMessage());
        for (String part : parts) {
            assertTrue(error.getMessage().contains(part), error.getMessage());
        }
    }
}
