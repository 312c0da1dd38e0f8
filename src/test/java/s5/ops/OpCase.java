package s5.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import s5.ops.reference.ReferenceBackend;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Some operations on some tensors with seeded values, to be run on any backend and compared with
 * {@link #expected}.
 *
 * @param name tells all about the case; also the seed of its values
 * @param terms how many terms the longest sum behind an element of the results has
 * @param slack how much worse than a plain sum its arithmetic is conditioned; 1 for most
 * @param products whether a backend may do it in TF32
 * @param recipe asks for the tensors and gives the operations
 */
public record OpCase(String name, int terms, double slack, boolean products, Recipe recipe) {

    /** Asks a {@link Draft} for tensors and returns what to do with them. */
    @FunctionalInterface
    public interface Recipe {
        Program make(Draft draft);
    }

    static OpCase of(String name, int terms, Recipe recipe) {
        return new OpCase(name, terms, 1, false, recipe);
    }

    OpCase slack(double factor) {
        return new OpCase(name, terms, factor, products, recipe);
    }

    OpCase product() {
        return new OpCase(name, terms, slack, true, recipe);
    }

    /**
     * The error allowed in single precision, see {@link #error}: {@code 2^-24 * 8 (4 + sqrt(terms))
     * slack}. The rounding errors of a plain sum of n terms of random sign grow as n, the sum
     * itself as sqrt(n), which leaves sqrt(n) for the ratio; 8 is for the worst of many elements,
     * and 4 for the functions (exp, tanh) around the sum.
     */
    public double tolerance() {
        return tolerance(0x1p-24);
    }

    /** As {@link #tolerance()}, for another rounding error: 2^-11 for products in TF32. */
    public double tolerance(double rounding) {
        return rounding * 8 * (4 + Math.sqrt(terms)) * slack;
    }

    /**
     * Runs the case twice on a backend: with NaN in everything that is only written, and the second
     * time without writing its INPUT tensors again.
     *
     * @return all that it wrote, by the tensors' names
     * @throws AssertionError when a tensor that is only read changed, or the runs differ
     */
    public Map<String, float[]> run(Backend backend) {
        Draft draft = new Draft(name);
        try (Step step = backend.compile(name, recipe.make(draft))) {
            draft.write(backend, true);
            step.run();
            draft.checkUnchanged(backend);
            Map<String, float[]> results = new LinkedHashMap<>();
            draft.written().forEach(t -> results.put(t.name(), backend.read(t)));

            draft.write(backend, false);
            step.run();
            draft.checkUnchanged(backend);
            for (Tensor t : draft.written()) {
                assertArrayEquals(
                        bits(results.get(t.name())),
                        bits(backend.read(t)),
                        () -> name + ": second run gives other bits of " + t);
            }
            return results;
        }
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToIntBits(values[i]);
        }
        return bits;
    }

    /**
     * What {@link #run} should give, from {@link ReferenceBackend} or from a file it wrote earlier.
     */
    public Map<String, double[]> expected() {
        return Expected.of(this);
    }

    /**
     * The largest error of an element, relative to its own size plus the root mean square of them
     * all. Infinite where a value is NaN; an expected array of zeros allows nothing but zeros.
     */
    public static double error(double[] expected, float[] actual) {
        if (expected.length != actual.length) {
            return Double.POSITIVE_INFINITY;
        }
        double sum = 0;
        for (double e : expected) {
            sum += e * e;
        }
        double rms = Math.sqrt(sum / expected.length);
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            double difference = Math.abs(actual[i] - expected[i]);
            double error = difference == 0 ? 0 : difference / (rms + Math.abs(expected[i]));
            worst = error <= worst ? worst : Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
        }
        return worst;
    }

    @Override
    public String toString() {
        return name;
    }
}
