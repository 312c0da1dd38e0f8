package s5.tornado;

import s5.ops.Backend;
import s5.ops.OpsContract;

/** Every operation, and the promises of a backend, on TornadoVM. */
class TornadoBackendTest extends OpsContract {
    @Override
    protected Backend open() {
        return Device.open();
    }
}
