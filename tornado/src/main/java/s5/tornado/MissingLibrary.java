package s5.tornado;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A shared library that the system does not find, and what has to be installed for it. */
record MissingLibrary(String name, String source) {
    /** As the loaders of Linux (glibc, musl) say it of what another library needs. */
    private static final Pattern NEEDED =
            Pattern.compile(
                    "(lib[\\w+-]+\\.so[.\\d]*): cannot open shared object file"
                            + "|Error loading shared library (lib[\\w+-]+\\.so[.\\d]*)");

    private static final Pattern TOOLKIT =
            Pattern.compile(
                    "lib(nvrtc|nvrtc-builtins|cublas|cublasLt|cudart|cufft|cusparse|cusolver|curand|"
                            + "nvJitLink)\\.so[.\\d]*");

    /** The library that one of the causes of a failure names, if any does. */
    static Optional<MissingLibrary> in(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            Matcher needed = NEEDED.matcher(t.getMessage() == null ? "" : t.getMessage());
            if (needed.find()) {
                String name = needed.group(1) == null ? needed.group(2) : needed.group(1);
                return Optional.of(new MissingLibrary(name, source(name)));
            }
        }
        return Optional.empty();
    }

    private static String source(String name) {
        if (TOOLKIT.matcher(name).matches()) {
            String version = name.replaceFirst(".*\\.so\\.?", "").replaceFirst("\\..*", "");
            return version.isEmpty() ? "the CUDA toolkit" : "the CUDA toolkit " + version;
        }
        if (name.startsWith("libcudnn")) {
            return "NVIDIA's cuDNN";
        }
        if (name.startsWith("libcuda.") || name.startsWith("libnvidia-")) {
            return "NVIDIA's driver";
        }
        if (name.startsWith("libOpenCL.")) {
            return "an OpenCL loader, such as the package ocl-icd-libopencl1";
        }
        return "the package that holds it";
    }

    /** What is missing and what to do. */
    String remedy() {
        return "the library %s is missing, which comes with %s; install it, or add its folder to LD_LIBRARY_PATH"
                .formatted(name, source);
    }
}
