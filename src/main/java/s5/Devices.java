package s5;

import s5.config.Precision;
import s5.cpu.CpuBackend;
import s5.ops.Backend;
import s5.ops.BackendProvider;
import s5.ops.BackendProvider.Device;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** From the setting {@code device} to a backend. */
public final class Devices {
    private static final String CPU = "cpu";

    private Devices() {}

    /** Every device that can be used now: GPUs first, the CPU last. */
    public static List<Device> list() {
        List<Device> all = new ArrayList<>();
        for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
            all.addAll(provider.devices());
        }
        all.add(new Device(CPU, Runtime.getRuntime().availableProcessors() + " cores", false));
        return all;
    }

    /**
     * Opens the device that a setting asks for. A GPU that was asked for and cannot be used is an
     * error; only {@code auto} may take the CPU.
     *
     * @param device auto, cpu, gpu, cuda:N or opencl:N
     * @param threads on the CPU; 0 for all cores
     * @throws UserError when there is no such device, with what to do
     */
    public static Backend open(String device, Precision precision, int threads) {
        if (!device.equals(CPU)) {
            for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
                for (Device found : provider.devices()) {
                    boolean any = device.equals("gpu") || device.equals("auto");
                    if (any ? found.gpu() : device.equals(found.id())) {
                        return provider.open(found, precision == Precision.TF32);
                    }
                }
            }
            if (!device.equals("auto")) {
                String there =
                        "there is no such device here, only "
                                + String.join(", ", list().stream().map(Device::id).toList());
                throw new UserError("device " + device + ": " + whyNoGpu().orElse(there));
            }
        }
        return CpuBackend.create(threads);
    }

    /** The device that {@code auto} takes: the first GPU, or else the CPU. */
    public static Device automatic(List<Device> devices) {
        return devices.stream().filter(Device::gpu).findFirst().orElse(devices.getLast());
    }

    /** Why no device besides the CPU can be found, and what to do; empty when one could be. */
    public static Optional<String> whyNoGpu() {
        if (ServiceLoader.load(BackendProvider.class).findFirst().isEmpty()) {
            return Optional.of(
                    "this s5.jar was built without TornadoVM, which GPUs need: set TORNADOVM_HOME"
                            + " to its SDK, build again, and start with tornado -jar");
        }
        if (ModuleLayer.boot().findModule("tornado.runtime").isEmpty()) {
            return Optional.of(
                    "this JVM was started without TornadoVM, which GPUs need: start with"
                            + " tornado -jar s5.jar, or with bin/s5 and TORNADOVM_HOME set to its"
                            + " SDK");
        }
        return Optional.empty();
    }
}
