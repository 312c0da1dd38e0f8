package s5.ops;

import s5.ops.LayerOp.Add;
import s5.ops.reference.ReferenceBackend;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Cases whose matrices are activations, for backends that store those in bfloat16. What is expected
 * is computed in double precision from matrices that the reference rounds in the same places, so
 * that a result may be off by one rounding of its own, and by what a neighbour's makes of it.
 */
public final class StoredCases {
    /** The largest relative error of one rounding to bfloat16. */
    private static final double ROUNDING = 0x1p-8;

    private StoredCases() {}

    /**
     * The small cases of operations whose tensors may be activations: all but losses, updates and
     * what is done to images. Not whole steps, whose later parts may amplify a rounding.
     */
    public static Stream<OpCase> small() {
        return OpCases.small()
                .filter(c -> !c.name().startsWith("step"))
                .filter(c -> program(c).ops().stream().allMatch(StoredCases::takesActivations));
    }

    /** The operations of a case, on tensors of their own. */
    public static Program program(OpCase c) {
        return c.recipe().make(new Draft(c.name()));
    }

    private static boolean takesActivations(Op op) {
        return switch (op) {
            case InputOp _, NormOp _, ScanOp _, TimedOp _, LayerOp _, Matmul _ -> true;
            case HeadOp.Pool _, HeadOp.PoolAdjoint _ -> true;
            default -> false;
        };
    }

    /**
     * The case with activations in the places of some tensors, copied from and to them.
     *
     * @param chosen which; others of one dimension or of integers never are
     */
    public static OpCase of(OpCase c, Predicate<Tensor> chosen) {
        return new OpCase(
                c.name(),
                c.terms(),
                c.slack(),
                c.products(),
                draft -> {
                    Program plain = c.recipe().make(draft);
                    return stored(plain, draft, chosen);
                });
    }

    private static Program stored(Program plain, Draft draft, Predicate<Tensor> chosen) {
        Map<Tensor, Tensor> copies = new LinkedHashMap<>();
        Map<List<Integer>, Tensor> zeros = new HashMap<>();
        Program mapped =
                plain.map(t ->
                        chosen.test(t)
                                        && t.type() == Tensor.Type.F32
                                        && t.rank() == 2
                                        && t.role() != Tensor.Role.SCRATCH
                                ? copies.computeIfAbsent(
                                        t, x -> Tensor.activation(x.name(), x.rows(), x.columns()))
                                : t);
        copies.keySet()
                .forEach(t ->
                        zeros.computeIfAbsent(
                                List.of(t.rows(), t.columns()),
                                shape ->
                                        draft.in(
                                                Tensor.parameter(
                                                        "zeros" + shape, t.rows(), t.columns()),
                                                new float[t.size()])));
        Program program = new Program();
        copies.forEach((t, copy) -> {
            if (t.role() != Tensor.Role.OUTPUT) {
                program.add(new Add(t, zeros.get(List.of(t.rows(), t.columns())), copy));
            }
        });
        mapped.ops().forEach(program::add);
        copies.forEach((t, copy) -> {
            if (plain.ops().stream().anyMatch(op -> op.writes().contains(t))) {
                program.add(new Add(copy, zeros.get(List.of(t.rows(), t.columns())), t));
            }
        });
        return program;
    }

    /** What a backend that stores activations in bfloat16 should give. */
    public static Map<String, double[]> expected(OpCase stored) {
        Draft draft = new Draft(stored.name());
        try (ReferenceBackend reference = new ReferenceBackend(true);
                Step step = reference.compile(stored.name(), stored.recipe().make(draft))) {
            draft.write(reference, true);
            step.run();
            Map<String, double[]> results = new LinkedHashMap<>();
            draft.written().forEach(t -> results.put(t.name(), reference.readDouble(t)));
            return results;
        }
    }

    /** The error allowed, see {@link OpCase#error}. */
    public static double tolerance(OpCase stored) {
        return 4 * ROUNDING + stored.tolerance();
    }
}
