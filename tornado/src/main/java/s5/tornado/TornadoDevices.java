package s5.tornado;

import s5.UserError;
import s5.ops.BackendProvider.Device;

import uk.ac.manchester.tornado.api.TornadoRuntime;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** TornadoVM's devices by our names. */
final class TornadoDevices {
    private static List<Found> all;

    /** A device by our name and by TornadoVM's. */
    record Found(Device device, TornadoDevice tornado) {
        boolean cuda() {
            return tornado.getTornadoVMBackend() == TornadoVMBackendType.CUDA;
        }
    }

    private TornadoDevices() {}

    /**
     * Every device of the CUDA and OpenCL backends, CUDA first, numbered within each.
     *
     * @throws UserError when TornadoVM cannot start, mostly for want of a driver
     */
    static synchronized List<Found> all() {
        if (all == null) {
            GpuDefaults.set();
            all = find(runtime());
        }
        return all;
    }

    private static TornadoRuntime runtime() {
        try {
            return TornadoRuntimeProvider.getTornadoRuntime();
        } catch (Exception | LinkageError e) {
            throw Failures.start(e);
        }
    }

    private static List<Found> find(TornadoRuntime runtime) {
        List<Found> found = new ArrayList<>();
        for (TornadoVMBackendType type :
                List.of(TornadoVMBackendType.CUDA, TornadoVMBackendType.OPENCL)) {
            int number = 0;
            for (int i = 0; i < runtime.getNumBackends(); i++) {
                var backend = runtime.getBackend(i);
                if (backend.getBackendType() == type) {
                    for (int j = 0; j < backend.getNumDevices(); j++) {
                        found.add(found(type, number++, backend.getDevice(j)));
                    }
                }
            }
        }
        // a GPU before a CPU of the same backend would change the numbers, so only ids are sorted
        found.sort(Comparator.comparing(f -> !f.device().gpu()));
        return List.copyOf(found);
    }

    private static Found found(TornadoVMBackendType type, int number, TornadoDevice device) {
        TornadoDeviceType kind = device.getDeviceType();
        String id = type.name().toLowerCase(Locale.ROOT) + ":" + number;
        String description =
                "%s, %s, %.1f GB, TornadoVM's %s backend"
                        .formatted(
                                device.getPhysicalDevice().getDeviceName().strip(),
                                kind,
                                device.getMaxGlobalMemory() / 1e9,
                                type);
        return new Found(new Device(id, description, kind == TornadoDeviceType.GPU), device);
    }

    /** Opens a backend on a device of {@link #all}. */
    static TornadoBackend open(Device device, boolean tf32, boolean bf16, boolean plain) {
        for (Found found : all()) {
            if (found.device().equals(device)) {
                return new TornadoBackend(found, tf32, bf16, plain, List.of());
            }
        }
        throw new UserError("device " + device.id() + ": there is no such TornadoVM device");
    }
}
