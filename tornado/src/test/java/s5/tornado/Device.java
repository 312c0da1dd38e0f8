package s5.tornado;

import static org.junit.jupiter.api.Assumptions.abort;

import s5.UserError;
import s5.ops.Backend;
import s5.ops.BackendProvider;

import java.util.List;

/** The device that the tests run on: TornadoVM's first. */
final class Device {
    private Device() {}

    /** Opens it, or skips the test where TornadoVM has none. */
    static Backend open() {
        return open(false);
    }

    /**
     * As {@link #open()}.
     *
     * @param plain with scans in plain loops
     */
    static Backend open(boolean plain) {
        TornadoProvider provider = new TornadoProvider();
        return provider.open(first(provider), false, false, plain);
    }

    /** As {@link #open()}, with activations in bfloat16. */
    static Backend bf16() {
        TornadoProvider provider = new TornadoProvider();
        return provider.open(first(provider), false, true, false);
    }

    /** Its name in the setting {@code device}, or skips the test. */
    static String id() {
        return first(new TornadoProvider()).id();
    }

    /** Whether it is a GPU: PoCL's device, say, is not. */
    static boolean gpu() {
        return first(new TornadoProvider()).gpu();
    }

    private static BackendProvider.Device first(TornadoProvider provider) {
        List<BackendProvider.Device> devices;
        try {
            devices = provider.devices();
        } catch (UserError e) {
            return abort("no TornadoVM device: " + e.getMessage());
        }
        if (devices.isEmpty()) {
            return abort("no TornadoVM device, such as PoCL's OpenCL device");
        }
        return devices.getFirst();
    }
}
