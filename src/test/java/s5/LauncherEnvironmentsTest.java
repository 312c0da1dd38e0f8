package s5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;

/** bin/s5 in a table of environments: kinds of SDKs by what is asked for, and locales. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "bin/s5 is a bash script")
class LauncherEnvironmentsTest extends LauncherBed {
    /** What never needs an SDK. The files are those that {@link #makeFiles} makes. */
    private static final List<String> ON_THE_CPU =
            List.of(
                    "run.yaml device=cpu",
                    "run.yaml device=CPU",
                    "cpu.yaml",
                    "CPU.YML",
                    "cpu.json",
                    "bench cpu.yaml",
                    "eval cpu.safetensors",
                    "predict cpu.safetensors words.txt",
                    "predict gpu.safetensors words.txt device=cpu",
                    "report cpu-run",
                    "verify golden device=cpu",
                    "info run.yaml",
                    "info gpu.safetensors device=gpu",
                    "data run.yaml",
                    "export gpu.safetensors weights.npz",
                    "import weights.npz run.yaml out=imported",
                    "compare gpu-run cpu-run",
                    "download mnist",
                    "keys",
                    "help",
                    "help train",
                    "devices --help",
                    "--version");

    /** What does. */
    private static final List<String> ON_ANY_DEVICE =
            List.of(
                    "run.yaml",
                    "cpu.yaml device=auto",
                    "gpu.json",
                    "eval gpu.safetensors",
                    "predict gpu.safetensors words.txt",
                    "report gpu-run",
                    "verify golden",
                    "info run.yaml time=true",
                    "init words.txt",
                    "sweep run.yaml seed=1,2",
                    "bench run.yaml",
                    "devices");

    private void makeFiles() throws IOException {
        Path folder = Files.createDirectories(dir.resolve("elsewhere"));
        String cpu = "seed: 1 # no device: gpu\ndevice: 'cpu' # slow\n";
        Files.writeString(folder.resolve("run.yaml"), "seed: 1\n# device: cpu\n");
        Files.writeString(folder.resolve("cpu.yaml"), cpu);
        Files.writeString(folder.resolve("CPU.YML"), cpu);
        Files.writeString(folder.resolve("cpu.json"), "{\"seed\": 1, \"device\": \"cpu\"}");
        Files.writeString(folder.resolve("gpu.json"), "{\"seed\": 1,\n \"device\": \"gpu\"}");
        Files.writeString(folder.resolve("words.txt"), "no such words\n");
        for (String device : List.of("cpu", "gpu")) {
            String config = "name: a\\ndevice: %s\\ndata:\\n  set: imdb".formatted(device);
            Files.writeString(
                    folder.resolve(device + ".safetensors"),
                    "\0\1\0\0\0\0\0\0{\"__metadata__\":{\"config\":\"" + config + "\"}}\0\0\0");
            Path run = Files.createDirectories(folder.resolve(device + "-run"));
            Files.writeString(run.resolve("config.yaml"), "device: " + device + "\n");
        }
        Files.createDirectories(folder.resolve("golden"));
    }

    /** An SDK of the kind. */
    private Path sdk(String kind) throws IOException {
        return switch (kind) {
            case "good" -> withArgfile(makeSdk("sdk"));
            case "not there" -> dir.resolve("nonexistent");
            case "empty" -> Files.createDirectories(dir.resolve("sdk"));
            case "no jars" ->
                    Files.createDirectories(dir.resolve("sdk/share/java/tornado"))
                            .resolve("../../..")
                            .normalize();
            case "no cublas" -> withArgfile(makeSdk("sdk", "5.2.0-jdk25", false));
            default -> withArgfile(makeSdk("sdk", kind, true));
        };
    }

    private static Path withArgfile(Path sdk) throws IOException {
        Files.writeString(sdk.resolve("tornado-argfile"), "-server\n");
        return sdk;
    }

    @ParameterizedTest
    @CsvSource({
        "not there, no TornadoVM SDK",
        "empty, no TornadoVM SDK",
        "no jars, holds no tornado-api jar",
        "6.0.0-jdk25, TornadoVM 6.0.0-jdk25 is not supported",
        "4.0.1-dev, TornadoVM 4.0.1-dev is not supported",
        "5.2.0-jdk21, TornadoVM 5.2.0-jdk21 is for another JDK",
        "no cublas, has no cuBLAS binding",
    })
    void anSdkThatWillNotDo(String kind, String problem) throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        makeMaven(tools.resolve("mvn"), makeJar(), 0);
        makeFiles();
        Path sdk = sdk(kind);
        environment.put("TORNADOVM_HOME", sdk.toString());
        byte[] before = Files.readAllBytes(jar);
        boolean all = kind.equals("not there"); // the words are looked at before the SDK is
        for (String words : all ? ON_THE_CPU : List.of("info run.yaml", "run.yaml device=cpu")) {
            assertStarts(false, words);
        }
        for (String words : all ? ON_ANY_DEVICE : List.of("run.yaml")) {
            Result result = run(words.split(" ", -1));
            assertEquals(2, result.code(), words + result);
            assertEquals(List.of(), result.out(), words);
            assertEquals(1, result.err().size(), words + result);
            String line = result.err().getFirst();
            assertTrue(line.startsWith("s5: TORNADOVM_HOME=" + sdk + ": "), line);
            assertTrue(line.contains(problem) && line.contains("device=cpu"), line);
        }
        assertArrayEquals(before, Files.readAllBytes(jar), "the jar that worked");

        Files.delete(jar);
        Result first = run("info", "run.yaml"); // built, without the SDK
        assertEquals(0, first.code(), first::toString);
        assertEquals(1, first.err().size(), first::toString);
        assertStarts(false, "run.yaml device=cpu");
    }

    /**
     * The SDK that the README installs, as its lines set it up, and the newer ones it speaks of.
     */
    @Test
    void theSdkOfTheReadme() throws Exception {
        String readme = Files.readString(Path.of("README.md"));
        Matcher install =
                Pattern.compile(
                                "sdk install tornadovm ([\\d.]+-jdk25)-cuda"
                                        + " .*-([\\d.]+)-jdk25-cuda-")
                        .matcher(readme);
        assertTrue(install.find(), "how to install an SDK");
        String version = install.group(1);
        assertEquals(version, install.group(2) + "-jdk25", "the archive is of another version");
        Matcher export =
                Pattern.compile("export (TORNADOVM_HOME=\\S+) PATH=\\S+:\\$PATH\n").matcher(readme);
        assertTrue(export.find(), "how to name it");

        makeJdk("jvm/temurin-25", "25.0.3", 0);
        Path current = Path.of("home/.sdkman/candidates/tornadovm/current");
        Path sdk = withArgfile(makeSdk(current.toString(), version, true));
        makeJar(jar, true);
        Path set = dir.resolve("set");
        makeScript(set, export.group(1) + "\nprintf %s \"$TORNADOVM_HOME\"\n");
        ProcessBuilder shell = new ProcessBuilder("bash", set.toString());
        shell.environment().put("HOME", environment.get("HOME"));
        try (InputStream said = shell.start().getInputStream()) {
            environment.put("TORNADOVM_HOME", new String(said.readAllBytes(), UTF_8));
        }
        assertEquals(sdk.toString(), environment.get("TORNADOVM_HOME"));
        assertStarts(true, "devices");
        assertStarts(true, "run.yaml");

        assertTrue(readme.contains("Newer SDKs, 6 and later, have other interfaces and are"));
        for (String newer : List.of("6.0.0-jdk25-cuda", "7.0.0-jdk25", "8.1.0-jdk27")) {
            environment.put("TORNADOVM_HOME", makeSdk(newer, newer, true).toString());
            Result refused = run("devices");
            assertEquals(2, refused.code(), newer);
            assertEquals(1, refused.err().size(), newer);
            assertTrue(refused.err().getFirst().contains("install " + version), newer);
        }
    }

    @Test
    void noSdk() throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        makeFiles();
        for (String words : ON_ANY_DEVICE) {
            assertStarts(false, words);
        }
    }

    /** The jar is one without TornadoVM at first, and newer than all sources. */
    @Test
    void aGoodSdk() throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        makeMaven(tools.resolve("mvn"), makeJar(), 0);
        makeFiles();
        environment.put("TORNADOVM_HOME", sdk("good").toString());
        for (String words : ON_THE_CPU) {
            assertStarts(false, words);
        }
        assertFalse(Files.exists(dir.resolve("mvn-calls")), "built in vain");
        Result first = run("devices");
        assertEquals(1, first.err().size(), first::toString);
        for (String words : ON_ANY_DEVICE) {
            assertStarts(true, words);
        }
        assertStarts(false, "run.yaml device=cpu"); // whose jar may well have TornadoVM
        assertEquals(1, Files.readAllLines(dir.resolve("mvn-calls")).size());
    }

    private void assertStarts(boolean tornado, String line) throws Exception {
        List<String> words = List.of(line.split(" ", -1));
        Result result = run(words.toArray(String[]::new));
        assertEquals(0, result.code(), line + result);
        assertEquals(List.of(), result.err(), line);
        List<String> out = result.out();
        assertEquals(
                words.stream().map(word -> "<" + word + ">").toList(),
                out.subList(out.size() - words.size(), out.size()));
        assertEquals(tornado, out.contains("<--module-path>"), line + out);
        assertEquals(!tornado, out.contains("<-XX:+UseSerialGC>"), line + out);
    }

    /** The real java: in the locale that it is given, it names files or does not. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "unset",
            value = {
                "unset, unset, unset",
                "C, unset, unset",
                "POSIX, unset, unset",
                "xx_YY.UTF-8, unset, unset",
                "unset, C, C.UTF-8",
                "unset, unset, C",
                "unset, unset, xx_YY.UTF-8",
                "C.UTF-8, unset, unset",
            })
    void namesThatAreNotAscii(String all, String type, String lang) throws Exception {
        assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "for this JVM, too");
        Path moved = Files.move(project, dir.resolve("Pröjekt € 漢字"));
        makeProbe(moved.resolve("target/s5.jar"));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        put("LC_ALL", all);
        put("LC_CTYPE", type);
        put("LANG", lang);
        Path folder = Files.createDirectories(dir.resolve("elsewhere/Läufe €"));
        Files.writeString(folder.resolve("Übung.yaml"), "");
        String word = "Läufe €/Übung.yaml";
        Result result = start(moved.resolve("bin/s5"), List.of(word));
        assertEquals(0, result.code(), result::toString);
        assertEquals(List.of("there: " + word, "beside it: Übung.yaml"), result.out());
    }

    private void put(String variable, String value) {
        if (value != null) {
            environment.put(variable, value);
        }
    }

    /** The real java does not start with two collectors. */
    @Test
    void aCollectorOfTheUsers() throws Exception {
        makeProbe(jar);
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("JDK_JAVA_OPTIONS", "-XX:+UseG1GC");
        Result result = run(".");
        assertEquals(0, result.code(), result::toString);
        assertEquals("there: .", result.out().getFirst());
    }

    private static void makeProbe(Path file) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Probe.class.getName());
        String name = Probe.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(file), manifest);
                InputStream in = Probe.class.getResourceAsStream("/" + name)) {
            out.putNextEntry(new ZipEntry(name));
            in.transferTo(out);
        }
    }

    /** Says whether a file is there, and the names beside it. */
    static final class Probe {
        public static void main(String[] words) throws IOException {
            Path file = Path.of(words[0]);
            System.out.println((Files.exists(file) ? "there: " : "not there: ") + words[0]);
            try (var files = Files.list(file.toAbsolutePath().getParent())) {
                files.forEach(f -> System.out.println("beside it: " + f.getFileName()));
            }
        }
    }
}
