package s5.bench;

import s5.Devices;
import s5.config.KernelForm;
import s5.config.Precision;
import s5.cpu.CpuBackend;
import s5.ops.Backend;
import s5.ops.LayerOp;
import s5.ops.Op;
import s5.ops.Program;
import s5.ops.Step;
import s5.ops.Tensor;

import java.util.Arrays;
import java.util.Random;

/** An operation on the CPU or on a device of TornadoVM, ready to be timed. */
final class Timed implements AutoCloseable {
    private final Backend backend;
    private final Tensor done = Tensor.output("done", 1);
    private Step step;

    /**
     * Opens a device.
     *
     * @param loops plain or vector, for the CPU, or what the setting {@code device} takes, followed
     *     by {@code /plain} for its plain kernels: {@code cuda:0/plain}
     * @param threads on the CPU
     */
    Timed(String loops, int threads, Precision precision) {
        backend =
                switch (loops) {
                    case "plain" -> new CpuBackend(threads, false);
                    case "vector" -> new CpuBackend(threads, true);
                    default -> open(loops, threads, precision);
                };
    }

    private static Backend open(String loops, int threads, Precision precision) {
        boolean plain = loops.endsWith("/plain");
        String device = plain ? loops.substring(0, loops.indexOf('/')) : loops;
        return Devices.open(
                device, precision, plain ? KernelForm.PLAIN : KernelForm.TUNED, threads);
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

    /** Compiles the operation, and after it one on a single number that tells when it is done. */
    void compile(String name, Op op) {
        step = backend.compile(name, Program.of(op, new LayerOp.Gelu(random(1), done)));
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
