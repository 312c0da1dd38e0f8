package s5.model;

import s5.ops.HeadOp.Fit;
import s5.ops.LayerOp.DropoutMask;
import s5.ops.LayerOp.MaskRows;
import s5.ops.Program;
import s5.ops.Tensor;

/**
 * What is fixed while the program of a step is written.
 *
 * @param program gets the operations
 * @param sequences B: sequences in the batch, two for each sample in retrieval
 * @param length L
 * @param training statistics of the batch and dropout; else running statistics and none
 * @param lengths int32 (B), INPUT: the positions before the padding; null when nothing is padded
 * @param dt (B, L): the time before each position; null when all are one step apart
 * @param stepRescale multiplies every Delta: 2 for input at half the rate
 * @param dropout rate, 0 for none
 * @param fit what the means of a regression learn from
 * @param counters INPUT, see {@link s5.ops.Counters}
 */
record Pass(
        Program program,
        int sequences,
        int length,
        boolean training,
        Tensor lengths,
        Tensor dt,
        float stepRescale,
        float dropout,
        Fit fit,
        Tensor counters) {

    /** B L, the rows of an activation. */
    int rows() {
        return sequences * length;
    }

    /** The dropout mask (B, H) of a place in the model, or null where there is none. */
    Tensor mask(String name, int site, int features) {
        if (!training || dropout == 0) {
            return null;
        }
        Tensor mask = Tensor.scratch(name, sequences, features);
        program.add(new DropoutMask(counters, site, dropout, mask));
        return mask;
    }

    /** Puts zeros into the padding of x (B L, F), if there is any. */
    void maskRows(Tensor x) {
        if (lengths != null) {
            program.add(new MaskRows(x, lengths));
        }
    }
}
