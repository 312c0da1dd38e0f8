package s5.cpu.layer;

/**
 * Loops of the elementwise operations, each over a block of a flat array or of rows, in two
 * versions that do the same.
 *
 * <p>Matrices are row-major; {@code h} is the number of columns, {@code from} and {@code to} bound
 * the rows. {@code c} is the first column to work on: the vector version lets the plain one do the
 * columns that fill no vector. A {@code mask} has one row for every {@code length} rows. A matrix
 * that comes with a {@code stride} has its rows so far apart; with a stride of 0, one row stands
 * for all. Column sums are written (not added) to {@code sum} from index {@code at} on, one row of
 * {@code h} for each sum.
 */
interface Activations {

    /** {@code out = a + b}. */
    void add(float[] a, float[] b, float[] out, int from, int to);

    /** {@code out = gelu(x)}. */
    void gelu(float[] x, float[] out, int from, int to);

    /** {@code dX = dOut gelu'(x)}. */
    void geluAdjoint(float[] x, float[] dOut, float[] dX, int from, int to);

    /** The arrays of {@link s5.ops.LayerOp.SkipGelu}; {@code y} may be null. */
    record SkipGelu(
            float[] cx,
            float[] d,
            float[] u,
            float[] mask,
            int length,
            float[] y,
            float[] g,
            int h) {}

    /** {@link s5.ops.LayerOp.SkipGelu}. */
    void skipGelu(SkipGelu a, int c, int from, int to);

    /** The arrays of {@link s5.ops.LayerOp.SkipGeluAdjoint}. */
    record SkipGeluAdjoint(
            float[] y,
            float[] d,
            float[] u,
            float[] mask,
            int length,
            float[] dG,
            float[] direct,
            int directStride,
            float[] dY,
            float[] dU,
            float[] sum,
            int h) {}

    /** {@link s5.ops.LayerOp.SkipGeluAdjoint}; the sum is that of dY u. */
    void skipGeluAdjoint(SkipGeluAdjoint a, int at, int c, int from, int to);

    /** What {@link s5.ops.LayerOp.Gate} and its adjoint look at. */
    record Gated(
            float[] v, float[] vBias, float[] z, float[] zBias, float[] mask, int length, int h) {}

    /** {@link s5.ops.LayerOp.Gate}. */
    void gate(Gated a, float[] skip, float[] out, int c, int from, int to);

    /** The arrays of {@link s5.ops.LayerOp.GateAdjoint}. */
    record GateAdjoint(Gated gated, float[] dOut, float[] dV, float[] dZ, float[] sum) {}

    /** {@link s5.ops.LayerOp.GateAdjoint}; the sums are those of dV and of dZ. */
    void gateAdjoint(GateAdjoint a, int at, int c, int from, int to);
}
