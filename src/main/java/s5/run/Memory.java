package s5.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory that this process occupies. */
public final class Memory {
    private Memory() {}

    /** Resident bytes now; where the system does not tell, the used part of the heap. */
    static long residentBytes() {
        try {
            return kilobytes("VmRSS:") * 1024;
        } catch (IOException e) {
            Runtime runtime = Runtime.getRuntime();
            return runtime.totalMemory() - runtime.freeMemory();
        }
    }

    /** {@return the most bytes that were resident so far; 0 where the system does not tell} */
    public static long mostResidentBytes() {
        try {
            return kilobytes("VmHWM:") * 1024;
        } catch (IOException e) {
            return 0;
        }
    }

    private static long kilobytes(String key) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith(key)) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("/proc/self/status has no " + key);
    }
}
