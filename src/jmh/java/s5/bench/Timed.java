package s5.bench;

import s5.Devices;
import s5.config.Precision;
import s5.cpu.CpuBackend;
import s5.ops.Backend;
import s5.ops.Ops;
import s5.ops.Step;
import s5.ops.Tensor;

import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;

/** An operation on the CPU or on a device of TornadoVM, ready to be timed. */
final class Timed implements AutoCloseable {
    private final Backend backend;
    private final Tensor done = Tensor.output("done", 1);
    private Step step;

    /**
     * Opens a device.
     *
     * @param loops plain or vector, for the CPU, or what the setting {@code device} takes
     * @param threads on the CPU
     */
    Timed(String loops, int threads, Precision precision) {
        backend =
                switch (loops) {
                    case "plain" -> new CpuBackend(threads, false);
                    case "vector" -> new CpuBackend(threads, true);
                    default -> Devices.open(loops, precision, threads);
                };
    }

    /** An operand of random values. */
    Tensor random(int... shape) {
        Random random = new Random(1);
        float[] values = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return given(values, shape);
    }

    /** An operand of these values. */
    Tensor given(float[] values, int... shape) {
        Tensor t = Tensor.parameter("in", shape);
        backend.write(t, values);
        return t;
    }

    /** Records the operation, and after it one on a single number that tells when it is done. */
    void record(String name, Consumer<Ops> program) {
        Tensor one = random(1);
        step =
                backend.record(
                        name,
                        o -> {
                            program.accept(o);
                            o.gelu(one, done);
                        });
    }

    /** Runs the operation and waits for it: on a GPU, a step may return before it is done. */
    float[] run() {
        step.run();
        return backend.read(done);
    }

    @Override
    public void close() {
        step.close();
        backend.close();
    }
}
