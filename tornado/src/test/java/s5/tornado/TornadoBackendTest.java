package s5.tornado;

import s5.ops.Backend;
import s5.ops.OpCase;
import s5.ops.OpsContract;

import java.util.Arrays;

/** Every operation, and the promises of a backend, on TornadoVM. */
class TornadoBackendTest extends OpsContract {
    @Override
    protected Backend open() {
        return Device.open();
    }

    /** What {@link PendulumOps} refuses. */
    @Override
    protected boolean supports(OpCase opCase) {
        String op = opCase.name().split(" ", 2)[0];
        return Arrays.stream(PendulumOps.class.getDeclaredMethods())
                .noneMatch(m -> m.getName().equals(op));
    }
}
