package s5.tornado.product;

import s5.tornado.Launch;

/**
 * How {@link MatmulKernels} cuts up a product of (m, k) and (k, n). When c is small and k large, as
 * in the gradient of a weight, k is split into fixed shares whose products are added afterwards.
 *
 * @param m rows of c
 * @param n columns of c
 * @param k what is summed over
 * @param rowTiles blocks of c one below the other
 * @param columnTiles blocks of c side by side
 * @param share how much of k a split takes
 * @param splits how many there are
 */
record MatmulPlan(int m, int n, int k, int rowTiles, int columnTiles, int share, int splits) {

    /** Most columns of a group. */
    private static final int LANES = 64;

    /** Groups wanted at least; k is split to get there. */
    private static final int GROUPS = 512;

    /** The least share of k that is worth a group. */
    private static final int LEAST_SHARE = 512;

    static MatmulPlan of(int m, int n, int k) {
        if (m < 1 || n < 1 || k < 1) {
            throw new IllegalArgumentException("product of " + m + ", " + n + ", " + k);
        }
        int rowTiles = Math.ceilDiv(m, MatmulKernels.ROWS);
        int columnTiles = Math.ceilDiv(n, LANES);
        int blocks = rowTiles * columnTiles;
        int most = Math.max(1, k / LEAST_SHARE);
        int splits = Math.min(most, Math.max(1, GROUPS / blocks));
        int share = Math.ceilDiv(k, splits);
        return new MatmulPlan(m, n, k, rowTiles, columnTiles, share, Math.ceilDiv(k, share));
    }

    /** One group for each block of c and share of k. */
    Launch launch() {
        return new Launch(rowTiles * columnTiles * splits, Math.ceilDiv(n, columnTiles));
    }

    /** One thread for each element of c. */
    Launch combineLaunch() {
        return Launch.over(m * n);
    }

    /** Elements of the array of partial products; 0 when there is one split. */
    int partialSize() {
        return splits == 1 ? 0 : splits * m * n;
    }
}
