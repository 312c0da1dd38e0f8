package s5.ops.reference;

import s5.ops.Backend;
import s5.ops.OpsContract;

/** The reference keeps the promises that it checks others for. */
class ReferenceBackendTest extends OpsContract {
    @Override
    protected Backend open() {
        return new ReferenceBackend();
    }
}
