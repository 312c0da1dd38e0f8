package s5.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import s5.config.Precision;
import s5.ops.LayerOp;
import s5.ops.NormOp;
import s5.ops.Op;
import s5.ops.ScanOp;
import s5.ops.Tensor;

import java.util.concurrent.TimeUnit;

/**
 * The operations of a layer besides the matrix products, at the size of sequential MNIST (batch 50,
 * length 784, H 96, P 64 kept), in plain loops, with the Vector API and, where {@code loops} names
 * a device of TornadoVM, there, tuned or plain: {@code -p loops=plain,vector,cuda:0,cuda:0/plain}.
 * On a device the time includes the wait for one number to come back.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@State(Scope.Benchmark)
public class OpsBenchmark {
    private static final int B = 50;
    private static final int L = 784;
    private static final int N = B * L;
    private static final int H = 96;
    private static final int P = 64;

    @Param({"plain", "vector"})
    public String loops;

    @Param("1")
    public int threads;

    @Param("TF32")
    public Precision precision;

    @Param({
        "batchNorm",
        "batchNormAdjoint",
        "layerNorm",
        "scan",
        "scanAdjoint",
        "skipGelu",
        "skipGeluAdjoint",
        "gate",
        "gateAdjoint"
    })
    public String operation;

    private Timed timed;

    /** Compiles the operation. */
    @Setup
    public void compile() {
        timed = new Timed(loops, threads, precision);
        timed.compile(operation, operation());
    }

    private Tensor in(int... shape) {
        return timed.random(shape);
    }

    private static Tensor out(int... shape) {
        return Tensor.state("out", shape);
    }

    private Op operation() {
        return switch (operation) {
            case "batchNorm" ->
                    new NormOp.BatchNorm(
                            in(N, H), null, in(H), in(H), out(H), out(H), 0.95f, out(H), out(H),
                            out(N, H));
            case "batchNormAdjoint" ->
                    new NormOp.BatchNormAdjoint(
                            in(N, H), null, in(H), in(H), in(H), in(N, H), in(N, H), out(H), out(H),
                            out(N, H));
            case "layerNorm" ->
                    new NormOp.LayerNorm(in(N, H), in(H), in(H), out(N), out(N), out(N, H));
            case "scan" -> new ScanOp.Scan(lambdaBar(), in(N, 2 * P), L, false, out(N, 2 * P));
            case "scanAdjoint" ->
                    new ScanOp.ScanAdjoint(
                            lambdaBar(),
                            in(N, 2 * P),
                            in(N, 2 * P),
                            L,
                            false,
                            out(N, 2 * P),
                            out(2 * P));
            case "skipGelu" ->
                    new LayerOp.SkipGelu(in(N, H), in(H), in(N, H), in(B, H), out(N, H), out(N, H));
            case "skipGeluAdjoint" ->
                    new LayerOp.SkipGeluAdjoint(
                            in(N, H), in(H), in(N, H), in(B, H), in(N, H), null, out(N, H), out(H),
                            out(N, H));
            case "gate" ->
                    new LayerOp.Gate(
                            in(N, H), null, in(N, H), in(H), in(B, H), in(N, H), out(N, H));
            case "gateAdjoint" ->
                    new LayerOp.GateAdjoint(
                            in(N, H), null, in(N, H), in(H), in(B, H), in(N, H), out(N, H), null,
                            out(N, H), out(H));
            default -> throw new IllegalArgumentException(operation);
        };
    }

    /** Eigenvalues of modulus 0.9, so that states neither grow nor vanish. */
    private Tensor lambdaBar() {
        float[] values = new float[2 * P];
        for (int j = 0; j < P; j++) {
            values[j] = (float) (0.9 * Math.cos(j));
            values[P + j] = (float) (0.9 * Math.sin(j));
        }
        return timed.given(values, 2 * P);
    }

    @TearDown
    public void close() {
        timed.close();
    }

    @Benchmark
    public float[] run() {
        return timed.run();
    }
}
