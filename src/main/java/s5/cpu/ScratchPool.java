package s5.cpu;

import java.util.ArrayList;
import java.util.List;

/**
 * The arrays behind the scratch slots of all steps of a backend. Scratch values live inside one run
 * of one step and steps run one at a time, so a training and an evaluation step share them: the
 * n-th largest slot of each stands in the n-th array.
 */
final class ScratchPool {
    private final List<float[]> arrays = new ArrayList<>();
    private long generation;
    private int open;

    /**
     * Makes room for a step.
     *
     * @param sizes of its slots in elements, largest first
     */
    void open(long[] sizes) {
        open++;
        for (int i = 0; i < sizes.length; i++) {
            if (i == arrays.size()) {
                arrays.add(new float[(int) sizes[i]]);
            } else if (arrays.get(i).length < sizes[i]) {
                // The old array is let go before the new one is made: both may not fit.
                arrays.set(i, null);
                arrays.set(i, new float[(int) sizes[i]]);
                generation++;
            }
        }
    }

    /** Takes leave of a step; the last one frees the memory. */
    void close() {
        if (--open == 0) {
            arrays.clear();
            generation++;
        }
    }

    /** Changes whenever an array is replaced, so that steps know when to look again. */
    long generation() {
        return generation;
    }

    float[] array(int index) {
        return arrays.get(index);
    }
}
