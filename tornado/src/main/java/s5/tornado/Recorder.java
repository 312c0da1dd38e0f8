package s5.tornado;

import s5.ops.Op;
import s5.ops.Tensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Collects the operations of a step and, for each, what will add its tasks to the task graph once
 * it is known where the tensors live.
 */
public final class Recorder {

    /**
     * An operation with the memory that its kernels need besides.
     *
     * @param more what it reads besides: see {@link Recorder#add(Op, List, Consumer, Tensor...)}
     * @param temporaries scratch that it writes
     * @param tasks adds its tasks
     */
    public record Planned(
            Op op, List<Tensor> more, List<Tensor> temporaries, Consumer<Tasks> tasks) {
        String name() {
            return op.name();
        }

        List<Tensor> reads() {
            return Stream.concat(op.reads().stream(), more.stream()).toList();
        }

        List<Tensor> writes() {
            return Stream.concat(op.writes().stream(), temporaries.stream()).toList();
        }
    }

    /** An operation whose lists of tensors lie side by side. */
    record SideBySide(Op op, List<List<Tensor>> lists) {}

    /** Whether scans run as plain loops. */
    public final boolean plainScans;

    private final boolean bf16;

    final Set<Tensor> whole = new HashSet<>();
    final Set<Tensor> apart = new HashSet<>();
    final List<SideBySide> updates = new ArrayList<>();
    private final List<Planned> planned = new ArrayList<>();

    Recorder(boolean plainScans, boolean bf16) {
        this.plainScans = plainScans;
        this.bf16 = bf16;
    }

    /** Whether a tensor, which may be null, is stored in bfloat16. */
    public boolean isNarrow(Tensor t) {
        return bf16 && t != null && t.activation();
    }

    /** What has been added so far, in order. */
    public List<Planned> planned() {
        return Collections.unmodifiableList(planned);
    }

    /**
     * Adds an operation.
     *
     * @param temporaries scratch memory of its own; those that are absent are left out
     */
    public void add(Op op, Consumer<Tasks> tasks, Tensor... temporaries) {
        add(op, List.of(), tasks, temporaries);
    }

    /**
     * As {@link #add(Op, Consumer, Tensor...)}, for one that needs old values of more than the
     * operation says.
     *
     * @param more scratch that an operation before has left for it, or what it writes in part only
     */
    public void add(Op op, List<Tensor> more, Consumer<Tasks> tasks, Tensor... temporaries) {
        Planned call = new Planned(op, more, Op.present(temporaries), tasks);
        Stream.concat(call.reads().stream(), call.writes().stream())
                .filter(this::isNarrow)
                .forEach(whole::add);
        planned.add(call);
    }

    /**
     * Says that kernels take these tensors, some of which may be null, without an offset: they are
     * large. Others share an array.
     */
    public void whole(Tensor... tensors) {
        whole.addAll(Op.present(tensors));
    }

    /**
     * Says that what writes these tensors must find them in an array that no other tensor is in.
     */
    public void apart(Tensor... tensors) {
        apart.addAll(List.of(tensors));
    }

    /**
     * Says that the tensors of each list lie one behind the other, and the i-th of all lists at the
     * same place of an array each; see {@link Tasks#range}. Where some of them lie somewhere
     * already, the others follow their order.
     */
    public void sideBySide(Op update, List<List<Tensor>> lists) {
        updates.add(new SideBySide(update, lists));
    }

    /** Large scratch memory of one operation, to be named when that is added. */
    public Tensor temporary(String name, int... shape) {
        Tensor t = Tensor.scratch(name, shape);
        whole.add(t);
        return t;
    }
}
