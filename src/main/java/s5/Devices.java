package s5;

import s5.config.Precision;
import s5.cpu.CpuBackend;
import s5.ops.Backend;
import s5.ops.BackendProvider;
import s5.ops.BackendProvider.Device;

import java.util.ArrayList;
import java.util.List;
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
                throw new UserError(
                        "device %s: there is no such device here, only %s; GPUs need TornadoVM: install its SDK,"
                                        .formatted(
                                                device,
                                                String.join(
                                                        ", ",
                                                        list().stream().map(Device::id).toList()))
                                + " set TORNADOVM_HOME and start with tornado -jar target/s5.jar");
            }
        }
        return CpuBackend.create(threads);
    }
}
