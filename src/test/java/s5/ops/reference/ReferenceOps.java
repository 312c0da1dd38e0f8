package s5.ops.reference;

import static s5.ops.reference.Matrices.plus;
import static s5.ops.reference.Matrices.product;
import static s5.ops.reference.Matrices.transpose;

import org.ejml.data.DMatrixRMaj;

import s5.ops.HeadOp;
import s5.ops.ImageOp;
import s5.ops.InputOp;
import s5.ops.LayerOp;
import s5.ops.Matmul;
import s5.ops.NormOp;
import s5.ops.Op;
import s5.ops.RankOp;
import s5.ops.ScanOp;
import s5.ops.TimedOp;
import s5.ops.UpdateOp;

/**
 * Every {@link Op} in double precision, for {@link ReferenceBackend}: a class for each family, and
 * a few lines for each operation, written from the text of its record alone. An operation computes
 * all its results from the old values before it stores the first one, so any tensors may alias.
 */
final class ReferenceOps {
    private final ReferenceMemory memory;
    private final ReferenceInput input;
    private final ReferenceImage image;
    private final ReferenceNorm norm;
    private final ReferenceScan scan;
    private final ReferenceTimed timed;
    private final ReferenceLayer layer;
    private final ReferenceHead head;
    private final ReferenceUpdate update;
    private final ReferenceRank rank;

    ReferenceOps(ReferenceMemory memory) {
        this.memory = memory;
        input = new ReferenceInput(memory);
        image = new ReferenceImage(memory);
        norm = new ReferenceNorm(memory);
        scan = new ReferenceScan(memory);
        timed = new ReferenceTimed(memory);
        layer = new ReferenceLayer(memory);
        head = new ReferenceHead(memory);
        update = new ReferenceUpdate(memory);
        rank = new ReferenceRank(memory);
    }

    /** Carries an operation out. */
    void run(Op op) {
        switch (op) {
            case InputOp o -> input.run(o);
            case ImageOp o -> image.run(o);
            case Matmul o -> matmul(o);
            case NormOp o -> norm.run(o);
            case ScanOp o -> scan.run(o);
            case TimedOp o -> timed.run(o);
            case LayerOp o -> layer.run(o);
            case HeadOp o -> head.run(o);
            case UpdateOp o -> update.run(o);
            case RankOp o -> rank.run(o);
            case Op.Fused o -> throw new IllegalArgumentException(o.name() + ": has no reference");
        }
    }

    private void matmul(Matmul o) {
        DMatrixRMaj a = memory.matrixOf(o.a());
        DMatrixRMaj b = memory.matrixOf(o.b());
        DMatrixRMaj ab =
                product(o.transposeA() ? transpose(a) : a, o.transposeB() ? transpose(b) : b);
        memory.store(o.c(), o.accumulate() ? plus(memory.matrixOf(o.c()), ab) : ab);
    }
}
