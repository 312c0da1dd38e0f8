package s5.cpu;

import s5.ops.Backend;
import s5.ops.OpsContract;

/** All operations in plain loops. Three threads: more than most machines that test have cores. */
class ScalarCpuTest extends OpsContract {
    @Override
    protected Backend open() {
        return new CpuBackend(3, false);
    }
}
