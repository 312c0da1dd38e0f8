package s5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How bin/s5 finds a JDK 25 and starts it. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "bin/s5 is a bash script")
class LauncherTest extends LauncherBed {
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

    /** Such as a database's driver. */
    @Test
    void findsJarsInLib() throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        Files.createFile(Files.createDirectory(project.resolve("lib")).resolve("driver.jar"));
        List<String> out = run("info").out();
        Path real = project.toRealPath();
        assertEquals(
                List.of(
                        "<-cp>",
                        "<%s:%s>".formatted(real.resolve("target/s5.jar"), real.resolve("lib/*")),
                        "<s5.Main>",
                        "<info>"),
                out.subList(out.size() - 4, out.size()));
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
}
