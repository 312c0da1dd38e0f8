package s5.cpu;

import s5.cpu.layer.LayerTasks;
import s5.cpu.norm.HalfNorm;
import s5.cpu.norm.NormTasks;
import s5.cpu.product.MatmulTask;
import s5.ops.LayerOp;
import s5.ops.Matmul;
import s5.ops.NormOp;
import s5.ops.Op;
import s5.ops.Tensor;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Operations that work row by row, each on what those before it made: all of them on a block of
 * rows, then on the next, so that what passes between them is still in the cache. Each does the
 * same arithmetic in the same order as by itself; no bit changes.
 *
 * @param links in order
 */
record Chain(List<Op> links) implements CpuFused {
    /** Rows of a block, at most, unless a sum needs more; as in the products. */
    private static final int MOST_ROWS = 240;

    /** Blocks that keep many cores busy; they are not made larger where there would be fewer. */
    private static final int ENOUGH_BLOCKS = 256;

    /** {@return whether an operation can be a link} */
    static boolean linkable(Op op) {
        return switch (op) {
            case Matmul o -> !o.transposeA() && MatmulTask.byRows(o);
            case NormOp.BatchNormFrozen _, NormOp.LayerNorm _, NormOp.LayerNormAdjoint _ -> true;
            case LayerOp.SkipGelu _, LayerOp.SkipGeluAdjoint _ -> true;
            case LayerOp.Gate _, LayerOp.GateAdjoint _ -> true;
            case HalfNorm _ -> true;
            default -> false;
        };
    }

    /** {@return whether a link keeps sums over blocks} */
    static boolean sums(Op op) {
        return switch (op) {
            case NormOp.LayerNormAdjoint _ -> true;
            case LayerOp.SkipGeluAdjoint _, LayerOp.GateAdjoint _ -> true;
            case HalfNorm half -> !half.second();
            default -> false;
        };
    }

    /** {@return a tensor whose rows are those that a link works on} */
    static Tensor rows(Op op) {
        return switch (op) {
            case Matmul o -> o.c();
            case NormOp.BatchNormFrozen o -> o.x();
            case NormOp.LayerNorm o -> o.x();
            case NormOp.LayerNormAdjoint o -> o.x();
            case LayerOp.SkipGelu o -> o.cx();
            case LayerOp.SkipGeluAdjoint o -> o.y();
            case LayerOp.Gate o -> o.v();
            case LayerOp.GateAdjoint o -> o.v();
            case HalfNorm(NormOp.BatchNorm o, _) -> o.x();
            case HalfNorm(NormOp.BatchNormAdjoint o, _) -> o.x();
            default -> throw new IllegalArgumentException(op.name() + " is no link");
        };
    }

    /** {@return tensors that a link needs whole, and ready before the first block} */
    static List<Tensor> whole(Op op) {
        int rows = rows(op).rows();
        List<Tensor> whole = new ArrayList<>();
        for (Tensor t : op.reads()) {
            boolean weight = op instanceof Matmul o && t.equals(o.b());
            if (weight || t.shape().length < 2 || t.rows() != rows) {
                whole.add(t);
            }
        }
        return whole;
    }

    private static RowTask task(Op op, Machine cpu) {
        return switch (op) {
            case Matmul o -> MatmulTask.rows(o, cpu);
            case NormOp o -> new NormTasks(cpu).rows(o);
            case LayerOp o -> new LayerTasks(cpu).rows(o);
            case HalfNorm o -> o.rows(cpu);
            default -> throw new IllegalArgumentException(op.name() + " is no link");
        };
    }

    @Override
    public Runnable task(Machine cpu) {
        List<RowTask> tasks = new ArrayList<>();
        cpu.workspace().together(() -> links.forEach(op -> tasks.add(task(op, cpu))));
        int rows = rows(links.getFirst()).rows();
        Blocks fine =
                tasks.stream()
                        .filter(RowTask::sums)
                        .map(RowTask::blocks)
                        .findFirst()
                        .orElse(new Blocks(rows, MOST_ROWS));
        int group = Math.clamp(fine.count() / ENOUGH_BLOCKS, 1, Math.max(1, MOST_ROWS / fine.size()));
        Blocks coarse = new Blocks(rows, group * fine.size());
        return () -> {
            List<Machine.RowLoop> loops = tasks.stream().map(task -> task.start().get()).toList();
            cpu.each(
                    coarse,
                    (from, to, block, worker) -> {
                        for (int i = 0; i < loops.size(); i++) {
                            if (tasks.get(i).sums()) {
                                for (int at = from; at < to; at += fine.size()) {
                                    int end = Math.min(to, at + fine.size());
                                    loops.get(i).run(at, end, at / fine.size(), worker);
                                }
                            } else {
                                loops.get(i).run(from, to, block, worker);
                            }
                        }
                    });
            tasks.forEach(task -> task.end().run());
        };
    }

    @Override
    public List<Tensor> reads() {
        Set<Tensor> reads = new LinkedHashSet<>();
        Set<Tensor> made = new HashSet<>();
        for (Op op : links) {
            op.reads().stream().filter(t -> !made.contains(t)).forEach(reads::add);
            made.addAll(op.writes());
        }
        return List.copyOf(reads);
    }

    @Override
    public List<Tensor> writes() {
        Set<Tensor> writes = new LinkedHashSet<>();
        links.forEach(op -> writes.addAll(op.writes()));
        return List.copyOf(writes);
    }

    @Override
    public List<Tensor> inPlace() {
        List<Tensor> writes = writes();
        return reads().stream().filter(writes::contains).toList();
    }

    @Override
    public List<Tensor> tensors() {
        return links.stream().flatMap(op -> op.tensors().stream()).distinct().toList();
    }

    @Override
    public Op map(UnaryOperator<Tensor> replacement) {
        return new Chain(links.stream().map(op -> op.map(replacement)).toList());
    }

    /** {@return the names of its links} */
    @Override
    public String name() {
        return String.join("+", links.stream().map(Op::name).toList());
    }
}
