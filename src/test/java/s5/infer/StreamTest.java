package s5.infer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import s5.Prediction;
import s5.S5Model;
import s5.S5Stream;
import s5.S5Streams;
import s5.Sequence;
import s5.data.Shape;
import s5.data.given.ProgramData;
import s5.train.Checkpoint;
import s5.train.RandomModel;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A stream says after each position what the scan says of the sequence so far. */
class StreamTest {
    private static final int LENGTH = 13;
    private static final int INPUTS = 3;

    @TempDir static Path folder;

    /** What a model reads and tells. */
    enum Task {
        CLASSES,
        NUMBERS_EACH,
        TOKENS,
        TIMED,
        IMAGES;

        Shape shape() {
            return switch (this) {
                case CLASSES -> new Shape(LENGTH, INPUTS, false, false, 5, 1);
                case TOKENS -> new Shape(LENGTH, 7, true, true, 5, 1);
                case TIMED -> new Shape(LENGTH, INPUTS, false, false, 5, 1, 0, 0, true, false);
                case NUMBERS_EACH ->
                        new Shape(LENGTH, INPUTS, false, false, 0, 1, 0, 2, false, true);
                case IMAGES -> Shape.ofImages(LENGTH, 24, 2);
            };
        }
    }

    record Variant(Task task, boolean vector, String... settings) {
        @Override
        public String toString() {
            return "%s %s %s"
                    .formatted(task, vector ? "vector" : "plain", String.join(" ", settings));
        }

        boolean rescaled() {
            return toString().hashCode() % 3 == 0;
        }

        S5Model model() {
            List<String> words = new ArrayList<>(List.of(settings));
            words.addAll(
                    List.of(
                            "model.layers=2",
                            "model.features=20",
                            "model.states=36",
                            "model.blocks=2",
                            "model.dt_min=0.05",
                            "model.dt_max=0.5"));
            Path file =
                    folder.resolve(
                            "m" + Integer.toHexString(toString().hashCode()) + ".safetensors");
            List<String> data =
                    task == Task.IMAGES
                            ? List.of("data.set=pendulum")
                            : ProgramData.words(task.shape());
            RandomModel.write(file, task.shape(), data, words.toArray(String[]::new));
            return CpuModel.of(Checkpoint.read(file), vector);
        }
    }

    static List<Variant> variants() {
        List<Variant> all = new ArrayList<>();
        int i = 0;
        for (String activation : List.of("full_glu", "half_glu1", "half_glu2", "gelu")) {
            for (String norm : List.of("batch", "layer")) {
                for (String prenorm : List.of("true", "false")) {
                    for (Task task : Task.values()) {
                        boolean odd = (i + i / 5) % 2 == 1;
                        List<String> words = new ArrayList<>();
                        words.add("model.activation=" + activation);
                        words.add("model.norm=" + norm);
                        words.add("model.prenorm=" + prenorm);
                        words.add("model.discretization=" + (odd ? "bilinear" : "zoh"));
                        words.add("model.conj_sym=" + (i % 3 != 0));
                        words.add("model.clip_eigs=" + (i % 4 == 0));
                        if (i % 2 == 0 && task != Task.TOKENS) {
                            words.add("model.pooling=last");
                        }
                        if (task == Task.IMAGES && i % 4 != 0) {
                            words.add("model.time_steps=" + (odd ? "append" : "ignore"));
                        }
                        all.add(new Variant(task, i % 5 != 0, words.toArray(String[]::new)));
                        i++;
                    }
                }
            }
        }
        return all;
    }

    /** Every ninth: of each task some. */
    static List<Variant> some() {
        List<Variant> all = variants();
        List<Variant> some = new ArrayList<>();
        for (int i = 0; i < all.size(); i += 9) {
            some.add(all.get(i));
        }
        return some;
    }

    /** A random sequence for a task, with the model's times if it has some. */
    private static final class Input {
        final Task task;
        final float[] values;
        final int[] tokens = new int[LENGTH];
        final double[] times = new double[LENGTH];

        Input(Task task, long seed) {
            this.task = task;
            Random random = new Random(seed);
            int inputs = task.shape().inputs();
            values = new float[LENGTH * inputs];
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextFloat();
            }
            for (int k = 0; k < LENGTH; k++) {
                tokens[k] = random.nextInt(7);
                times[k] = (k == 0 ? 3 : times[k - 1]) + 0.2 + 2 * random.nextDouble();
            }
        }

        float[] at(int k) {
            int inputs = task.shape().inputs();
            return Arrays.copyOfRange(values, k * inputs, (k + 1) * inputs);
        }

        double dt(int k) {
            return k == 0 ? 17 : times[k] - times[k - 1];
        }

        Sequence prefix(int length) {
            if (task == Task.TOKENS) {
                return Sequence.ofTokens(Arrays.copyOf(tokens, length)).ofAnyLength();
            }
            int inputs = task.shape().inputs();
            Sequence numbers =
                    Sequence.ofValues(Arrays.copyOf(values, length * inputs), inputs).ofAnyLength();
            return task.shape().timed() ? numbers.withTimes(Arrays.copyOf(times, length)) : numbers;
        }

        void push(S5Stream stream, int k) {
            if (task == Task.TOKENS) {
                stream.push(tokens[k]);
            } else if (task.shape().timed()) {
                stream.push(at(k), dt(k));
            } else {
                stream.push(at(k));
            }
        }
    }

    /** The answer, or that of the last position. */
    private static double[] numbers(Prediction prediction) {
        return switch (prediction) {
            case Prediction.Classes c -> widened(c.probabilities());
            case Prediction.Numbers n -> {
                double[] all = Arrays.copyOf(n.means(), 2 * n.means().length);
                System.arraycopy(n.deviations(), 0, all, n.means().length, n.means().length);
                yield all;
            }
            case Prediction.ClassesEach each -> numbers(each.at(each.length() - 1));
            case Prediction.NumbersEach each -> numbers(each.at(each.length() - 1));
        };
    }

    private static double[] widened(float[] values) {
        double[] all = new double[values.length];
        Arrays.setAll(all, i -> values[i]);
        return all;
    }

    @ParameterizedTest
    @MethodSource("variants")
    void saysWhatTheScanSays(Variant variant) {
        try (S5Model whole = variant.model()) {
            S5Model model = variant.rescaled() ? whole.withStepRescale(1.7) : whole;
            S5Stream stream = model.stream();
            Input input = new Input(variant.task, 5);
            double[] first = null;
            for (int k = 0; k < LENGTH; k++) {
                input.push(stream, k);
                double[] said = numbers(stream.prediction());
                double[] expected = numbers(model.predict(input.prefix(k + 1)));
                assertArrayEquals(expected, said, 1e-5, "position " + k);
                first = k == 0 ? said : first;
            }
            assertFalse(Arrays.equals(first, numbers(stream.prediction())), "it depends on k");
            assertEquals(LENGTH, stream.position());
        }
    }

    /**
     * Sessions at different positions, more than fit into one product, are streams of their own.
     */
    @ParameterizedTest
    @MethodSource("some")
    void togetherAsAlone(Variant variant) {
        int sessions = variant.task == Task.IMAGES ? 3 : 55;
        try (S5Model model = variant.model()) {
            S5Streams together = model.streams(sessions);
            List<S5Stream> alone = new ArrayList<>();
            List<Input> inputs = new ArrayList<>();
            for (int i = 0; i < sessions; i++) {
                alone.add(model.stream());
                inputs.add(new Input(variant.task, i));
            }
            for (int k = 0; k < 6; k++) {
                int step = 1 + k % 3;
                int[] some = new int[(sessions + step - 1) / step];
                Arrays.setAll(some, i -> (sessions - 1) - i * step);
                push(together, some, alone, inputs);
            }
            for (int i = 0; i < sessions; i++) {
                assertEquals(alone.get(i).position(), together.position(i));
                assertArrayEquals(alone.get(i).state(), together.state(i), "session " + i);
                assertArrayEquals(
                        numbers(alone.get(i).prediction()), numbers(together.prediction(i)), 0);
            }
            together.reset(1);
            assertEquals(0, together.position(1));
            together.restore(1, alone.get(0).state());
            assertArrayEquals(together.state(0), together.state(1));
        }
    }

    private static void push(
            S5Streams together, int[] some, List<S5Stream> alone, List<Input> inputs) {
        Task task = inputs.getFirst().task;
        int n = task.shape().inputs();
        float[] values = new float[some.length * n];
        int[] tokens = new int[some.length];
        double[] dt = new double[some.length];
        for (int i = 0; i < some.length; i++) {
            Input input = inputs.get(some[i]);
            int k = (int) alone.get(some[i]).position();
            System.arraycopy(input.at(k), 0, values, i * n, n);
            tokens[i] = input.tokens[k];
            dt[i] = input.dt(k);
            input.push(alone.get(some[i]), k);
        }
        if (task == Task.TOKENS) {
            together.push(some, tokens);
        } else if (task.shape().timed()) {
            together.push(some, values, dt);
        } else if (some.length == together.sessions()) {
            float[] inOrder = new float[values.length];
            for (int i = 0; i < some.length; i++) {
                System.arraycopy(values, i * n, inOrder, some[i] * n, n);
            }
            together.push(inOrder);
        } else {
            together.push(some, values);
        }
    }
}
