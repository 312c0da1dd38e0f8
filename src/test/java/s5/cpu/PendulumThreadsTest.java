package s5.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import s5.ops.OpCase;
import s5.ops.OpCases;

import java.util.Map;
import java.util.stream.Stream;

/** Of the pendulum operations, threads change no bit, and the Vector API none of a convolution. */
class PendulumThreadsTest {
    @TestFactory
    Stream<DynamicTest> operations() {
        return OpCases.all()
                .filter(c -> c.name().matches("(scanTimed|conv|gaussian|input|append).*"))
                .map(c -> dynamicTest(c.name(), () -> check(c)));
    }

    private static void check(OpCase opCase) {
        Map<String, float[]> one = run(opCase, 1, true);
        run(opCase, 3, true).forEach((name, values) -> assertArrayEquals(one.get(name), values));
        run(opCase, 2, false).forEach((name, values) -> assertArrayEquals(one.get(name), values));
    }

    private static Map<String, float[]> run(OpCase opCase, int threads, boolean vector) {
        try (CpuBackend backend = new CpuBackend(threads, vector)) {
            return opCase.run(backend);
        }
    }
}
