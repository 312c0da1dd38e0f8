package s5.cpu.norm;

import s5.cpu.CpuFused;
import s5.cpu.Machine;
import s5.cpu.RowTask;
import s5.ops.NormOp;
import s5.ops.Op;
import s5.ops.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Batch normalization or its adjoint cut in two: first the sums over all rows, then what is made of
 * each row with them. The first half can go along with what makes the rows, the second with what
 * needs them.
 *
 * @param op a {@link NormOp.BatchNorm} or {@link NormOp.BatchNormAdjoint}
 * @param second which half
 */
public record HalfNorm(NormOp op, boolean second) implements CpuFused {

    @Override
    public List<Tensor> reads() {
        return switch (op) {
            case NormOp.BatchNorm o when second ->
                    Op.present(o.x(), o.scale(), o.bias(), o.mean(), o.rstd());
            case NormOp.BatchNorm o -> Op.present(o.x(), o.runningMean(), o.runningVar());
            case NormOp.BatchNormAdjoint o when second ->
                    Op.present(
                            o.x(),
                            o.scale(),
                            o.mean(),
                            o.rstd(),
                            o.dY(),
                            o.residual(),
                            o.dScale(),
                            o.dBias());
            case NormOp.BatchNormAdjoint o -> Op.present(o.x(), o.mean(), o.rstd(), o.dY());
            default -> throw unknown();
        };
    }

    @Override
    public List<Tensor> writes() {
        return switch (op) {
            case NormOp.BatchNorm o when second -> List.of(o.y());
            case NormOp.BatchNorm o ->
                    List.of(o.runningMean(), o.runningVar(), o.mean(), o.rstd());
            case NormOp.BatchNormAdjoint o when second -> List.of(o.dX());
            case NormOp.BatchNormAdjoint o -> List.of(o.dScale(), o.dBias());
            default -> throw unknown();
        };
    }

    @Override
    public List<Tensor> inPlace() {
        return op instanceof NormOp.BatchNorm o && !second
                ? List.of(o.runningMean(), o.runningVar())
                : List.of();
    }

    @Override
    public List<Tensor> tensors() {
        return op.tensors();
    }

    @Override
    public Op map(UnaryOperator<Tensor> replacement) {
        return new HalfNorm((NormOp) op.map(replacement), second);
    }

    @Override
    public String name() {
        return op.name();
    }

    /**
     * {@return what carries it out}
     *
     * @param cpu what it runs on
     */
    public RowTask rows(Machine cpu) {
        NormTasks tasks = new NormTasks(cpu);
        return switch (op) {
            case NormOp.BatchNorm o -> second ? tasks.apply(o) : tasks.moments(o);
            case NormOp.BatchNormAdjoint o ->
                    second ? tasks.adjointApply(o) : tasks.adjointSums(o);
            default -> throw unknown();
        };
    }

    @Override
    public Runnable task(Machine cpu) {
        return rows(cpu).alone(cpu);
    }

    private IllegalArgumentException unknown() {
        return new IllegalArgumentException(op.name() + " has no halves");
    }

    /**
     * {@return the operations with the halves in the place of each batch normalization and each
     * adjoint}
     *
     * @param ops in order
     */
    public static List<Op> split(List<Op> ops) {
        List<Op> halves = new ArrayList<>();
        for (Op op : ops) {
            if (op instanceof NormOp.BatchNorm || op instanceof NormOp.BatchNormAdjoint) {
                halves.add(new HalfNorm((NormOp) op, false));
                halves.add(new HalfNorm((NormOp) op, true));
            } else {
                halves.add(op);
            }
        }
        return halves;
    }
}
