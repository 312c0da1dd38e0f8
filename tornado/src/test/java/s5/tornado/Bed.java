package s5.tornado;

import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** A task graph of its own for one operation: arrays in, arrays out, everything else poisoned. */
final class Bed {
    private final Random random;
    private final List<FloatArray> arrays = new ArrayList<>();
    private final IdentityHashMap<FloatArray, float[]> outputs = new IdentityHashMap<>();

    Bed(long seed) {
        random = new Random(seed);
    }

    /** Normally distributed values. */
    float[] normal(int size, float mean, float deviation) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = mean + deviation * (float) random.nextGaussian();
        }
        return values;
    }

    /** An S5 layer's Lambda_bar: some states forget within a few positions, some hardly ever. */
    float[] lambda(int states) {
        float[] values = new float[2 * states];
        for (int p = 0; p < states; p++) {
            double step = Math.exp(Math.log(1e-3) + random.nextDouble() * Math.log(1e2));
            double size = Math.exp(-0.5 * step);
            double angle = Math.PI * p * step;
            values[p] = (float) (size * Math.cos(angle));
            values[states + p] = (float) (size * Math.sin(angle));
        }
        return values;
    }

    /** An array with these values on the device. */
    FloatArray in(float[] values) {
        FloatArray array = FloatArray.fromArray(values);
        arrays.add(array);
        return array;
    }

    /** A scratch array that starts as NaN. */
    FloatArray scratch(int size) {
        float[] values = new float[Math.max(1, size)];
        java.util.Arrays.fill(values, Float.NaN);
        return in(values);
    }

    /** An array that starts as NaN and can be read afterwards. */
    FloatArray out(int size) {
        FloatArray array = scratch(size);
        outputs.put(array, null);
        return array;
    }

    /** An array that starts with these values and can be read afterwards. */
    FloatArray inOut(float[] values) {
        FloatArray array = in(values);
        outputs.put(array, null);
        return array;
    }

    /** Records what {@code tasks} appends and runs it once. */
    void run(Consumer<KernelTasks> tasks) {
        GridScheduler grids = new GridScheduler();
        TaskGraph graph = new TaskGraph("bed");
        graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, arrays.toArray());
        tasks.accept(new KernelTasks(graph, grids));
        graph.transferToHost(DataTransferMode.EVERY_EXECUTION, outputs.keySet().toArray());
        try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot())) {
            plan.withGridScheduler(grids).execute();
        } catch (uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException e) {
            throw new IllegalStateException(e);
        }
        outputs.replaceAll((array, old) -> array.toHeapArray());
    }

    /** What is in an output after {@link #run}. */
    float[] read(FloatArray array) {
        return outputs.get(array);
    }

    /**
     * Distance of {@code actual} from {@code expected}, relative to the expected values' size: the
     * larger of the root mean square and a tenth of the largest single distance. NaN counts as
     * infinite.
     */
    static double distance(double[] expected, float[] actual) {
        double square = 0;
        double size = 0;
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            double d = Math.abs(actual[i] - expected[i]);
            if (!(d < Double.POSITIVE_INFINITY)) {
                return Double.POSITIVE_INFINITY;
            }
            square += d * d;
            size += expected[i] * expected[i];
            largest = Math.max(largest, d);
        }
        double scale = Math.sqrt(size / expected.length);
        if (scale == 0) {
            return largest;
        }
        return Math.max(Math.sqrt(square / expected.length), largest / 10) / scale;
    }
}
