package s5.tornado;

import s5.ops.Op;

/**
 * What a {@link s5.ops.Program.Rewrite} for TornadoVM makes of several operations: it plans itself.
 */
public interface TornadoFused extends Op.Fused {

    /** Says what memory it needs and how its tasks are added. */
    void plan(Recorder recorder);
}
