package s5.bench;

import org.openjdk.jmh.annotations.AuxCounters;
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
import s5.ops.Matmul;
import s5.ops.Tensor;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * The matrix products of a training step on sequential MNIST (batch 50, length 784, H 96, P 64
 * kept): forward, and the two forms of the gradient. {@code gflop} is GFLOP/s; its share of the
 * cores' peak is what {@link PeakBenchmark} says. {@code loops} takes what it takes in {@link
 * OpsBenchmark}.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@State(Scope.Benchmark)
public class MatmulBenchmark {
    private static final int ROWS = 50 * 784;

    /** Which operand is transposed; the last two are the gradients by weights and by inputs. */
    public enum Form {
        NN,
        TN,
        NT
    }

    @Param({"plain", "vector"})
    public String loops;

    @Param("1")
    public int threads;

    @Param("TF32")
    public Precision precision;

    @Param({"NN", "TN", "NT"})
    public Form form;

    @Param({"96x128", "128x96", "96x96"})
    public String shape;

    private Timed timed;
    private double gflop;

    /** Counts floating-point operations. */
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    @State(Scope.Thread)
    public static class Counter {
        public double gflop;
    }

    /** Compiles the product. */
    @Setup
    public void compile() {
        int x = shape.toLowerCase(Locale.ROOT).indexOf('x');
        int k = Integer.parseInt(shape.substring(0, x));
        int n = Integer.parseInt(shape.substring(x + 1));
        timed = new Timed(loops, threads, precision);
        Tensor a = timed.random(ROWS, k);
        Tensor b =
                switch (form) {
                    case NN -> timed.random(k, n);
                    case NT -> timed.random(n, k);
                    case TN -> timed.random(ROWS, n);
                };
        Tensor c = form == Form.TN ? Tensor.state("c", k, n) : Tensor.state("c", ROWS, n);
        timed.compile("matmul", new Matmul(a, form == Form.TN, b, form == Form.NT, false, c));
        gflop = 2e-9 * ROWS * k * n;
    }

    @TearDown
    public void close() {
        timed.close();
    }

    @Benchmark
    public float[] matmul(Counter counter) {
        counter.gflop += gflop;
        return timed.run();
    }
}
