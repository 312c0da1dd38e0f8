package s5.timing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import s5.Devices;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.data.Shape;
import s5.ops.Backend;

class BenchmarkTest {
    private static final Config CONFIG =
            ConfigLoader.of(
                    "data.set=smnist",
                    "model.layers=1",
                    "model.features=4",
                    "model.states=4",
                    "model.blocks=1",
                    "train.batch=2");

    /** Three steps of a small model are over before the JIT compiler has begun. */
    @Test
    void warmsUpForATime() {
        try (Backend backend = Devices.open("cpu", CONFIG.precision(), CONFIG.kernels(), 1)) {
            long begun = System.nanoTime();
            Benchmark.Result result =
                    Benchmark.run(CONFIG, new Shape(8, 1, false, false, 4, 1), backend, 3, 0.4, 5);
            assertTrue(System.nanoTime() - begun >= 800_000_000L, "of both kinds of step");
            assertTrue(result.trainInARow() > 0 && result.trainInARow() < 1000);
            for (Benchmark.Times times :
                    new Benchmark.Times[] {result.train(), result.evaluation()}) {
                assertTrue(times.least() > 0 && times.least() <= times.median());
                assertTrue(times.median() <= times.most());
            }
        }
    }
}
