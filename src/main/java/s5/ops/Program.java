package s5.ops;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A list of operations in the order in which they run: a training step, or the evaluation of one
 * batch. A {@link Backend} compiles it into a {@link Step}.
 */
public final class Program {
    private final List<Op> ops = new ArrayList<>();

    /** An empty program. */
    public Program() {}

    /**
     * {@return a program of these operations}
     *
     * @param ops in the order in which they run
     */
    public static Program of(Op... ops) {
        Program program = new Program();
        for (Op op : ops) {
            program.add(op);
        }
        return program;
    }

    /**
     * Adds an operation at the end.
     *
     * @param op its tensors' shapes were checked when it was made
     * @throws IllegalArgumentException when it writes an input, a tensor twice, or one that it
     *     reads and that is not in place, or that it reads twice
     */
    public void add(Op op) {
        List<Tensor> writes = op.writes();
        for (int i = 0; i < writes.size(); i++) {
            Tensor t = writes.get(i);
            require(t.role() != Tensor.Role.INPUT, op, "writes the input", t, "");
            require(!writes.subList(0, i).contains(t), op, "writes", t, " twice");
            int reads = Collections.frequency(op.reads(), t);
            require(reads == 0 || op.inPlace().contains(t), op, "reads and writes", t, "");
            require(reads < 2, op, "reads twice and writes", t, "");
        }
        ops.add(op);
    }

    private static void require(boolean good, Op op, String does, Tensor t, String how) {
        if (!good) {
            throw new IllegalArgumentException(op.name() + ": " + does + " " + t + how);
        }
    }

    /** {@return the operations, in order; a view} */
    public List<Op> ops() {
        return Collections.unmodifiableList(ops);
    }

    /**
     * {@return the same program on other tensors}
     *
     * @param replacement of each tensor; called once for each place where one stands
     */
    public Program map(UnaryOperator<Tensor> replacement) {
        return of(ops.stream().map(op -> op.map(replacement)).toArray(Op[]::new));
    }

    /**
     * Puts other operations in the place of some, which do the same: fewer passes over memory, or a
     * share of the work. A class for each, beside what profits; tried on a program before and
     * after.
     */
    @FunctionalInterface
    public interface Rewrite {

        /**
         * {@return the operations to run instead, in order}
         *
         * @param ops in order; not to be changed
         */
        List<Op> apply(List<Op> ops);
    }

    /**
     * {@return the program that these rewrites make of this one, each working on what the one
     * before left}
     *
     * @param rewrites in the order in which they are applied
     */
    public Program rewritten(List<Rewrite> rewrites) {
        Program program = this;
        for (Rewrite rewrite : rewrites) {
            program = of(rewrite.apply(program.ops()).toArray(Op[]::new));
        }
        return program;
    }
}
