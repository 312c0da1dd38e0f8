package s5.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import s5.ops.Backend;
import s5.ops.OpCase;
import s5.ops.OpCases;
import s5.ops.OpsContract;

import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * {@code kernels: plain}: the scans' definition in plain loops, and the tuned kernels beside it.
 */
class PlainScansTest extends OpsContract {
    /** Less than a chunk, whole chunks, one position more, and many. */
    private static final Pattern CASES = Pattern.compile("scan.* L=(1|64|65|129|1000|2049) .*");

    /** Several tiles and several chunks, the last ones not full. */
    private static final Pattern BOTH = Pattern.compile("scan.* L=(400|1000|5000) .*");

    @Override
    protected Backend open() {
        return Device.open(true);
    }

    @Override
    @TestFactory
    protected Stream<DynamicTest> operations() {
        return super.operations().filter(test -> CASES.matcher(test.getDisplayName()).matches());
    }

    @Test
    void theDeviceSaysWhichFormItRuns() {
        try (Backend tuned = Device.open();
                Backend plain = Device.open(true)) {
            assertTrue(plain.describe().contains("; scans in plain loops"), plain.describe());
            assertFalse(tuned.describe().contains("plain"), tuned.describe());
        }
    }

    /** Within what either may be off from the exact result. */
    @TestFactory
    Stream<DynamicTest> theTunedKernelsDoTheSame() {
        Backend tuned = Device.open();
        Backend plain = Device.open(true);
        return OpCases.all()
                .filter(opCase -> BOTH.matcher(opCase.name()).matches())
                .map(opCase -> dynamicTest(opCase.name(), () -> compare(opCase, tuned, plain)))
                .onClose(tuned::close)
                .onClose(plain::close);
    }

    private static void compare(OpCase opCase, Backend tuned, Backend plain) {
        Map<String, float[]> expected = opCase.run(plain);
        Map<String, float[]> actual = opCase.run(tuned);
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((tensor, values) -> {
            double[] exact =
                    IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
            double error = OpCase.error(exact, actual.get(tensor));
            assertTrue(error <= opCase.tolerance(), () -> opCase + ": " + tensor + " " + error);
        });
    }
}
