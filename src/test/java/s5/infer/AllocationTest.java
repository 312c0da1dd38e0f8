package s5.infer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.S5Model;
import s5.S5Streams;
import s5.data.Shape;
import s5.train.Checkpoint;
import s5.train.RandomModel;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;

/** Steps of streams make no objects, so a service that lives on them has no pauses. */
class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Enough for HotSpot; until it has compiled the Vector API, each vector is an object. */
    private static final int ROUNDS = 2_000;

    @TempDir static Path folder;

    /** Sessions that fill the tiles of a product, and leave the last one with few rows. */
    @ParameterizedTest
    @CsvSource({"true,1", "true,48", "true,37", "false,1", "false,37"})
    void stepsMakeNothing(boolean vector, int sessions) {
        Path file = folder.resolve("model.safetensors");
        RandomModel.write(
                file,
                new Shape(16, 3, false, false, 5, 1),
                "model.layers=1",
                "model.features=96",
                "model.states=128",
                "model.blocks=1",
                "model.bidirectional=false");
        try (S5Model model = CpuModel.of(Checkpoint.read(file), vector)) {
            S5Streams streams = model.streams(sessions);
            float[] values = new float[3 * sessions];
            long last = -1;
            for (int round = 0; round < ROUNDS && last != 0; round++) {
                values[0] += 0.01f;
                long before = THREADS.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 20; i++) {
                    streams.push(values);
                }
                last = THREADS.getCurrentThreadAllocatedBytes() - before;
            }
            assertEquals(0, last, "bytes of twenty steps");
        }
    }
}
