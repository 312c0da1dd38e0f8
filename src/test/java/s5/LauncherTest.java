package s5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

/**
 * Runs a copy of bin/s5 in a project of its own, with a PATH that holds nothing but what the test
 * puts there: a {@code java} and a {@code mvn} that write down how they were called.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "bin/s5 is a bash script")
class LauncherTest {
    private static final Instant BUILT = Instant.parse("2026-01-01T00:00:00Z");

    /** A blank in the path of everything. */
    @TempDir(factory = BlankInName.class)
    Path dir;

    private Path project;
    private Path tools;
    private Path jar;
    private final Map<String, String> environment = new TreeMap<>();

    record Result(long pid, int code, List<String> out, List<String> err) {}

    @BeforeEach
    void makeProject() throws Exception {
        project = dir.resolve("the project");
        tools = Files.createDirectories(dir.resolve("tools"));
        for (String tool : List.of("bash", "env", "find", "readlink", "rm")) {
            makeScript(tools.resolve(tool), "exec '%s' \"$@\"\n".formatted(which(tool)));
        }
        Path script = project.resolve("bin/s5");
        Files.createDirectories(script.getParent());
        Files.copy(Path.of("bin/s5"), script);
        Files.copy(Path.of("bin/find_sdk.sh"), project.resolve("bin/find_sdk.sh"));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        write("pom.xml");
        write("src/main/java/s5/Main.java");
        write("src/test/java/s5/MainTest.java");
        write("tornado/src/main/java/s5/tornado/Kernels.java");
        jar = project.resolve("target/s5.jar");
        write("target/s5.jar");
        setAllTimes(BUILT.minusSeconds(60));
        setTime("target/s5.jar", BUILT);

        environment.put("PATH", tools.toString());
        environment.put("HOME", dir.resolve("home").toString());
        environment.put("S5_JVM_DIR", dir.resolve("jvm").toString());
    }

    @Test
    void handsOnArgumentsAndExitCode() throws Exception {
        Path jdk = makeJdk("jvm/temurin-25", "25.0.3", 7);
        Result result = run("train", "a b", "", "*", "k=v w", "--help");

        assertEquals(7, result.code());
        List<String> out = result.out();
        assertEquals("java of " + jdk, out.getFirst());
        int jarAt = out.indexOf("<-jar>");
        assertEquals(
                List.of(
                        "<" + project.toRealPath().resolve("target/s5.jar") + ">",
                        "<train>",
                        "<a b>",
                        "<>",
                        "<*>",
                        "<k=v w>",
                        "<--help>"),
                out.subList(jarAt + 1, out.size()));
        List<String> options = out.subList(1, jarAt);
        assertEquals("<jdk.incubator.vector>", options.get(options.indexOf("<--add-modules>") + 1));
        assertTrue(options.contains("<-XX:MaxRAMPercentage=80>"), options::toString);
        assertEquals(List.of(), result.err());
    }

    /** Ctrl-C and kill must reach the JVM, which saves before it ends. */
    @Test
    void becomesTheJvm() throws Exception {
        Path jdk = makeJdk("jvm/temurin-25", "25.0.3", 0);
        makeScript(jdk.resolve("bin/java"), "echo $$");
        Result result = run();
        assertEquals(List.of(Long.toString(result.pid())), result.out());
    }

    @Test
    void runsThroughSymbolicLink() throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        Path link = Files.createSymbolicLink(dir.resolve("s5 link"), project.resolve("bin/s5"));
        Result result = start(link, List.of("info"));
        assertEquals(0, result.code(), result::toString);
        assertEquals("<info>", result.out().getLast());
    }

    @ParameterizedTest
    @ValueSource(strings = {"JAVA_HOME", "JAVA25_HOME"})
    void takesJdkFromVariable(String variable) throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        Path jdk = makeJdk("my jdk", "25.0.4", 0);
        environment.put(variable, jdk.toString());
        assertEquals("java of " + jdk, run().out().getFirst());
    }

    @Test
    void takesJdkFromPath() throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        Path jdk = makeJdk("my jdk", "25", 0);
        Files.createSymbolicLink(tools.resolve("java"), jdk.resolve("bin/java"));
        assertEquals("java of " + jdk.toRealPath(), run().out().getFirst());
    }

    @Test
    void takesJdkFromSdkman() throws Exception {
        Path jdk = makeJdk("home/.sdkman/candidates/java/25.0.3-tem", "25.0.3", 0);
        assertEquals("java of " + jdk, run().out().getFirst());
    }

    @Test
    void passesOverOtherJdks() throws Exception {
        Path old = makeJdk("jvm/java-17", "17.0.25", 0);
        environment.put("JAVA_HOME", old.toString());
        environment.put("JAVA25_HOME", dir.resolve("nowhere").toString());
        Files.createSymbolicLink(tools.resolve("java"), old.resolve("bin/java"));
        makeJdk("jvm/a-25-in-name-only", "21.0.25", 0);
        Path jdk = makeJdk("jvm/temurin-25", "25.0.3", 0);
        assertEquals("java of " + jdk, run().out().getFirst());
    }

    @Test
    void withoutJdkSaysSoInOneLine() throws Exception {
        environment.put("JAVA_HOME", makeJdk("jvm/java-17", "17.0.25", 0).toString());
        Result result = run("info");
        assertEquals(2, result.code());
        assertEquals(List.of(), result.out());
        assertEquals(1, result.err().size(), result::toString);
        assertTrue(result.err().getFirst().startsWith("s5: no JDK 25 in "), result::toString);
    }

    @Test
    void leavesFreshJarAlone() throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        makeMaven(tools.resolve("mvn"), "touch must not happen", 1);
        setTime("src/test/java/s5/MainTest.java", BUILT.plusSeconds(60));
        assertEquals(List.of(), run().err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "pom.xml", "src/main/java/s5/Main.java", "src/main/java/s5"})
    void buildsWhenMissingOrOlderThan(String newer) throws Exception {
        Path jdk = makeJdk("jvm/temurin-25", "25.0.3", 3);
        makeMaven(tools.resolve("mvn"), ": > target/s5.jar", 0);
        if (newer.isEmpty()) {
            Files.delete(jar);
        } else {
            setTime(newer, BUILT.plusSeconds(60));
        }
        Result result = run("info");
        assertEquals(3, result.code(), result::toString);
        assertEquals(1, result.err().size(), result::toString);
        assertTrue(result.err().getFirst().startsWith("s5: building target/s5.jar"));
        assertEquals("<info>", result.out().getLast());
        String call = Files.readString(dir.resolve("mvn-calls"));
        assertEquals(
                project.toRealPath()
                        + " JAVA_HOME="
                        + jdk
                        + " -q -B -ntp -Dmaven.test.skip=true package\n",
                call);

        assertEquals(List.of(), run("info").err(), "a second run does not build again");
    }

    @Test
    void tornadoSourcesCountWhenThereIsAnSdk() throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        makeMaven(tools.resolve("mvn"), ": > target/s5.jar", 0);
        setTime("tornado/src/main/java/s5/tornado/Kernels.java", BUILT.plusSeconds(60));
        assertEquals(List.of(), run().err());
        environment.put("TORNADOVM_HOME", dir.resolve("sdk").toString());
        assertEquals(1, run().err().size());
    }

    @Test
    void startsInTornadoWhereThereIsAnSdk() throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        Path sdk = makeSdk("my sdk");
        Files.writeString(sdk.resolve("tornado-argfile"), "");
        environment.put("TORNADOVM_HOME", sdk.toString());
        assertInTornado(sdk, "@" + sdk + "/tornado-argfile", run("run.yaml").out());
        assertInTornado(sdk, "@" + sdk + "/tornado-argfile", run("verify", "dir").out());
    }

    @Test
    void takesTheOptionsFromTheLauncherOfAnSdkWithoutArgfile() throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        Path sdk = makeSdk("home/.sdkman/candidates/tornadovm/current");
        Files.createDirectories(sdk.resolve("bin"));
        makeScript(sdk.resolve("bin/tornado"), "echo \"java  -Dfrom=launcher  $1\"\n");
        List<String> out = run("devices").out();
        assertInTornado(sdk, "-Dfrom=launcher", out);
        assertEquals("<--printJavaFlags>", out.get(2));
    }

    @Test
    void staysOutOfTornadoForTheCpu() throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        environment.put("TORNADOVM_HOME", makeSdk("sdk").toString());
        Files.createDirectories(dir.resolve("elsewhere"));
        Files.writeString(dir.resolve("elsewhere/cpu.yaml"), "seed: 1\ndevice: 'cpu' # slow\n");
        for (List<String> words :
                List.of(
                        List.of("run.yaml", "device=cpu"),
                        List.of("cpu.yaml"),
                        List.of("eval", "cpu.yaml", "x=1"),
                        List.of("cpu.yaml", "device=gpu", "device=cpu"),
                        List.of("info", "run.yaml"),
                        List.of("--help"),
                        List.<String>of())) {
            Result result = run(words.toArray(String[]::new));
            assertEquals("<--add-modules>", result.out().get(1), result::toString);
        }
        Files.createDirectories(dir.resolve("sdk"));
        Files.writeString(dir.resolve("sdk/tornado-argfile"), "");
        assertTrue(run("cpu.yaml", "device=gpu").out().get(1).startsWith("<@"));
    }

    private Path makeSdk(String name) throws IOException {
        Path jars = Files.createDirectories(dir.resolve(name).resolve("share/java/tornado"));
        Files.writeString(jars.resolve("tornado-api-5.2.0-jdk25.jar"), "");
        write("target/tornado.options");
        return dir.resolve(name);
    }

    private static void assertInTornado(Path sdk, String option, List<String> out) {
        assertEquals("<" + option + ">", out.get(1), out::toString);
        int path = out.lastIndexOf("<--module-path>");
        assertEquals("<" + sdk + "/share/java/tornado>", out.get(path + 1), out::toString);
        assertTrue(path < out.indexOf("<-jar>"), out::toString);
    }

    @Test
    void showsWhyTheBuildFailed() throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        makeMaven(tools.resolve("mvn"), "echo '[ERROR] Main.java:[3,1] not a statement'", 1);
        setTime("pom.xml", BUILT.plusSeconds(60));
        Result result = run("info");
        assertEquals(1, result.code());
        assertEquals(List.of(), result.out());
        assertTrue(result.err().contains("[ERROR] Main.java:[3,1] not a statement"));
        assertEquals("s5: the build failed, see above", result.err().getLast());
        assertFalse(Files.exists(jar), "the next run must build again");
    }

    @Test
    void withoutMavenSaysSoInOneLine() throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        setTime("pom.xml", BUILT.plusSeconds(60));
        Result result = run("info");
        assertEquals(2, result.code());
        assertEquals(1, result.err().size(), result::toString);
        assertTrue(result.err().getFirst().contains("needs Maven"), result::toString);
        assertTrue(Files.exists(jar));
    }

    @Test
    void takesTheWrapperWhenThereIsNoMaven() throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        makeMaven(project.resolve("mvnw"), ": > target/s5.jar", 0);
        Files.delete(jar);
        assertEquals(0, run("info").code());
        assertTrue(Files.exists(jar));
    }

    /** A folder that looks like a JDK; its java prints its home and arguments, and exits. */
    private Path makeJdk(String name, String version, int exitCode) throws IOException {
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

    /** A Maven that notes its call, runs {@code command} and exits. */
    private void makeMaven(Path file, String command, int exitCode) throws IOException {
        makeScript(
                file,
                """
                echo "$PWD JAVA_HOME=$JAVA_HOME $*" >> '%s'
                %s
                exit %d
                """
                        .formatted(dir.resolve("mvn-calls"), command, exitCode));
    }

    private static void makeScript(Path file, String body) throws IOException {
        Files.writeString(file, "#!" + which("bash") + "\n" + body);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Result run(String... arguments) throws Exception {
        return start(project.resolve("bin/s5"), List.of(arguments));
    }

    private Result start(Path script, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(script.toString());
        command.addAll(arguments);
        Path elsewhere = Files.createDirectories(dir.resolve("elsewhere"));
        Path out = dir.resolve("out");
        Path err = dir.resolve("err");
        var builder = new ProcessBuilder(command).directory(elsewhere.toFile());
        builder.redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "bin/s5 did not end");
        return new Result(
                process.pid(),
                process.exitValue(),
                Files.readAllLines(out),
                Files.readAllLines(err));
    }

    private void write(String name) throws IOException {
        Path file = project.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, name);
    }

    private void setAllTimes(Instant time) throws IOException {
        try (var files = Files.walk(project)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, FileTime.from(time));
            }
        }
    }

    private void setTime(String name, Instant time) throws IOException {
        Files.setLastModifiedTime(project.resolve(name), FileTime.from(time));
    }

    private static Path which(String tool) {
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
