package s5.tornado;

import java.io.File;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A shared library that the system does not find, and what has to be installed for it. */
record MissingLibrary(String name, String source) {
    private static final Pattern LIBRARY = Pattern.compile("libtornado-.*\\.so");
    private static final Pattern DRIVER = Pattern.compile("libtornado-(cuda|opencl)\\.so");

    /** As the loaders of Linux (glibc, musl) say it of what another library needs. */
    private static final Pattern NEEDED =
            Pattern.compile(
                    "(lib[\\w+-]+\\.so[.\\d]*): cannot open shared object file"
                            + "|Error loading shared library (lib[\\w+-]+\\.so[.\\d]*)");

    private static final Pattern TOOLKIT =
            Pattern.compile(
                    "lib(nvrtc|nvrtc-builtins|cublas|cublasLt|cudart|cufft|cusparse|cusolver|curand|"
                        + "nvJitLink)\\.so[.\\d]*");

    /**
     * The library for whose want something failed, if that is why. TornadoVM says of its own
     * libraries only that they were not found; what they miss themselves is asked of the system.
     */
    static Optional<MissingLibrary> behind(Throwable failure) {
        return in(failure)
                .or(() ->
                        isOfLibraries(failure)
                                ? inFolders(System.getProperty("java.library.path", ""))
                                : Optional.empty());
    }

    private static boolean isOfLibraries(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            String message = t.getMessage() == null ? "" : t.getMessage();
            if (t instanceof LinkageError || message.matches("(?s).*[Ll]ibrary not found.*")) {
                return true;
            }
        }
        return false;
    }

    /**
     * Loads TornadoVM's libraries, those of the drivers first, for what the system says of them.
     */
    @SuppressWarnings("restricted") // the launcher lets us load libraries, as TornadoVM does
    static Optional<MissingLibrary> inFolders(String path) {
        List<File> libraries = new ArrayList<>();
        for (String folder : path.split(File.pathSeparator, -1)) {
            File[] found =
                    new File(folder).listFiles((in, name) -> LIBRARY.matcher(name).matches());
            libraries.addAll(found == null ? List.of() : List.of(found));
        }
        libraries.sort(
                Comparator.comparing((File file) -> !DRIVER.matcher(file.getName()).matches())
                        .thenComparing(File::getName));
        for (File library : libraries) {
            try {
                System.load(library.getAbsolutePath());
            } catch (UnsatisfiedLinkError e) {
                Optional<MissingLibrary> missing = in(e);
                if (missing.isPresent()) {
                    return missing;
                }
            }
        }
        return Optional.empty();
    }

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
