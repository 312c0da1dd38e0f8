package s5.tornado.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.tornado.Launch;

import java.util.List;

/** Every position and state is in one tile and group, and every launch is one that devices take. */
class ScanPlanTest {

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 2", "3, 7, 4, 1", "2, 16, 8, 2", "2, 1000, 15, 2", "5, 257, 33, 1",
        "2, 784, 64, 1", "1, 2049, 96, 2", "64, 130, 4, 2", "2, 513, 192, 2", "1, 100, 512, 1",
        "1, 5000, 1, 2", "1, 16384, 16, 2", "1, 20000, 8, 2", "2, 700, 100, 2", "1, 600, 97, 1",
        "1, 70000, 1, 1", "3, 257, 3, 2", "16, 16000, 64, 1"
    })
    void coversEverythingOnce(int sequences, int length, int states, int directions) {
        for (ScanPlan plan :
                List.of(
                        ScanPlan.forward(sequences, length, states, directions),
                        ScanPlan.adjoint(sequences, length, states, directions),
                        ScanPlan.timed(sequences, length, states, directions))) {
            assertTrue(plan.tiles() * plan.chunkLength() * plan.chunks() >= length, plan::toString);
            assertTrue(
                    (plan.tiles() - 1) * plan.chunkLength() * plan.chunks() < length,
                    plan::toString);
            assertTrue(plan.stateGroups() * plan.lanes() >= states, plan::toString);
            assertTrue((plan.stateGroups() - 1) * plan.lanes() < states, plan::toString);
            assertTrue(plan.startGroups() * plan.startLanes() >= states, plan::toString);

            Launch tiles = plan.tileLaunch();
            assertEquals(sequences * plan.tiles() * plan.stateGroups(), tiles.groups());
            assertEquals(plan.lanes() * plan.chunks(), tiles.local());
            Launch starts = plan.startLaunch();
            assertTrue(starts.local() <= Launch.GROUP, plan::toString);
            int threads = starts.local() / plan.startLanes();
            assertTrue(threads * plan.startShare() >= plan.tiles(), plan::toString);

            boolean one = plan.tiles() == 1;
            int row = 2 * states * directions;
            int ends = sequences * plan.tiles() * row;
            assertEquals(one ? 1 : ends + row, plan.endsSize());
            assertEquals(one ? 1 : 2 * ends, plan.timedEndsSize());
            assertEquals(sequences * plan.tiles() * 2 * states, plan.partialSize());
        }
    }

    @Test
    void nothingToScanIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> ScanPlan.forward(1, 0, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> ScanPlan.forward(1, 1, 1, 3));
    }
}
