package s5.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import s5.run.Stop.Request;

import java.io.BufferedReader;
import java.nio.file.Path;

/** Which signals are a second request; real ones come in {@link KilledRunTest}. */
class StopTest {
    private static final int HUP = 1;
    private static final int INT = 2;
    private static final int TERM = 15;

    private final Stop stop = new Stop();

    private Request at(long milliseconds, int signal) {
        return stop.request(signal, MILLISECONDS.toNanos(milliseconds) - 1); // time may be negative
    }

    @Test
    void signalsThatComeTogetherAreOneRequest() {
        assertEquals(Request.FIRST, at(0, INT));
        assertEquals(Request.SAME, at(1, HUP));
        assertEquals(Request.SAME, at(2, INT));
        assertEquals(Request.SAME, at(999, TERM));
        assertTrue(stop.requested());
        assertEquals(130, stop.exitCode());
    }

    @Test
    void aTerminalThatGoesWhileTheRunSavesEndsNothing() {
        assertEquals(Request.FIRST, at(0, INT));
        assertEquals(Request.SAME, at(60_000, HUP));
        assertEquals(Request.AGAIN, at(60_001, INT));
    }

    @Test
    void aSecondRequestEndsAtOnce() {
        assertEquals(Request.FIRST, at(0, HUP));
        assertEquals(Request.AGAIN, at(1000, TERM));
    }

    /** A program that is asked to stop, says so, and goes on. */
    static final class Deaf {
        public static void main(String[] words) throws InterruptedException {
            Stop.onSignals(() -> System.out.println("asked"));
            System.out.println("ready");
            Thread.sleep(60_000);
        }
    }

    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no signals")
    @Test
    void theSecondRequestEndsAProcessThatDoesNotStop() throws Exception {
        String path =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        Process process = new ProcessBuilder(java, "-cp", path, Deaf.class.getName()).start();
        try (BufferedReader out = process.inputReader()) {
            assertEquals("ready", out.readLine());
            terminate(process);
            assertEquals("asked", out.readLine());
            Thread.sleep(1100);
            assertTrue(process.isAlive());
            terminate(process);
            assertTrue(process.waitFor(30, SECONDS), "it goes on");
            assertEquals(143, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }

    private static void terminate(Process process) throws Exception {
        String pid = Long.toString(process.pid());
        assertEquals(0, new ProcessBuilder("kill", "-TERM", pid).start().waitFor());
    }
}
