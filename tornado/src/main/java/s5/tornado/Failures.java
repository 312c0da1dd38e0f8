package s5.tornado;

import s5.UserError;

import uk.ac.manchester.tornado.api.exceptions.TornadoDeviceFP64NotSupported;
import uk.ac.manchester.tornado.api.exceptions.TornadoOutOfMemoryException;

import java.util.Locale;
import java.util.Optional;

/** What TornadoVM throws, in one line that says why and what to do. */
final class Failures {
    private Failures() {}

    /** TornadoVM itself does not start. */
    static UserError start(Throwable e) {
        Optional<MissingLibrary> missing = MissingLibrary.behind(e);
        if (missing.isPresent()) {
            return new UserError(
                    "TornadoVM does not start: %s; or set device: cpu"
                            .formatted(missing.get().remedy()),
                    e);
        }
        if (reason(e).matches("(?i).*library not found.*")) { // one of its own, which misses none
            return new UserError(
                    "TornadoVM does not start: %s; its SDK is not whole, in its folder lib is no such library that can be loaded; install the SDK anew, or set device: cpu"
                            .formatted(reason(e)),
                    e);
        }
        return new UserError(
                "TornadoVM does not start: %s; its SDK needs the driver of its backend (CUDA: NVIDIA's, OpenCL: a platform that clinfo lists); install it, or set device: cpu"
                        .formatted(reason(e)),
                e);
    }

    /**
     * A step fails when it is compiled or run.
     *
     * @param bytes that the step holds on the device
     */
    static UserError run(String step, String device, long bytes, Throwable e) {
        if (find(e, TornadoOutOfMemoryException.class) != null || outOfHostMemory(e)) {
            return memory(step, device, bytes, e);
        }
        Optional<MissingLibrary> missing = MissingLibrary.behind(e);
        if (missing.isPresent()) {
            return new UserError(
                    "step %s cannot run on device %s: %s"
                            .formatted(step, device, missing.get().remedy()),
                    e);
        }
        if (find(e, TornadoDeviceFP64NotSupported.class) != null) {
            return new UserError(
                    "device %s does not support what step %s needs: %s; choose another device"
                            .formatted(device, step, reason(e)),
                    e);
        }
        return new UserError(
                "step %s cannot run on device %s: %s; choose another device (s5 devices lists them), or run again with JDK_JAVA_OPTIONS=-Dtornado.debug=True and report it"
                        .formatted(step, device, reason(e)),
                e);
    }

    /** The device's memory does not hold a step. */
    static UserError memory(String step, String device, long bytes, Throwable e) {
        return new UserError(
                String.format(
                        Locale.ROOT,
                        "device %s is out of memory: step %s needs %.2f GB; lower train.batch, or"
                                + " free the device's memory",
                        device,
                        step,
                        bytes * 1e-9),
                e);
    }

    private static boolean outOfHostMemory(Throwable e) {
        return find(e, OutOfMemoryError.class) != null;
    }

    private static <T extends Throwable> T find(Throwable e, Class<T> type) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (type.isInstance(t)) {
                return type.cast(t);
            }
        }
        return null;
    }

    /** The first line that tells something, from the innermost cause outwards. */
    static String reason(Throwable e) {
        String reason = null;
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t.getMessage() != null && !t.getMessage().isBlank()) {
                reason = t.getMessage();
            }
        }
        if (reason == null) {
            return e.getClass().getSimpleName();
        }
        return reason.replaceAll("\u001B\\[[0-9;]*m", "")
                .replace("[ERROR]", "")
                .strip()
                .replaceAll("\\s*\\R\\s*", " ");
    }
}
