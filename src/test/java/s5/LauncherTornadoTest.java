package s5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** When bin/s5 starts in TornadoVM. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "bin/s5 is a bash script")
class LauncherTornadoTest extends LauncherBed {
    @Test
    void tornadoSourcesCountWhenThereIsAnSdk() throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        makeMaven(tools.resolve("mvn"), makeJar(), 0);
        setTime("tornado/src/main/java/s5/tornado/Kernels.java", BUILT.plusSeconds(60));
        assertEquals(List.of(), run().err());
        environment.put("TORNADOVM_HOME", makeSdk("sdk").toString());
        Files.writeString(dir.resolve("sdk/tornado-argfile"), "");
        makeJar(jar, true);
        setTime("target/s5.jar", BUILT);
        assertEquals(List.of(), run("info", "run.yaml").err());
        assertEquals(1, run("run.yaml").err().size());
        assertEquals(List.of(), run("run.yaml").err());
    }

    @Test
    void startsInTornadoWhereThereIsAnSdk() throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        Path sdk = makeSdk("my sdk");
        makeJar(jar, true);
        Files.writeString(sdk.resolve("tornado-argfile"), "");
        environment.put("TORNADOVM_HOME", sdk.toString());
        assertInTornado(sdk, "@" + sdk + "/tornado-argfile", run("run.yaml").out());
        assertInTornado(sdk, "@" + sdk + "/tornado-argfile", run("verify", "dir").out());
    }

    @Test
    void takesTheOptionsFromTheLauncherOfAnSdkWithoutArgfile() throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        Path sdk = makeSdk("home/.sdkman/candidates/tornadovm/current");
        makeJar(jar, true);
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
        makeJar(jar, true);
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

    private static void assertInTornado(Path sdk, String option, List<String> out) {
        assertEquals("<" + option + ">", out.get(1), out::toString);
        int path = out.lastIndexOf("<--module-path>");
        assertEquals("<" + sdk + "/share/java/tornado>", out.get(path + 1), out::toString);
        assertTrue(path < out.indexOf("<-jar>"), out::toString);
    }

    /** A word, a file of its own or an SDK may name a collector; the JVM takes one only. */
    @Test
    void theUsersCollectorWins() throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        assertEquals(List.of("UseSerialGC"), collectors(run("info")));
        Path file = Files.writeString(dir.resolve("options"), "-Xmx1g\n-XX:+UseZGC\n");
        for (String variable : List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS")) {
            environment.put(variable, "-Xmx1g -XX:+UseStringDeduplication");
            assertEquals(List.of("UseSerialGC"), collectors(run("info")));
            for (String words :
                    List.of("-Xmx1g -XX:+UseG1GC", "'-XX:+UseG1GC'", "\"-XX:+UseZGC\"")) {
                environment.put(variable, words);
                assertEquals(List.of(), collectors(run("info")), words);
            }
            environment.remove(variable);
        }
        environment.put("JDK_JAVA_OPTIONS", "@" + Path.of("../options"));
        assertEquals(List.of(), collectors(run("info")), file::toString);

        Path sdk = makeSdk("sdk");
        environment.put("TORNADOVM_HOME", sdk.toString());
        makeJar(jar, true);
        Files.writeString(sdk.resolve("tornado-argfile"), "-server\n-XX:+UseParallelGC\n");
        assertTrue(run("devices").out().contains("<-XX:-UseParallelGC>"));
        environment.put("JDK_JAVA_OPTIONS", "-XX:+UseParallelGC");
        assertFalse(run("devices").out().contains("<-XX:-UseParallelGC>"));
        environment.remove("JDK_JAVA_OPTIONS");
        assertFalse(run("devices").out().contains("<-XX:-UseParallelGC>"));
    }

    private static List<String> collectors(Result result) {
        return result.out().stream()
                .filter(word -> word.matches("<-XX:\\+Use.*GC>"))
                .map(word -> word.replaceAll("<-XX:\\+|>", ""))
                .toList();
    }
}
