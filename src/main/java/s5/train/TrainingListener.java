package s5.train;

import java.nio.file.Path;
import java.util.List;

/** Hears how a training goes, on the thread that trains. */
public interface TrainingListener {
    /** Hears nothing. */
    TrainingListener NONE = new TrainingListener() {};

    /**
     * An update is done.
     *
     * @param updates so far, those before the run was resumed included
     */
    default void updated(long updates) {}

    /**
     * An epoch is over.
     *
     * @param epoch what it came to
     * @param loss mean over its steps
     * @param better whether it is the best so far
     */
    default void evaluated(Summary epoch, double loss, boolean better) {}

    /**
     * A checkpoint is being written; it is there when the next one is, or the run ends.
     *
     * @param files that get it
     */
    default void saving(List<Path> files) {}
}
