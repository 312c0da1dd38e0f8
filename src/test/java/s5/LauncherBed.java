package s5;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Runs a copy of bin/s5 in a project of its own, with a PATH that holds nothing but what the test
 * puts there: a {@code java} and a {@code mvn} that write down how they were called.
 */
abstract class LauncherBed {
    static final Instant BUILT = Instant.parse("2026-01-01T00:00:00Z");

    private static final List<String> TOOLS =
            List.of(
                    "bash",
                    "env",
                    "find",
                    "flock",
                    "grep",
                    "head",
                    "mkdir",
                    "mv",
                    "readlink",
                    "rm",
                    "tail",
                    "touch",
                    "tr");

    /** A blank in the path of everything. */
    @TempDir(factory = BlankInName.class)
    Path dir;

    Path project;
    Path tools;
    Path jar;
    final Map<String, String> environment = new TreeMap<>();

    record Result(long pid, int code, List<String> out, List<String> err) {}

    @BeforeEach
    void makeProject() throws Exception {
        project = dir.resolve("the project");
        tools = Files.createDirectories(dir.resolve("tools"));
        for (String tool : TOOLS) {
            makeScript(tools.resolve(tool), "sh", "exec '%s' \"$@\"\n".formatted(which(tool)));
        }
        Path script = project.resolve("bin/s5");
        Files.createDirectories(script.getParent());
        Files.copy(Path.of("bin/s5"), script);
        Files.copy(Path.of("bin/find_sdk.sh"), script.resolveSibling("find_sdk.sh"));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        write("pom.xml");
        write("src/main/java/s5/Main.java");
        write("src/test/java/s5/MainTest.java");
        write("tornado/src/main/java/s5/tornado/Kernels.java");
        jar = project.resolve("target/s5.jar");
        Files.createDirectories(jar.getParent());
        makeJar(jar, false);
        setAllTimes(BUILT.minusSeconds(60));
        setTime("target/s5.jar", BUILT);

        environment.put("PATH", tools.toString());
        environment.put("HOME", dir.resolve("home").toString());
        environment.put("S5_JVM_DIR", dir.resolve("jvm").toString());
    }

    /** An SDK of TornadoVM as far as bin/s5 looks at one. */
    Path makeSdk(String name) throws IOException {
        return makeSdk(name, "5.2.0-jdk25", true);
    }

    Path makeSdk(String name, String version, boolean cublas) throws IOException {
        Path jars = Files.createDirectories(dir.resolve(name).resolve("share/java/tornado"));
        Files.writeString(jars.resolve("tornado-api-" + version + ".jar"), "");
        if (cublas) {
            Files.writeString(jars.resolve("tornado-cublas-" + version + ".jar"), "");
        }
        return dir.resolve(name);
    }

    /** An archive with the name of a class of the TornadoVM backend in it, or another. */
    static void makeJar(Path file, boolean tornado) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(
                    new ZipEntry(tornado ? "s5/tornado/TornadoProvider.class" : "s5/Main.class"));
        }
    }

    /** A folder that looks like a JDK; its java prints its home and arguments, and exits. */
    Path makeJdk(String name, String version, int exitCode) throws IOException {
        Path home = dir.resolve(name);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(
                home.resolve("release"),
                "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"%s\"\n".formatted(version));
        makeScript(
                home.resolve("bin/java"),
                """
                echo "java of ${0%%/bin/java}"
                printf '<%%s>\\n' "$@"
                exit %d
                """
                        .formatted(exitCode));
        return home;
    }

    /**
     * A Maven that notes its call, runs {@code command} with the folder to build in as {@code
     * $folder}, and exits.
     */
    void makeMaven(Path file, String command, int exitCode) throws IOException {
        makeScript(
                file,
                """
                echo "$PWD JAVA_HOME=$JAVA_HOME $*" >> '%s'
                for word; do
                    case $word in -Dbuild.folder=*) folder=${word#*=} ;; esac
                done
                %s
                exit %d
                """
                        .formatted(dir.resolve("mvn-calls"), command, exitCode));
    }

    /** A Maven's work: the jar, with TornadoVM if there is an SDK. */
    String makeJar() throws IOException {
        makeJar(dir.resolve("cpu.jar"), false);
        makeJar(dir.resolve("gpu.jar"), true);
        return "if [[ -n ${TORNADOVM_HOME+is set} ]]; then kind=gpu; else kind=cpu; fi\n"
                + "'%s' \"%s/$kind.jar\" \"$folder/s5.jar\"".formatted(which("cp"), dir);
    }

    static void makeScript(Path file, String body) throws IOException {
        makeScript(file, "bash", body);
    }

    private static void makeScript(Path file, String shell, String body) throws IOException {
        Files.writeString(file, "#!" + which(shell) + "\n" + body);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    Result run(String... arguments) throws Exception {
        return start(project.resolve("bin/s5"), List.of(arguments));
    }

    Result start(Path script, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(script.toString());
        command.addAll(arguments);
        Path out = Files.createTempFile(dir, "out", "");
        Path err = Files.createTempFile(dir, "err", "");
        Process process = begin(command, out, err);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "bin/s5 did not end");
        return new Result(
                process.pid(),
                process.exitValue(),
                Files.readAllLines(out),
                Files.readAllLines(err));
    }

    Process begin(List<String> command, Path out, Path err) throws IOException {
        Path elsewhere = Files.createDirectories(dir.resolve("elsewhere"));
        var builder = new ProcessBuilder(command).directory(elsewhere.toFile());
        builder.redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    void write(String name) throws IOException {
        Path file = project.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, name);
    }

    void setAllTimes(Instant time) throws IOException {
        try (var files = Files.walk(project)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, FileTime.from(time));
            }
        }
    }

    void setTime(String name, Instant time) throws IOException {
        Files.setLastModifiedTime(project.resolve(name), FileTime.from(time));
    }

    static Path which(String tool) {
        for (String folder : System.getenv("PATH").split(":", -1)) {
            Path file = Path.of(folder, tool);
            if (Files.isExecutable(file)) {
                return file;
            }
        }
        throw new IllegalStateException("no " + tool + " on the PATH");
    }

    private static final class BlankInName implements TempDirFactory {
        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
                throws IOException {
            return Files.createTempDirectory("s5 launcher").toRealPath();
        }
    }
}
