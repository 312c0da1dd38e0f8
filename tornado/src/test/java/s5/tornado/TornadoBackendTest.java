package s5.tornado;

import s5.ops.Backend;
import s5.ops.OpsContract;

/** Every operation, and the promises of a backend, on TornadoVM's first device. */
class TornadoBackendTest extends OpsContract {
    @Override
    protected Backend open() {
        TornadoProvider provider = new TornadoProvider();
        return provider.open(provider.devices().getFirst(), false);
    }
}
