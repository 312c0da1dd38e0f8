package s5.tornado;

import uk.ac.manchester.tornado.api.TaskGraph;

import java.util.Set;
import java.util.TreeSet;

/** A task graph that knows its tasks and has room for as many as TornadoVM takes. */
final class StepGraph extends TaskGraph {
    StepGraph(String name) {
        super(name);
        Internals.enlarge(taskGraphImpl);
    }

    /** The names of its tasks so far. */
    Set<String> tasks() {
        return new TreeSet<>(taskNames);
    }
}
