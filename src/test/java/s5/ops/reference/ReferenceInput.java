package s5.ops.reference;

import static s5.ops.reference.Matrices.columnSums;
import static s5.ops.reference.Matrices.matrix;
import static s5.ops.reference.Matrices.plusRow;
import static s5.ops.reference.Matrices.product;
import static s5.ops.reference.Matrices.transpose;

import org.ejml.data.DMatrixRMaj;

import s5.ops.InputOp;
import s5.ops.Tensor;
import s5.ops.reference.Matrices.Formula;

/** {@link InputOp} in double precision. */
final class ReferenceInput {
    private final ReferenceMemory memory;

    ReferenceInput(ReferenceMemory memory) {
        this.memory = memory;
    }

    void run(InputOp op) {
        switch (op) {
            case InputOp.Embed o -> embed(o);
            case InputOp.EmbedAdjoint o -> embedAdjoint(o);
            case InputOp.Dense o -> dense(o);
            case InputOp.DenseAdjoint o -> denseAdjoint(o);
            case InputOp.Append o -> append(o);
            case InputOp.AppendAdjoint o -> appendAdjoint(o);
        }
    }

    private void embed(InputOp.Embed o) {
        memory.store(
                o.out(),
                plusRow(
                        product(oneHot(o.tokens(), o.w().rows()), memory.matrixOf(o.w())),
                        memory.vector(o.bias())));
    }

    private void embedAdjoint(InputOp.EmbedAdjoint o) {
        DMatrixRMaj x = oneHot(o.tokens(), o.dW().rows());
        DMatrixRMaj dy = memory.matrixOf(o.dOut());
        memory.store(o.dW(), product(transpose(x), dy));
        memory.store(o.dBias(), columnSums(dy));
    }

    private void dense(InputOp.Dense o) {
        memory.store(
                o.out(),
                plusRow(
                        product(memory.matrixOf(o.x()), memory.matrixOf(o.w())),
                        memory.vector(o.bias())));
    }

    private void denseAdjoint(InputOp.DenseAdjoint o) {
        DMatrixRMaj xs = memory.matrixOf(o.x());
        DMatrixRMaj ws = memory.matrixOf(o.w());
        DMatrixRMaj dy = memory.matrixOf(o.dOut());
        memory.store(o.dW(), product(transpose(xs), dy));
        memory.store(o.dBias(), columnSums(dy));
        if (o.dX() != null) {
            memory.store(o.dX(), product(dy, transpose(ws)));
        }
    }

    private void append(InputOp.Append o) {
        DMatrixRMaj xs = memory.matrixOf(o.x());
        double[] last = memory.vector(o.column());
        Formula element = (i, j) -> j < o.x().columns() ? xs.get(i, j) : last[i];
        memory.store(o.out(), matrix(o.x().rows(), o.x().columns() + 1, element));
    }

    private void appendAdjoint(InputOp.AppendAdjoint o) {
        DMatrixRMaj d = memory.matrixOf(o.dOut());
        memory.store(o.dX(), matrix(o.dX().rows(), o.dX().columns(), d::get));
    }

    private DMatrixRMaj oneHot(Tensor tokens, int classes) {
        int[] token = memory.integers(tokens);
        return matrix(tokens.size(), classes, (i, v) -> token[i] == v ? 1 : 0);
    }
}
