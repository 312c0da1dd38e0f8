package s5.tornado;

import s5.UserError;

import uk.ac.manchester.tornado.api.TaskGraph;

/** A task graph with room for as many tasks as TornadoVM can be made to take. */
final class StepGraph extends TaskGraph {
    private final int most;

    StepGraph(String name) {
        super(name);
        most = Internals.enlarge(taskGraphImpl);
    }

    /** How many tasks it has. */
    int size() {
        return taskNames.size();
    }

    /** Whether TornadoVM takes all its tasks. */
    boolean fits() {
        return size() <= most && Internals.nodesFit(taskGraphImpl);
    }

    /** What to throw when it does not. */
    UserError tooLarge(String step) {
        return new UserError(
                "step %s has more tasks than this TornadoVM takes (%d); lower model.layers, or set device: cpu"
                        .formatted(step, size()));
    }
}
