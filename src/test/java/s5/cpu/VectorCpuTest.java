package s5.cpu;

import s5.ops.Backend;
import s5.ops.OpsContract;

/** All operations with the Vector API. */
class VectorCpuTest extends OpsContract {
    @Override
    protected Backend open() {
        return new CpuBackend(2, true);
    }
}
