package s5.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** A kernel that does nothing; see {@link Tasks#touch}. */
public final class Touch {
    private Touch() {}

    /**
     * Reads and writes an array, so that TornadoVM knows it as one that comes from the host, and
     * changes nothing. One thread.
     *
     * @param never 0
     */
    public static void touch(KernelContext c, FloatArray a, int never) {
        if (c.globalIdx < never) {
            a.set(c.globalIdx, 2f * a.get(c.globalIdx));
        }
    }
}
