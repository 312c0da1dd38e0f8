package s5.cpu.norm;

import s5.cpu.norm.Norms.Affine;
import s5.cpu.norm.Norms.LayerNorm;
import s5.ops.NormOp;

/**
 * A normalization outside of training with its arrays, to be run again and again on the calling
 * thread, without allocating. For one thread at a time.
 */
public final class FrozenNorm {
    private final Norms k;
    private final Affine affine; // null for layer normalization
    private final LayerNorm layer; // null for batch normalization
    private final float[] lanes;

    private FrozenNorm(Norms k, Affine affine, LayerNorm layer) {
        this.k = k;
        lanes = k.lanes();
        this.affine = affine;
        this.layer = layer;
    }

    /**
     * What a norm has learnt; see {@link NormOp.BatchNormFrozen} and {@link NormOp.LayerNorm}.
     *
     * @param factor (H): by what a feature is multiplied
     * @param bias (H)
     * @param mean (H), running; null for layer normalization
     */
    public record Weights(float[] factor, float[] bias, float[] mean) {

        /**
         * {@return those of batch normalization}
         *
         * @param scale (H)
         * @param bias (H)
         * @param mean (H), running
         * @param var (H), running
         */
        public static Weights batch(float[] scale, float[] bias, float[] mean, float[] var) {
            float[] factor = new float[scale.length];
            NormTasks.frozenFactors(scale, var, factor);
            return new Weights(factor, bias, mean);
        }

        /**
         * {@return those of layer normalization}
         *
         * @param scale (H)
         * @param bias (H)
         */
        public static Weights layer(float[] scale, float[] bias) {
            return new Weights(scale, bias, null);
        }
    }

    /**
     * Binds a norm to its arrays.
     *
     * @param weights of the norm
     * @param x (rows, H), row-major
     * @param y (rows, H); written
     * @param vector whether to use the Vector API
     * @return the norm of up to {@code rows} rows
     */
    public static FrozenNorm of(Weights weights, float[] x, float[] y, boolean vector) {
        Norms k = Norms.of(vector);
        float[] factor = weights.factor;
        float[] bias = weights.bias;
        int h = factor.length;
        if (weights.mean != null) {
            return new FrozenNorm(k, new Affine(x, weights.mean, factor, bias, y, h), null);
        }
        int rows = x.length / h;
        float[] mean = new float[rows];
        float[] rstd = new float[rows];
        return new FrozenNorm(k, null, new LayerNorm(x, factor, bias, mean, rstd, y, h));
    }

    /**
     * Normalizes the first rows of x.
     *
     * @param rows how many
     */
    public void run(int rows) {
        if (affine != null) {
            k.affine(affine, 0, 0, rows);
        } else {
            k.layerNorm(layer, lanes, 0, rows);
        }
    }
}
