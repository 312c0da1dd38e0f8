package s5.ops;

/** The reference keeps the promises that it checks others for. */
class ReferenceBackendTest extends OpsContract {
    @Override
    protected Backend open() {
        return new ReferenceBackend();
    }
}
