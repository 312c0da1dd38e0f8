package s5.cpu.layer;

import s5.cpu.layer.Activations.Gated;
import s5.cpu.layer.Activations.SkipGelu;

import java.util.Arrays;

/**
 * What comes behind the state space in a layer, with its arrays, to be run again and again on the
 * calling thread, without allocating: {@link s5.ops.LayerOp.SkipGelu}, {@link s5.ops.LayerOp.Gate},
 * {@link s5.ops.LayerOp.Add}. For one thread at a time.
 */
public final class LayerEnd {
    private final Activations k;
    private final int h;
    private final float[] ones;
    private final float[] zeros;

    /**
     * Layer ends of that width.
     *
     * @param h H
     * @param vector whether to use the Vector API
     */
    public LayerEnd(int h, boolean vector) {
        this.h = h;
        k = vector ? new VectorActivations() : new PlainActivations();
        ones = new float[h];
        Arrays.fill(ones, 1f);
        zeros = new float[h];
    }

    /** An operation on the first rows of its arrays. */
    public interface Rows {
        /**
         * Computes them.
         *
         * @param rows how many
         */
        void run(int rows);
    }

    /**
     * {@return {@code y = cx + D u, g = gelu(y)}}
     *
     * @param cx (rows, H)
     * @param d (H)
     * @param u (rows, H)
     * @param y (rows, H), written; or null when it is not needed
     * @param g (rows, H); written
     */
    public Rows skipGelu(float[] cx, float[] d, float[] u, float[] y, float[] g) {
        SkipGelu arrays = new SkipGelu(cx, d, u, ones, Integer.MAX_VALUE, y, g, h);
        return rows -> k.skipGelu(arrays, 0, 0, rows);
    }

    /**
     * {@return {@code out = skip + (v + vBias) sigmoid(z + zBias)}}
     *
     * @param v (rows, H)
     * @param vBias (H), or null
     * @param z (rows, H)
     * @param zBias (H)
     * @param skip (rows, H)
     * @param out (rows, H); written
     */
    public Rows gate(
            float[] v, float[] vBias, float[] z, float[] zBias, float[] skip, float[] out) {
        Gated arrays =
                new Gated(v, vBias == null ? zeros : vBias, z, zBias, ones, Integer.MAX_VALUE, h);
        return rows -> k.gate(arrays, skip, out, 0, 0, rows);
    }

    /**
     * {@return {@code out = a + b}}
     *
     * @param a (rows, H)
     * @param b (rows, H)
     * @param out (rows, H); written
     */
    public Rows add(float[] a, float[] b, float[] out) {
        return rows -> k.add(a, b, out, 0, rows * h);
    }
}
