package s5.cpu.norm;

import s5.cpu.Blocks;
import s5.ops.Tensor;

import java.util.Arrays;

/**
 * The rows that statistics are over, in pieces of neighbouring rows, none of them empty: all rows
 * in blocks; or the sequences without their padding, each in blocks of its own.
 */
final class Pieces {
    private final int[] from;
    private final int[] to;

    private Pieces(int[] from, int[] to) {
        this.from = from;
        this.to = to;
    }

    /**
     * The rows of x that count.
     *
     * @param tensor of the lengths, for their number; null when all rows count
     * @param lengths (B), each in [1, L]; null for as many pieces as any lengths make
     */
    static Pieces of(Tensor x, Tensor tensor, int[] lengths) {
        int sequences = tensor == null ? 1 : tensor.size();
        int length = x.rows() / sequences;
        int size = Blocks.of(length, x.columns()).size();
        int[] from = new int[sequences * ((length + size - 1) / size)];
        int[] to = new int[from.length];
        int count = 0;
        for (int b = 0; b < sequences; b++) {
            int end = b * length + (lengths == null ? length : lengths[b]);
            for (int row = b * length; row < end; row += size) {
                from[count] = row;
                to[count++] = Math.min(end, row + size);
            }
        }
        return new Pieces(Arrays.copyOf(from, count), Arrays.copyOf(to, count));
    }

    int count() {
        return from.length;
    }

    int from(int piece) {
        return from[piece];
    }

    /** The row behind the last one of a piece. */
    int to(int piece) {
        return to[piece];
    }

    /** All rows that count. */
    int rows() {
        int rows = 0;
        for (int p = 0; p < from.length; p++) {
            rows += to[p] - from[p];
        }
        return rows;
    }
}
