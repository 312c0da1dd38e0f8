package s5.ops.reference;

import s5.ops.Backend;
import s5.ops.OpCase;
import s5.ops.OpCases;
import s5.ops.OpsContract;

import java.util.stream.Stream;

/** The reference keeps the promises that it checks others for. */
class ReferenceBackendTest extends OpsContract {
    @Override
    protected Backend open() {
        return new ReferenceBackend();
    }

    /** It is held against itself, which large sizes add nothing to but time. */
    @Override
    protected Stream<OpCase> cases() {
        return OpCases.small();
    }
}
