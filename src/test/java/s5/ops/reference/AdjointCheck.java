package s5.ops.reference;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.DynamicTest;

import s5.ops.Op;
import s5.ops.Poles;
import s5.ops.Program;
import s5.ops.Step;
import s5.ops.Tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;

/**
 * Compares an adjoint of the reference with finite differences of its forward operation. The loss
 * is the sum of all tensors that were given weights, each element times its weight; so the weights
 * of a tensor are the gradient of the loss by it.
 */
final class AdjointCheck {
    /** Fourth-order differences: the error is about STEP^4 of the fifth derivative. */
    private static final double STEP = 1e-4;

    private static final double TOLERANCE = 1e-6;

    private final Random random;
    private final Map<Tensor, double[]> inputs = new LinkedHashMap<>();
    private final Map<Tensor, Tensor> weights = new LinkedHashMap<>();
    private final Map<Tensor, Tensor> gradients = new LinkedHashMap<>();
    private final List<Consumer<ReferenceBackend>> integers = new ArrayList<>();

    // ---- tests over odd sizes
    // ---------------------------------------------------------------------

    private static final int[] ODD = {1, 2, 3, 7};

    /** All pairs of odd sizes. */
    static Stream<int[]> pairs() {
        return Arrays.stream(ODD)
                .boxed()
                .flatMap(a -> Arrays.stream(ODD).mapToObj(b -> new int[] {a, b}));
    }

    /** All triples of odd sizes. */
    static Stream<int[]> triples() {
        return pairs().flatMap(s -> Arrays.stream(ODD).mapToObj(c -> new int[] {s[0], s[1], c}));
    }

    static DynamicTest test(String name, Consumer<AdjointCheck> body) {
        return dynamicTest(name, () -> body.accept(new AdjointCheck(name)));
    }

    /** Both values of an option. */
    static Stream<Boolean> either() {
        return Stream.of(true, false);
    }

    /** A test's name, which is also the seed of its values. */
    static String name(String op, int[] sizes, Object... options) {
        return op + Arrays.toString(sizes) + Arrays.toString(options);
    }

    // ---- one test
    // ---------------------------------------------------------------------------------

    AdjointCheck(String seed) {
        random = new Random(seed.hashCode());
    }

    double normal() {
        return random.nextGaussian();
    }

    double uniform(double low, double high) {
        return low + (high - low) * random.nextDouble();
    }

    int index(int bound) {
        return random.nextInt(bound);
    }

    /** An input with random values. */
    Tensor in(String name, int... shape) {
        return in(this::normal, name, shape);
    }

    Tensor in(DoubleSupplier next, String name, int... shape) {
        Tensor t = Tensor.parameter(name, shape);
        double[] values = new double[t.size()];
        Arrays.setAll(values, i -> next.getAsDouble());
        inputs.put(t, values);
        return t;
    }

    Tensor integers(String name, int... values) {
        Tensor t = Tensor.integers(name, values.length);
        integers.add(backend -> backend.write(t, values));
        return t;
    }

    /** Where an operation writes to. */
    static Tensor out(String name, int... shape) {
        return Tensor.state(name, shape);
    }

    /** Makes a tensor part of the loss, with random weights; returns the gradient by it. */
    Tensor weights(Tensor t) {
        Tensor w = in("weights of " + t.name(), t.shape());
        weights.put(t, w);
        return w;
    }

    /** Makes one element of a tensor part of the loss. */
    void weights(Tensor t, int element) {
        weights(t, element, 1);
    }

    /** Makes so many times one element of a tensor part of the loss. */
    void weights(Tensor t, int element, double factor) {
        double[] values = inputs.get(weights(t));
        Arrays.fill(values, 0);
        values[element] = factor;
    }

    /** Says where the adjoint puts the gradient by an input; returns that tensor. */
    Tensor gradient(Tensor input) {
        return gradient(input, out("d " + input.name(), input.shape()));
    }

    /** As {@link #gradient(Tensor)}, for all three. */
    Poles gradient(Poles poles) {
        return new Poles(gradient(poles.re()), gradient(poles.im()), gradient(poles.logStep()));
    }

    Tensor gradient(Tensor input, Tensor gradient) {
        gradients.put(input, gradient);
        return gradient;
    }

    /** Runs forward and adjoint, then compares every input's gradient along a random direction. */
    void verify(Op forward, Op... adjoint) {
        verify(Program.of(forward), Program.of(adjoint));
    }

    /** The same for several operations, of which the first may give gradients, too. */
    void verify(Program forward, Program adjoint) {
        try (ReferenceBackend backend = new ReferenceBackend();
                Step forwards = backend.compile("forward", forward);
                Step backwards = backend.compile("adjoint", adjoint)) {
            integers.forEach(write -> write.accept(backend));
            inputs.forEach(backend::write);
            forwards.run();
            backwards.run();
            Map<Tensor, double[]> found = new LinkedHashMap<>();
            gradients.forEach((input, gradient) -> found.put(input, backend.readDouble(gradient)));
            found.forEach((input, gradient) -> compare(backend, forwards, input, gradient));
        }
    }

    private void compare(ReferenceBackend backend, Step forwards, Tensor input, double[] gradient) {
        double[] direction = random.doubles(gradient.length, -2, 2).toArray();
        double difference =
                (8
                                        * (loss(backend, forwards, input, direction, STEP)
                                                - loss(backend, forwards, input, direction, -STEP))
                                - loss(backend, forwards, input, direction, 2 * STEP)
                                + loss(backend, forwards, input, direction, -2 * STEP))
                        / (12 * STEP);
        double product = dot(gradient, direction);
        double scale = Math.max(Math.abs(difference), Math.sqrt(dot(gradient, gradient)));
        // Where all gradients vanish, what is left of the differences is rounding.
        assertTrue(
                Math.abs(difference - product) <= TOLERANCE * scale + 1e-9,
                () -> input + ": the adjoint says " + product + ", differences " + difference);
    }

    private double loss(
            ReferenceBackend backend,
            Step forwards,
            Tensor input,
            double[] direction,
            double step) {
        double[] base = inputs.get(input);
        double[] moved = new double[base.length];
        Arrays.setAll(moved, i -> base[i] + step * direction[i]);
        backend.write(input, moved);
        forwards.run();
        double sum = 0;
        for (Map.Entry<Tensor, Tensor> entry : weights.entrySet()) {
            sum += dot(backend.readDouble(entry.getKey()), inputs.get(entry.getValue()));
        }
        backend.write(input, base);
        return sum;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
