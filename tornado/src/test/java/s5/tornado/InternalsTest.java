package s5.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import s5.ops.Backend;
import s5.tornado.Internals.Hook;
import s5.tornado.Internals.Place;

import uk.ac.manchester.tornado.api.TornadoExecutionPlan;

import java.util.List;

/** The private fields of TornadoVM that we use are there, in the SDK that this build is for. */
class InternalsTest {

    @Test
    void allFieldsAreThere() {
        assertEquals(6, Internals.HOOKS.size());
        for (Hook hook : Internals.HOOKS) {
            assertEquals(List.of(), hook.places().stream().filter(p -> !p.live()).toList());
            assertTrue(hook.live(), hook::lost);
        }
    }

    @Test
    void nothingIsMissing() {
        assertEquals(List.of(), Internals.missing());
        try (Backend backend = Device.open()) {
            assertFalse(backend.describe().contains("with this version"), backend.describe());
        }
    }

    @Test
    void aFieldThatIsNotThereOrOfAnotherTypeIsSeen() {
        assertFalse(new Place(TornadoExecutionPlan.class, "planOutcomes", List.class).live());
        assertFalse(new Place(TornadoExecutionPlan.class, "planResults", String.class).live());
    }
}
