package s5.infer;

import s5.ops.Op;
import s5.ops.Program;
import s5.ops.Tensor;
import s5.ops.Tensor.Role;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an evaluation computes of the parameters alone: the discretized matrices. It is done once,
 * and its results are shared by the evaluations of all lengths.
 */
final class Constants {
    private final Map<String, Tensor> tensors = new HashMap<>();
    private final Program program;

    /**
     * Finds the constant part.
     *
     * @param evaluation of any length
     */
    Constants(Program evaluation) {
        Set<Tensor> constant = constant(evaluation);
        for (Tensor t : constant) {
            if (tensors.put(t.name(), Tensor.state(t.name(), t.shape())) != null) {
                throw new IllegalStateException("two constants have the name " + t.name());
            }
        }
        program = new Program();
        for (Op op : evaluation.ops()) {
            if (constant.containsAll(op.writes())) {
                program.add(op.map(t -> constant.contains(t) ? get(t.name()) : t));
            }
        }
    }

    private static Set<Tensor> constant(Program evaluation) {
        Set<Tensor> constant = new HashSet<>();
        for (Op op : evaluation.ops()) {
            boolean known =
                    op.reads().stream()
                            .allMatch(t ->
                                    t.role() == Role.PARAMETER
                                            || t.role() == Role.STATE
                                            || constant.contains(t));
            if (known && op.writes().stream().allMatch(t -> t.role() == Role.SCRATCH)) {
                constant.addAll(op.writes());
            }
        }
        return constant;
    }

    /** What computes the constants. */
    Program program() {
        return program;
    }

    /**
     * A constant.
     *
     * @param name of its tensor in an evaluation
     * @return STATE; null when there is no such constant
     */
    Tensor get(String name) {
        return tensors.get(name);
    }

    /** An evaluation of any length that finds the constants computed. */
    Program without(Program evaluation) {
        Set<Tensor> constant = constant(evaluation);
        List<Op> ops = new ArrayList<>();
        for (Op op : evaluation.ops()) {
            if (!constant.containsAll(op.writes())) {
                ops.add(op.map(t -> constant.contains(t) ? get(t.name()) : t));
            }
        }
        return Program.of(ops.toArray(Op[]::new));
    }
}
