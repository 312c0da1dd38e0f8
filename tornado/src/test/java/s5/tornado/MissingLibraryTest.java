package s5.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What is said of a library that is missing, by what the loader says. */
class MissingLibraryTest {
    private static Throwable failure(String loader) {
        return new IllegalStateException(
                "cannot start", new ExceptionInInitializerError(new UnsatisfiedLinkError(loader)));
    }

    @ParameterizedTest
    @CsvSource({
        "libnvrtc.so.13, the CUDA toolkit 13",
        "libcublas.so.13, the CUDA toolkit 13",
        "libcublasLt.so.12, the CUDA toolkit 12",
        "libcudart.so.13, the CUDA toolkit 13",
        "libnvrtc-builtins.so.13.0, the CUDA toolkit 13",
        "libnvrtc.so, the CUDA toolkit",
        "libcudnn.so.9, NVIDIA's cuDNN",
        "libcuda.so.1, NVIDIA's driver",
        "libOpenCL.so.1, ocl-icd-libopencl1",
        "libstdc++.so.6, the package that holds it",
    })
    void namesItAndWhatHoldsIt(String library, String source) {
        String glibc =
                "/sdk/lib/libtornado-cuda.so: %s: cannot open shared object file: No such file or directory"
                        .formatted(library);
        String musl =
                "Error loading shared library %s: No such file or directory (needed by /sdk/lib/libtornado-cuda.so)"
                        .formatted(library);
        for (String loader : new String[] {glibc, musl}) {
            for (String said :
                    new String[] {
                        Failures.start(failure(loader)).getMessage(),
                        Failures.run("s", "cuda:0", 1, failure(loader)).getMessage()
                    }) {
                assertTrue(said.contains("the library " + library + " is missing"), said);
                assertTrue(said.contains(source), said);
                assertEquals(source.equals("NVIDIA's driver"), said.contains("driver"), said);
                assertFalse(said.contains("report it"), said);
            }
        }
    }

    @Test
    void otherFailuresNameNone() {
        assertEquals(Optional.empty(), MissingLibrary.in(failure("no tornado-cuda in path")));
        assertEquals(Optional.empty(), MissingLibrary.in(new IllegalStateException()));
        String said = Failures.start(failure("clGetPlatformIDs failed")).getMessage();
        assertTrue(said.contains("needs the driver"), said);
    }

    /** No driver helps there. */
    @Test
    void anSdkWithoutItsLibraryIsNotWhole() {
        Throwable none = new IllegalStateException("OpenCL JNI Library not found");
        String said = Failures.start(none).getMessage();
        assertTrue(said.contains("its SDK is not whole"), said);
        assertFalse(said.contains("driver"), said);
    }

    /** What the README asks for of the toolkit is what is said to come with it. */
    @Test
    void theReadmeNamesTheToolkitsLibraries() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        int from = readme.indexOf("of the CUDA toolkit the libraries");
        String list = readme.substring(from, readme.indexOf("where the loader finds them", from));
        List<String> libraries =
                Pattern.compile("`(lib\\w+)`")
                        .matcher(list)
                        .results()
                        .map(result -> result.group(1))
                        .toList();
        assertEquals(4, libraries.size(), list);
        for (String library : libraries) {
            String said =
                    Failures.start(
                                    failure(
                                            library
                                                    + ".so.13: cannot open shared object file: No"
                                                    + " such file or directory"))
                            .getMessage();
            assertTrue(said.contains("the CUDA toolkit 13"), said);
        }
    }

    /** TornadoVM's own library, copied with the name of another one in it, which is not there. */
    @EnabledOnOs(OS.LINUX)
    @Test
    void asksTheSystemWhatTornadoVmsLibraryMisses(@TempDir Path folder) throws IOException {
        Path lib = Path.of(System.getenv("TORNADOVM_HOME"), "lib");
        boolean opencl = Files.exists(lib.resolve("libtornado-opencl.so"));
        String name = opencl ? "libtornado-opencl.so" : "libtornado-cuda.so";
        String needed = opencl ? "libOpenCL.so.1" : "libnvrtc.so.13";
        String binary = Files.readString(lib.resolve(name), ISO_8859_1);
        assertTrue(binary.contains(needed), name);
        Files.writeString(
                folder.resolve(name), binary.replace(needed, "libnvrtc.so.77"), ISO_8859_1);
        Files.writeString(folder.resolve("libtornado-cublas.so"), "not reached");
        assertEquals(
                Optional.of(new MissingLibrary("libnvrtc.so.77", "the CUDA toolkit 77")),
                MissingLibrary.inFolders(folder + File.pathSeparator + folder.resolve("none")));
        assertEquals(Optional.empty(), MissingLibrary.inFolders(folder.resolve("none").toString()));
    }
}
