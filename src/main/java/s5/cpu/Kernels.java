package s5.cpu;

/**
 * The inner loops, in two versions that do the same. Each works in one thread on one block.
 *
 * @param description for the user
 */
record Kernels(
        String description,
        Products products,
        Activations activations,
        Norms norms,
        Scans scans,
        Convolutions convolutions) {

    /** Plain loops; loads no class of the Vector API. */
    static Kernels plain() {
        return new Kernels(
                "plain loops",
                new PlainProducts(),
                new PlainActivations(),
                new PlainNorms(),
                new PlainScans(),
                new PlainConvolutions());
    }

    /** Loops in the Vector API, at the width this machine prefers. */
    static Kernels vector() {
        return new Kernels(
                "Vector API with " + VectorMath.V + " lanes",
                new VectorProducts(),
                new VectorActivations(),
                new VectorNorms(),
                new VectorScans(),
                new VectorConvolutions());
    }
}
