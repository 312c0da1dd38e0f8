package s5.ops;

import java.util.List;

/**
 * Turns a program into another one that computes the same with less: a fusion. A backend applies
 * those that it profits from before it compiles a program; each is tried on programs before and
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
