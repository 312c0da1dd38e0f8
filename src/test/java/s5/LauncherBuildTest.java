package s5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** When and how bin/s5 builds target/s5.jar. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "bin/s5 is a bash script")
class LauncherBuildTest extends LauncherBed {
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
        makeMaven(tools.resolve("mvn"), makeJar(), 0);
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
        Path target = project.toRealPath().resolve("target");
        assertEquals(
                "%s JAVA_HOME=%s -q -B -ntp -Dbuild.folder=%s/build-%d -Dmaven.test.skip=true package\n"
                        .formatted(project.toRealPath(), jdk, target, result.pid()),
                Files.readString(dir.resolve("mvn-calls")));
        assertEquals(List.of("build.lock", "s5.jar"), names(target));

        assertEquals(List.of(), run("info").err(), "a second run does not build again");
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
        assertTrue(Files.exists(jar), "the jar that worked is gone");
        assertEquals(result.err(), run("info").err(), "the next run must build again");
        assertEquals(List.of("build.lock", "s5.jar"), names(jar.getParent()));
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
        makeMaven(project.resolve("mvnw"), makeJar(), 0);
        Files.delete(jar);
        assertEquals(0, run("info").code());
        assertTrue(Files.exists(jar));
    }

    /** A source that is saved while Maven compiles is not in the jar, which is made later. */
    @Test
    void aSourceSavedDuringTheBuildIsNewer() throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        Files.delete(jar);
        String save = "echo changed > src/main/java/s5/Main.java\n";
        makeMaven(tools.resolve("mvn"), save + makeJar(), 0);
        assertEquals(1, run("info").err().size());
        makeMaven(tools.resolve("mvn"), makeJar(), 0);
        assertEquals(1, run("info").err().size());
        assertEquals(0, run("info").err().size());
    }

    /** As an interrupted build by Maven itself, or a full disk, leaves it. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 50})
    void aTruncatedJarIsBuiltAgain(int bytes) throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        makeMaven(tools.resolve("mvn"), makeJar(), 0);
        Files.write(jar, Arrays.copyOf(Files.readAllBytes(jar), bytes));
        Result result = run("info");
        assertEquals(1, result.err().size(), result::toString);
        assertEquals("<info>", result.out().getLast());
        assertEquals(List.of(), run("info").err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "HUP", "KILL"})
    void anInterruptedBuildLeavesTheJarThatWas(String signal) throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        byte[] before = Files.readAllBytes(jar);
        setTime("pom.xml", BUILT.plusSeconds(60));
        // a half-written jar, and then the signal to all, as a terminal sends it
        makeMaven(
                tools.resolve("mvn"),
                "echo half > \"$folder/s5.jar\"\nkill -%s $PPID 0\nexec '%s' 60"
                        .formatted(signal, which("sleep")),
                0);
        Result result =
                start(which("setsid"), List.of("-w", project.resolve("bin/s5").toString(), "info"));
        assertTrue(result.code() > 128, result::toString);
        assertEquals(List.of(), result.out());
        assertArrayEquals(before, Files.readAllBytes(jar));
        makeMaven(tools.resolve("mvn"), makeJar(), 0);
        Result next = run("info");
        assertEquals(1, next.err().size(), next::toString);
        assertEquals("<info>", next.out().getLast());
        assertEquals(List.of("build.lock", "s5.jar"), names(jar.getParent()));
    }

    /** As by a task manager: Maven does not get the signal itself, and had the lock. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nobodyWaitsForTheMavenOfAStartThatWasKilledAlone(boolean outright) throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        Files.delete(jar);
        Path pid = dir.resolve("pid");
        makeMaven(
                tools.resolve("mvn"),
                "echo $$ > '%s.new'\n'%s' '%s.new' '%s'\n'%s' 60\n"
                        .formatted(pid, which("mv"), pid, pid, which("sleep")),
                0);
        List<String> command = List.of(project.resolve("bin/s5").toString(), "info");
        Process start = begin(command, dir.resolve("out"), dir.resolve("err"));
        while (!Files.exists(pid)) {
            assertTrue(start.isAlive(), "it has not built");
            Thread.sleep(20);
        }
        ProcessHandle maven =
                ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
        List<ProcessHandle> all = new ArrayList<>(maven.descendants().toList());
        all.add(maven);
        try {
            if (outright) {
                start.destroyForcibly();
            } else {
                start.destroy();
            }
            assertTrue(start.waitFor(20, TimeUnit.SECONDS));
            if (!outright) {
                maven.onExit().get(20, TimeUnit.SECONDS);
            }
            makeMaven(tools.resolve("mvn"), makeJar(), 0);
            Process next = begin(command, dir.resolve("out2"), dir.resolve("err2"));
            assertTrue(next.waitFor(20, TimeUnit.SECONDS), "it waits");
            assertEquals(1, Files.readAllLines(dir.resolve("err2")).size());
        } finally {
            all.forEach(ProcessHandle::destroy);
        }
    }

    /** The Maven of a start that was killed alone goes on and writes to its folder. */
    @Test
    void whatAKilledStartLeftIsNotInTheWay() throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        setTime("pom.xml", BUILT.plusSeconds(60));
        makeMaven(tools.resolve("mvn"), makeJar(), 0);
        Path left = Files.createDirectories(jar.resolveSibling("build-999999999"));
        makeScript(
                tools.resolve("rm"),
                """
                case "${@: -1}" in *999999999) echo "rm: cannot remove: Directory not empty" >&2; exit 1 ;; esac
                exec '%s' "$@"
                """
                        .formatted(which("rm")));
        Result result = run("info");
        assertEquals(0, result.code(), result::toString);
        assertEquals(1, result.err().size(), result::toString);
        assertEquals("<info>", result.out().getLast());
        assertTrue(Files.exists(left));
    }

    @Test
    void ofStartsAtOnceOneBuilds() throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        Files.delete(jar);
        makeMaven(tools.resolve("mvn"), "'%s' 1\n%s".formatted(which("sleep"), makeJar()), 0);
        List<String> command = List.of(project.resolve("bin/s5").toString(), "info");
        List<Process> starts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            starts.add(begin(command, dir.resolve("out" + i), dir.resolve("err" + i)));
        }
        List<String> said = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            assertTrue(starts.get(i).waitFor(60, TimeUnit.SECONDS), "it waits for ever");
            assertEquals("<info>", Files.readAllLines(dir.resolve("out" + i)).getLast());
            said.addAll(Files.readAllLines(dir.resolve("err" + i)));
        }
        assertEquals(1, Files.readAllLines(dir.resolve("mvn-calls")).size());
        assertEquals(
                1,
                said.stream().filter(line -> line.startsWith("s5: building ")).count(),
                said + "");
        assertTrue(said.stream().allMatch(l -> l.matches("s5: (building|waiting) .*")), said + "");
        assertEquals(List.of("build.lock", "s5.jar"), names(jar.getParent()));
    }

    /** Who waits for long can see for whom, and end it. */
    @Test
    void aStartThatWaitsSaysForWhom() throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        makeMaven(tools.resolve("mvn"), "sleep 3\n" + makeJar(), 0);
        makeScript(tools.resolve("sleep"), "exec '%s' \"$@\"\n".formatted(which("sleep")));
        Files.delete(jar);
        List<String> command = List.of(project.resolve("bin/s5").toString(), "info");
        Process builds = begin(command, dir.resolve("out"), dir.resolve("err"));
        Path lock = jar.resolveSibling("build.lock");
        while (builds.isAlive() && (!Files.exists(lock) || Files.size(lock) == 0)) {
            Thread.sleep(20);
        }
        Result waits = run("info");
        assertTrue(builds.waitFor(60, TimeUnit.SECONDS), "it builds for ever");
        assertOneLine(
                waits,
                "s5: waiting for process %d, which builds target/s5.jar since "
                        .formatted(builds.pid()));
        assertEquals(0, Files.size(lock), "nobody builds any more");
    }

    /** An installation that others own: whoever copied it did not keep the files' times. */
    @Test
    void aStaleJarIsTakenWhereNothingCanBeWritten() throws Exception {
        makeJdk("jvm/temurin-25", "25.0.3", 0);
        makeMaven(tools.resolve("mvn"), "touch must not happen", 1);
        makeScript(
                tools.resolve("mkdir"),
                "echo \"mkdir: cannot create '${@: -1}': Read-only file system\" >&2; exit 1\n");
        setTime("pom.xml", BUILT.plusSeconds(60));
        Result result = run("info");
        assertEquals(0, result.code());
        assertEquals("<info>", result.out().getLast());
        assertOneLine(
                result,
                "s5: going on with target/s5.jar, which is older than its sources and cannot be"
                        + " built anew: ",
                "Read-only file system");

        environment.put("TORNADOVM_HOME", makeSdk("sdk").toString());
        Result gpu = run("devices");
        assertEquals(0, gpu.code());
        assertEquals("<devices>", gpu.out().getLast());
        assertOneLine(gpu, "which was built without TornadoVM", "Read-only file system");

        Files.delete(jar);
        Result without = run("info");
        assertEquals(2, without.code());
        assertEquals(List.of(), without.out());
        assertOneLine(without, "s5: target/s5.jar has to be built, and cannot be: ", "Read-only");
    }

    private static void assertOneLine(Result result, String... parts) {
        assertEquals(1, result.err().size(), result::toString);
        for (String part : parts) {
            assertTrue(result.err().getFirst().contains(part), result::toString);
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
