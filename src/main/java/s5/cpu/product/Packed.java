package s5.cpu.product;

import s5.cpu.VectorMath;
import s5.cpu.product.Products.Matrices;

/**
 * A matrix that is packed once and then multiplied by few rows at a time, again and again, on the
 * calling thread: {@code c = a b}. The sums are those of a {@link Gemm}, term by term. Immutable.
 */
public final class Packed {
    /** Rows that are computed one by one, since a tile of them would be mostly empty. */
    private static final int FEW = 4;

    private final int k;
    private final int n;
    private final float[] packed;
    private final Products products;

    /**
     * Packs a matrix.
     *
     * @param b (k, n), row-major
     * @param k its rows
     * @param n its columns
     * @param vector whether to use the Vector API
     */
    public Packed(float[] b, int k, int n, boolean vector) {
        this.k = k;
        this.n = n;
        products = vector ? new VectorProducts(k, 1) : new PlainProducts();
        int padded = products.padded(n);
        packed = new float[Math.multiplyExact(k, padded)];
        for (int from = 0; from < k; from += Gemm.K_BLOCK) {
            int size = Math.min(Gemm.K_BLOCK, k - from);
            products.pack(b, from * n, n, 1, size, n, packed, from * padded);
        }
    }

    /** A product with its arrays; for one thread at a time. */
    public final class Product {
        private final Matrices x;

        private Product(float[] a, float[] c, float[] edge) {
            x = new Matrices(a, k, 1, packed, 0, c, n, edge);
        }

        /**
         * Computes the first rows of c.
         *
         * @param rows how many
         */
        public void run(int rows) {
            int rest = rows % Gemm.TILE_ROWS;
            int whole = rest < FEW ? rows - rest : rows;
            int padded = packed.length / k;
            for (int from = 0; from < k; from += Gemm.K_BLOCK) {
                int size = Math.min(Gemm.K_BLOCK, k - from);
                if (whole > 0) {
                    products.gemm(x, from, from * padded, 0, whole, size, from > 0);
                }
                for (int row = whole; row < rows; row++) {
                    products.row(x, row * k + from, from * padded, row * n, size, from > 0);
                }
            }
        }
    }

    /**
     * {@return the product with these arrays}
     *
     * @param a (rows, k), row-major
     * @param c (rows, n), row-major; written
     * @param edge from {@link #edge}
     */
    public Product product(float[] a, float[] c, float[] edge) {
        return new Product(a, c, edge);
    }

    /**
     * {@return scratch for products that run one after the other, so that they allocate nothing}
     *
     * @param rows that they compute at most
     * @param vector whether they use the Vector API
     */
    public static float[] edge(int rows, boolean vector) {
        int floats = rows < FEW ? VectorMath.V : VectorProducts.EDGE;
        return new float[vector ? floats : 0];
    }
}
