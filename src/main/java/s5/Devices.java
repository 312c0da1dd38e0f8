package s5;

import s5.config.Config;
import s5.config.KernelForm;
import s5.config.Precision;
import s5.cpu.CpuBackend;
import s5.io.Services;
import s5.ops.Backend;
import s5.ops.BackendProvider;
import s5.ops.BackendProvider.Device;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** From the setting {@code device} to a backend. */
public final class Devices {
    private static final String CPU = "cpu";

    private Devices() {}

    /**
     * What there is.
     *
     * @param devices that can be used now: GPUs first, the CPU last
     * @param problems why others cannot, one line each
     */
    public record Listing(List<Device> devices, List<String> problems) {
        /** {@return the device that {@code auto} takes: the first GPU, or else the CPU} */
        public Device automatic() {
            return devices.stream().filter(Device::gpu).findFirst().orElse(devices.getLast());
        }
    }

    /**
     * Looks for devices.
     *
     * @return what can be used here, and why the rest cannot
     */
    public static Listing list() {
        List<Device> devices = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (BackendProvider provider : Services.find(BackendProvider.class)) {
            try {
                devices.addAll(provider.devices());
            } catch (UserError e) {
                problems.add(e.getMessage());
            }
        }
        if (devices.isEmpty() && problems.isEmpty()) {
            problems.add(withoutTornado());
        }
        devices.add(new Device(CPU, Runtime.getRuntime().availableProcessors() + " cores", false));
        return new Listing(List.copyOf(devices), List.copyOf(problems));
    }

    /**
     * Opens the device that a run's settings ask for.
     *
     * @param config of the run
     * @return a backend with memory of its own; to be closed
     * @throws UserError when there is no such device, with what to do
     */
    public static Backend open(Config config) {
        Objects.requireNonNull(config, "config");
        return open(config.device(), config.precision(), config.kernels(), config.threads());
    }

    /**
     * Opens the device that a setting asks for. A GPU that was asked for and cannot be used is an
     * error; only {@code auto} may take the CPU, and says so on standard error where a GPU might
     * have been meant.
     *
     * @param device auto, cpu, gpu, cuda:N or opencl:N
     * @param precision of matrix products on a GPU, and of activations
     * @param kernels the tuned ones, or plain loops
     * @param threads on the CPU; 0 for all cores
     * @return a backend with memory of its own; to be closed
     * @throws UserError when there is no such device, with what to do
     */
    public static Backend open(
            String device, Precision precision, KernelForm kernels, int threads) {
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(precision, "precision");
        Objects.requireNonNull(kernels, "kernels");
        boolean plain = kernels == KernelForm.PLAIN;
        boolean bf16 = precision == Precision.BF16;
        if (device.equals(CPU)) {
            return cpu(threads, plain, bf16);
        }
        boolean auto = device.equals("auto");
        for (BackendProvider provider : Services.find(BackendProvider.class)) {
            List<Device> devices;
            try {
                devices = provider.devices();
            } catch (UserError e) {
                if (!auto) {
                    throw e;
                }
                System.err.println(e.getMessage() + "; device: auto takes the CPU");
                continue;
            }
            for (Device found : devices) {
                boolean any = auto || device.equals("gpu");
                if (any ? found.gpu() : device.equals(found.id())) {
                    return provider.open(found, precision != Precision.FP32, bf16, plain);
                }
            }
        }
        if (auto) {
            return cpu(threads, plain, bf16);
        }
        Listing there = list();
        String ids = String.join(", ", there.devices().stream().map(Device::id).toList());
        throw new UserError(
                "device %s: %s"
                        .formatted(
                                device,
                                there.problems().stream()
                                        .findFirst()
                                        .orElse("there is no such device here, only " + ids)));
    }

    private static Backend cpu(int threads, boolean plain, boolean bf16) {
        boolean vector = !plain && CpuBackend.tellVector();
        return bf16 ? CpuBackend.bf16(threads, vector) : new CpuBackend(threads, vector);
    }

    /** Why there can be no device besides the CPU, and what to do. */
    private static String withoutTornado() {
        if (Services.find(BackendProvider.class).isEmpty()) {
            return "this s5.jar was built without TornadoVM, which GPUs need: set TORNADOVM_HOME to"
                    + " its SDK, build again, and start with tornado -jar";
        }
        if (ModuleLayer.boot().findModule("tornado.runtime").isEmpty()) {
            return "this JVM was started without TornadoVM, which GPUs need: start with tornado"
                    + " -jar s5.jar, or with bin/s5 and TORNADOVM_HOME set to its SDK";
        }
        return "TornadoVM finds no device; its SDK has backends for some only"
                + " (etc/tornado.backend)";
    }
}
