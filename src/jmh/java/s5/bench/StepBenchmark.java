package s5.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import s5.Prediction;
import s5.S5Model;
import s5.S5Stream;
import s5.S5Streams;
import s5.Sequence;
import s5.Training;
import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Shape;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * One step of a stream, alone and in company, and one prediction of a short sequence. With {@code
 * -prof gc} a step has to allocate nothing.
 */
@BenchmarkMode({Mode.AverageTime, Mode.SampleTime})
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@State(Scope.Thread)
public class StepBenchmark {
    private static final int TOGETHER = 1_024;

    private S5Model sensor;
    private S5Model quickstart;
    private S5Stream stream;
    private S5Streams streams;
    private Sequence sequence;
    private final float[] value = new float[1];
    private final float[] values = new float[TOGETHER];

    /** Noise: what the weights are changes no time. */
    private record Noise(Shape shape, int size) implements Dataset {
        @Override
        public void read(int i, Batch batch, int row) {
            Random random = new Random(i);
            for (int k = 0; k < shape.length(); k++) {
                if (shape.tokens()) {
                    batch.tokens[row * shape.length() + k] = random.nextInt(shape.inputs());
                } else {
                    batch.x[row * shape.length() + k] = random.nextFloat();
                }
            }
            batch.lengths[row] = shape.length();
            batch.labels[row] = i % shape.classes();
        }
    }

    private static Training training(Shape shape) throws IOException {
        Dataset noise = new Noise(shape, 8);
        return Training.of(noise, noise, noise)
                .folder(Files.createTempDirectory("s5-bench").resolve("run"))
                .set("device", "cpu")
                .set("train.epochs", 1)
                .set("train.batch", 8);
    }

    /** A model of one direction of the size of sc35, and one of the size of quickstart. */
    @Setup
    public void models() throws IOException {
        sensor =
                training(new Shape(16, 1, false, false, 35, 1))
                        .set("model.layers", 6)
                        .set("model.features", 96)
                        .set("model.states", 128)
                        .set("model.blocks", 16)
                        .run();
        stream = sensor.stream();
        streams = sensor.streams(TOGETHER);
        quickstart =
                training(new Shape(120, 2, false, false, 4, 1))
                        .set("model.layers", 2)
                        .set("model.features", 32)
                        .set("model.states", 32)
                        .set("model.blocks", 2)
                        .set("model.bidirectional", true)
                        .run();
        sequence = Sequence.ofValues(new Random(1).doubles(240).toArray(), 2);
    }

    /** Lets go of the models. */
    @TearDown
    public void close() {
        sensor.close();
        quickstart.close();
    }

    @Benchmark
    public long step() {
        value[0] += 0.01f;
        stream.push(value);
        return stream.position();
    }

    @Benchmark
    @OperationsPerInvocation(TOGETHER)
    public long stepTogether() {
        values[7] += 0.01f;
        streams.push(values);
        return streams.position(7);
    }

    @Benchmark
    public Prediction predict() {
        return quickstart.predict(sequence);
    }
}
