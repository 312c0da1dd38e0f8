package s5.tornado;

import s5.ops.Backend;
import s5.ops.BackendProvider;
import s5.tornado.rank.Gpus;

import java.util.List;

/**
 * The devices that TornadoVM offers: {@code cuda:N}, then {@code opencl:N}. There are none in a JVM
 * started without TornadoVM; this class then touches no class of it.
 */
public final class TornadoProvider implements BackendProvider {

    /** Whether this JVM was started with TornadoVM. */
    static boolean present() {
        return ModuleLayer.boot().findModule("tornado.runtime").isPresent();
    }

    @Override
    public List<Device> devices() {
        return present()
                ? TornadoDevices.all().stream().map(TornadoDevices.Found::device).toList()
                : List.of();
    }

    @Override
    public List<String> gpus() {
        return present() ? Gpus.visible() : List.of();
    }

    @Override
    public void only(String gpu) {
        if (present()) {
            Gpus.only(gpu);
        }
    }

    @Override
    public Backend open(Device device, boolean tf32, boolean bf16, boolean plain) {
        return TornadoDevices.open(device, tf32, bf16, plain);
    }
}
