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

    /**
     * Throws when there are more tasks than the graph takes.
     *
     * @param step names it in the message
     */
    void checkSize(String step) {
        if (size() > most) {
            throw tooLarge(step);
        }
    }

    /** What to throw when TornadoVM does not take all tasks. */
    UserError tooLarge(String step) {
        return new UserError(
                "step %s has %d tasks or more, which this TornadoVM does not take in one graph; lower model.layers, or set device: cpu"
                        .formatted(step, size()));
    }
}
