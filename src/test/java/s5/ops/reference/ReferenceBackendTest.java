package s5.ops.reference;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

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

    /** It is held against itself, which large sizes add nothing to but time, and many little. */
    @Override
    protected Stream<OpCase> cases() {
        return OpCases.some(7);
    }

    @Tag("thorough")
    @TestFactory
    Stream<DynamicTest> allOperations() {
        return tests(OpCases.small());
    }
}
