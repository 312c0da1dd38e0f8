package s5.cpu.product;

import s5.cpu.Blocks;
import s5.cpu.Machine;
import s5.cpu.Workspace;
import s5.cpu.product.Products.Matrices;

/**
 * A matrix product {@code c = op(a) op(b)} of given shape, cut into blocks.
 *
 * <p>Usually b is small and packed once, and each task takes some rows of c. When instead the sum
 * is long and c small (the gradient of a weight matrix), each task takes a part of the sum, and the
 * parts are added up in double, in their order.
 */
public final class Gemm {
    /** Terms that are summed in float32 without a break. */
    static final int K_BLOCK = 512;

    private static final int SPLIT_K_BLOCK = 256;

    /** Sums longer than this are split over tasks, when c is small. */
    private static final int LONG_SUM = 1_024;

    private static final int SMALL_C = 1 << 20;

    /** Floats that the parts of a split sum may take together. */
    private static final int PARTIALS = 1 << 22;

    private static final int MOST_PARTS = 64;

    /** Rows of c that a task takes at most. */
    private static final int MOST_ROWS = 240;

    /** A multiple of the rows of all tiles. */
    static final int TILE_ROWS = 24;

    /** Products that a task has at least: some 5 microseconds. */
    private static final int TASK_PRODUCTS = 1 << 18;

    /** Tasks that keep 64 cores busy. */
    private static final int ENOUGH_TASKS = 256;

    private static final int CHUNK = 1_024;

    private final Machine cpu;
    private final Products products;
    private final int m;
    private final int n;
    private final int k;
    private final int aM;
    private final int aK;
    private final int bK;
    private final int bN;
    private final int padded;
    private final boolean split;
    private final boolean inPlace;
    private final Blocks rows;
    private final Blocks parts;

    /**
     * A product of these sizes.
     *
     * @param cpu what it runs on
     * @param m rows of c
     * @param n columns of c
     * @param k terms of each sum
     * @param aM distance in memory between rows of op(a)
     * @param aK distance in memory between columns of op(a)
     * @param bK distance in memory between rows of op(b)
     * @param bN distance in memory between columns of op(b)
     */
    public Gemm(Machine cpu, int m, int n, int k, int aM, int aK, int bK, int bN) {
        this.cpu = cpu;
        products = cpu.vector() ? new VectorProducts(aM, aK) : new PlainProducts();
        this.m = m;
        this.n = n;
        this.k = k;
        this.aM = aM;
        this.aK = aK;
        this.bK = bK;
        this.bN = bN;
        padded = products.padded(n);
        Workspace workspace = cpu.workspace();
        split = k > LONG_SUM && (long) m * n <= SMALL_C;
        inPlace = split && bN == 1 && products.inPlace(n);
        // As many rows as fit into L2 with their k terms, unless so few tasks came of it that cores
        // would be idle; but never so few that handing out a task counts.
        long least = TASK_PRODUCTS / ((long) n * k);
        long even = Math.max(least, m / ENOUGH_TASKS);
        int size = roundUp(Math.clamp(even, TILE_ROWS, MOST_ROWS), TILE_ROWS);
        if (split) {
            int count = Math.clamp(PARTIALS / (m * n), 1, MOST_PARTS);
            parts = new Blocks(k, roundUp((k + count - 1) / count, SPLIT_K_BLOCK));
            // Blocks of like size, so that the last one is no small one.
            int blocks = (m + MOST_ROWS - 1) / MOST_ROWS;
            rows = new Blocks(m, Math.min(m, roundUp((m + blocks - 1) / blocks, TILE_ROWS)));
            workspace.needFloats(parts.count() * m * n);
            workspace.needOwnFloats(inPlace ? 0 : SPLIT_K_BLOCK * padded);
            workspace.needOwnDoubles(CHUNK);
        } else {
            parts = null;
            rows = new Blocks(m, size);
            workspace.needFloats(Math.multiplyExact(k, padded));
        }
    }

    private static int roundUp(int x, int multiple) {
        return (x + multiple - 1) / multiple * multiple;
    }

    /**
     * Computes c.
     *
     * @param a m k values
     * @param b k n values
     * @param bias (n), added to each row, unless null
     * @param accumulate whether to add to c
     * @param c (m, n), row-major; written
     */
    public void run(float[] a, float[] b, float[] bias, boolean accumulate, float[] c) {
        if (split) {
            runSplit(a, b, bias, accumulate, c);
        } else {
            runRows(a, b, bias, accumulate, c);
        }
    }

    private void runRows(float[] a, float[] b, float[] bias, boolean accumulate, float[] c) {
        float[] packed = cpu.workspace().floats();
        Matrices x = new Matrices(a, aM, aK, packed, 0, c, n, null);
        int kBlocks = (k + K_BLOCK - 1) / K_BLOCK;
        cpu.run(
                kBlocks,
                (block, _) -> {
                    int from = block * K_BLOCK;
                    int size = Math.min(K_BLOCK, k - from);
                    products.pack(b, from * bK, bK, bN, size, n, packed, from * padded);
                });
        cpu.each(
                rows,
                (first, to, _, _) -> {
                    if (bias != null) {
                        for (int i = first; i < to; i++) {
                            System.arraycopy(bias, 0, c, i * n, n);
                        }
                    }
                    for (int from = 0; from < k; from += K_BLOCK) {
                        products.gemm(
                                x,
                                first * aM + from * aK,
                                from * padded,
                                first * n,
                                to - first,
                                Math.min(K_BLOCK, k - from),
                                accumulate || bias != null || from > 0);
                    }
                });
    }

    private void runSplit(float[] a, float[] b, float[] bias, boolean accumulate, float[] c) {
        float[] partial = cpu.workspace().floats();
        int rowBlocks = rows.count();
        cpu.run(
                parts.count() * rowBlocks,
                (task, worker) -> {
                    int part = task / rowBlocks;
                    int first = rows.from(task % rowBlocks);
                    int height = rows.to(task % rowBlocks) - first;
                    float[] packed = cpu.workspace().floats(worker);
                    Matrices x =
                            inPlace
                                    ? new Matrices(a, aM, aK, b, bK, partial, n, null)
                                    : new Matrices(a, aM, aK, packed, 0, partial, n, null);
                    int to = parts.to(part);
                    for (int from = parts.from(part); from < to; from += SPLIT_K_BLOCK) {
                        int size = Math.min(SPLIT_K_BLOCK, to - from);
                        if (!inPlace) {
                            products.pack(b, from * bK, bK, bN, size, n, packed, 0);
                        }
                        products.gemm(
                                x,
                                first * aM + from * aK,
                                inPlace ? from * bK : 0,
                                (part * m + first) * n,
                                height,
                                size,
                                from > parts.from(part));
                    }
                });
        cpu.each(
                new Blocks(m * n, CHUNK),
                (from, to, _, worker) -> {
                    double[] sum = cpu.workspace().doubles(worker);
                    for (int i = from; i < to; i++) {
                        double start = accumulate ? c[i] : 0;
                        sum[i - from] = bias == null ? start : start + bias[i % n];
                    }
                    for (int part = 0; part < parts.count(); part++) {
                        int at = part * m * n;
                        for (int i = from; i < to; i++) {
                            sum[i - from] += partial[at + i];
                        }
                    }
                    for (int i = from; i < to; i++) {
                        c[i] = (float) sum[i - from];
                    }
                });
    }
}
