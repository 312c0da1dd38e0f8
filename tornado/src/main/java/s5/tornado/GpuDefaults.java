package s5.tornado;

import java.util.Map;

/**
 * The JVM properties that TornadoVM needs. They are read when its classes load, so they have to be
 * set before the first of them is touched; what the user set on the command line stays.
 */
final class GpuDefaults {

    private static final Map<String, String> PROPERTIES =
            Map.of(
                    // What fails to compile must fail, not run as sequential Java.
                    "tornado.recover.bailout", "False",
                    // A step has hundreds of tasks; the default of 4096 bytes ends at about 40.
                    "tornado.tvm.maxbytecodesize", "1048576",
                    // Filled anew at every execution, and used only by plans with several streams.
                    "tornado.max.events", "64",
                    // A cap of TornadoVM's own, 4 GB by default. Ours is the device's memory.
                    "tornado.device.memory", "1024GB",
                    // Bytes before an array's first element. With TornadoVM's own 16 every access
                    // of a
                    // warp touches two cache lines, and cuBLAS is 1.3 to 1.7 times slower.
                    "tornado.panama.objectHeader", "128",
                    // In an SDK with several backends, CUDA first.
                    "tornado.cuda.priority", "20",
                    // Accurate sine and cosine rather than the hardware's.
                    "tornado.enable.nativeFunctions", "False");

    private GpuDefaults() {}

    /**
     * Sets what is not set. The fall-back to sequential Java is switched off whatever the command
     * line says.
     */
    static void set() {
        PROPERTIES.forEach((key, value) -> {
            if (System.getProperty(key) == null || key.equals("tornado.recover.bailout")) {
                System.setProperty(key, value);
            }
        });
    }
}
