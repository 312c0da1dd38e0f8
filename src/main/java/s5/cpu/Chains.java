package s5.cpu;

import s5.ops.Op;
import s5.ops.Tensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes {@link Chain}s. An operation joins a chain though others stand between, where these can as
 * well run before the chain or after it: none may read or write what another, moved past it,
 * writes.
 */
final class Chains {
    /** Operations behind a link in which the next one is looked for. */
    private static final int REACH = 8;

    private Chains() {}

    /** What has been read and written by some operations. */
    private static final class Uses {
        private final Set<Tensor> reads = new HashSet<>();
        private final Set<Tensor> writes = new HashSet<>();

        void add(Op op) {
            reads.addAll(op.reads());
            writes.addAll(op.writes());
        }

        /** Whether an operation must keep its place with regard to these. */
        boolean bind(Op op) {
            return op.reads().stream().anyMatch(writes::contains)
                    || op.writes().stream().anyMatch(t -> reads.contains(t) || writes.contains(t));
        }
    }

    /** {@return the operations with chains in the place of those that can be one} */
    static List<Op> link(List<Op> ops) {
        List<Op> left = new ArrayList<>(ops);
        List<Op> linked = new ArrayList<>();
        while (!left.isEmpty()) {
            Op first = left.removeFirst();
            if (Chain.linkable(first)) {
                chain(first, left, linked);
            } else {
                linked.add(first);
            }
        }
        return linked;
    }

    /** Takes a chain out of what is left, and what must go before it. */
    private static void chain(Op first, List<Op> left, List<Op> linked) {
        List<Op> links = new ArrayList<>(List.of(first));
        Uses chain = new Uses();
        chain.add(first);
        Set<Tensor> whole = new HashSet<>(Chain.whole(first));
        Uses behind = new Uses();
        int rows = Chain.rows(first).rows();
        int sumColumns = columns(first);
        for (int i = 0, passed = 0; i < left.size() && passed < REACH; ) {
            Op op = left.get(i);
            boolean free = !behind.bind(op);
            if (free && Chain.linkable(op) && fits(op, rows, sumColumns, chain)
                    && Collections.disjoint(op.writes(), whole)) {
                links.add(left.remove(i));
                chain.add(op);
                whole.addAll(Chain.whole(op));
                sumColumns = Math.max(sumColumns, columns(op));
                passed = 0;
            } else if (free && !Chain.linkable(op) && !chain.bind(op)) {
                linked.add(left.remove(i));
            } else {
                behind.add(op);
                i++;
                passed++;
            }
        }
        linked.add(links.size() == 1 ? first : new Chain(List.copyOf(links)));
    }

    /** Columns of the sums that a link keeps, or 0: they say where its blocks begin. */
    private static int columns(Op op) {
        return Chain.sums(op) ? Chain.rows(op).columns() : 0;
    }

    private static boolean fits(Op op, int rows, int sumColumns, Uses chain) {
        return Chain.rows(op).rows() == rows
                && (sumColumns == 0 || columns(op) == 0 || columns(op) == sumColumns)
                && Collections.disjoint(Chain.whole(op), chain.writes);
    }
}
