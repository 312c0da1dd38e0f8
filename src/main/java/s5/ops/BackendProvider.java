package s5.ops;

import java.util.List;

/**
 * Finds the devices of one kind and opens backends on them. Implementations outside the core are
 * found by {@link java.util.ServiceLoader}, so that nothing here names their classes.
 */
public interface BackendProvider {

    /**
     * A device that can be asked for.
     *
     * @param id what {@code device:} takes, such as {@code cuda:0}
     * @param description for people
     * @param gpu whether {@code device: gpu} and {@code auto} may take it
     */
    record Device(String id, String description, boolean gpu) {}

    /**
     * {@return the devices that can be used now, best first}
     *
     * @throws s5.UserError with the reason when there should be some but they cannot be used
     */
    List<Device> devices();

    /**
     * {@return the NVIDIA GPUs that this process may use, by the words that {@code
     * CUDA_VISIBLE_DEVICES} has for them} Touches none of them.
     */
    default List<String> gpus() {
        return List.of();
    }

    /**
     * Has this process see one GPU alone, before anything else here is asked for devices: a process
     * takes memory on every GPU that it sees.
     *
     * @param gpu one of {@link #gpus}
     */
    default void only(String gpu) {}

    /**
     * Opens a backend on one of {@link #devices}.
     *
     * @param device that {@link #devices} lists
     * @param tf32 whether matrix products may round their inputs to TF32
     * @param bf16 whether activations are stored in bfloat16
     * @param plain whether scans run in their plain form rather than the tuned one
     * @return a backend with memory of its own; to be closed
     */
    Backend open(Device device, boolean tf32, boolean bf16, boolean plain);
}
