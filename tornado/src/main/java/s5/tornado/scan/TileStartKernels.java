package s5.tornado.scan;

import s5.tornado.Launch;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** The second pass of every scan: what each tile starts from. */
public final class TileStartKernels {
    private TileStartKernels() {}

    /**
     * Turns, in place, the ends of the tiles into the states before them: {@code start_t =
     * product_{t-1} start_{t-1} + end_{t-1}}, from the front for the forward direction and from
     * behind for the backward one; the other way in the adjoint. Thread {@code localIdx} holds
     * {@code share} neighbouring tiles of state {@code localIdx % lanes} of its group of states.
     *
     * @param ends (B tiles, 2P d), changed, and behind them the products: of each tile, or one row
     *     that is true of all
     * @param rows B tiles
     * @param adjoint 0 or 1
     * @param productWidth from a tile's products to the next one's: 2P d, or 0 where they are one
     *     row
     */
    public static void tileStarts(
            KernelContext c,
            FloatArray ends,
            int states,
            int lanes,
            int stateGroups,
            int rows,
            int tiles,
            int share,
            int directions,
            int adjoint,
            int productWidth) {
        float[] endRe = c.allocateFloatLocalArray(Launch.GROUP);
        float[] endIm = c.allocateFloatLocalArray(Launch.GROUP);
        float[] wholeRe = c.allocateFloatLocalArray(Launch.GROUP);
        float[] wholeIm = c.allocateFloatLocalArray(Launch.GROUP);
        int local = c.localIdx;
        int lane = local % lanes;
        int piece = local / lanes;
        int p = (c.groupIdx % stateGroups) * lanes + lane;
        int state = Math.min(p, states - 1);
        int rest = c.groupIdx / stateGroups;
        int direction = rest % directions;
        int sequence = rest / directions;
        // Steps are counted along the direction of this scan.
        int backward = (direction + adjoint) & 1;
        int along = 1 - 2 * backward;
        int width = 2 * states * directions;
        int from = piece * share;
        int left = tiles - from;
        int row = sequence * tiles + backward * (tiles - 1) + from * along;
        int base = row * width + direction * 2 * states + state;
        int products = rows * width + row * productWidth + direction * 2 * states + state;
        float[] re = new float[share];
        float[] im = new float[share];
        float[] byRe = new float[share];
        float[] byIm = new float[share];
        Chunk.read(ends, base, along * width, states, left, share, re, im);
        Chunk.read(ends, products, along * productWidth, states, left, share, byRe, byIm);
        float[] z = new float[2];
        float[] whole = new float[2];
        Complex.set(z, 0f, 0f);
        Complex.set(whole, 1f, 0f);
        for (int j = 0; j < share; j++) {
            Complex.step(z, byRe[j], byIm[j], re[j], im[j]);
            Complex.multiply(whole, byRe[j], byIm[j]);
        }
        endRe[local] = z[0];
        endIm[local] = z[1];
        wholeRe[local] = whole[0];
        wholeIm[local] = whole[1];
        c.localBarrier();
        Complex.set(z, 0f, 0f);
        for (int j = 0; j < piece; j++) {
            int at = j * lanes + lane;
            Complex.step(z, wholeRe[at], wholeIm[at], endRe[at], endIm[at]);
        }
        int writable = left;
        if (p >= states) {
            writable = 0;
        }
        for (int j = 0; j < share; j++) {
            if (j < writable) {
                ends.set(base + j * along * width, z[0]);
                ends.set(base + j * along * width + states, z[1]);
            }
            Complex.step(z, byRe[j], byIm[j], re[j], im[j]);
        }
    }
}
