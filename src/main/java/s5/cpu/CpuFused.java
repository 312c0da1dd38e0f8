package s5.cpu;

import s5.ops.Op;

/**
 * A fused operation that the CPU can run. A fusion is one file: this record, the {@link
 * s5.ops.Program.Rewrite} that puts it into a program, and its task.
 */
public interface CpuFused extends Op.Fused {

    /**
     * {@return what carries the operation out, each time that the step runs}
     *
     * @param cpu what the task runs on
     */
    Runnable task(Machine cpu);
}
