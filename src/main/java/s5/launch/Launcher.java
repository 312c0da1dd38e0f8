package s5.launch;

import s5.Failure;
import s5.run.Stop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * Starts the processes of one host: this program again, so many times, with the same options of the
 * JVM. The console is rank 0's; of the others it hears only what one of them says that fails before
 * rank 0 can tell. Signals go to all. When one ends badly, the others end by themselves; those that
 * do not are killed.
 */
public final class Launcher {
    /** The process that started the others, for them to see whether it lives. */
    static final String PARENT = "S5_LAUNCHER";

    /** Share of the host's memory for the heaps of all, in percent. */
    private static final int MEMORY = 80;

    /** Seconds that the others have to end when one has: first by themselves, then by a signal. */
    private static final int ALONE = 5;

    private static final int SIGNALLED = 35;

    /** Lines that are kept of what another process than rank 0 says. */
    private static final int LINES = 50;

    private final List<Process> processes = new ArrayList<>();
    private final List<Deque<String>> said = new ArrayList<>();
    private final PrintWriter err;

    private Launcher(PrintWriter err) {
        this.err = err;
    }

    /**
     * Runs a command in several processes, to its end.
     *
     * @param count how many
     * @param words of the command line, for all of them
     * @param environment what a process gets besides, by its number
     * @param err where to say what becomes of them
     * @return the exit code: that of rank 0, or else of the first that failed
     */
    public static int run(
            int count,
            List<String> words,
            IntFunction<Map<String, String>> environment,
            PrintWriter err) {
        Launcher launcher = new Launcher(err);
        Thread last = new Thread(launcher::kill);
        Runtime.getRuntime().addShutdownHook(last);
        try (Stop stop = Stop.onSignals(launcher::terminate)) {
            launcher.start(count, words, environment);
            int code = launcher.await();
            return code == 0 && stop.requested() ? stop.exitCode() : code;
        } catch (IOException e) {
            throw new Failure("the processes do not start: " + e.getMessage());
        } finally {
            launcher.kill();
            Runtime.getRuntime().removeShutdownHook(last);
        }
    }

    private void start(int count, List<String> words, IntFunction<Map<String, String>> environment)
            throws IOException {
        byte[] token = new byte[24];
        new SecureRandom().nextBytes(token);
        int port = freePort();
        for (int rank = 0; rank < count; rank++) {
            ProcessBuilder builder = new ProcessBuilder(command(count, words));
            Map<String, String> env = builder.environment();
            env.remove("JDK_JAVA_OPTIONS"); // they are among the options of this JVM
            env.remove("TORCHELASTIC_RUN_ID");
            env.put("RANK", Integer.toString(rank));
            env.put("WORLD_SIZE", Integer.toString(count));
            env.put("LOCAL_RANK", Integer.toString(rank));
            env.put("LOCAL_WORLD_SIZE", Integer.toString(count));
            env.put("MASTER_ADDR", "127.0.0.1");
            env.put("MASTER_PORT", Integer.toString(port));
            env.put(Together.TOKEN, HexFormat.of().formatHex(token));
            env.put(PARENT, Long.toString(ProcessHandle.current().pid()));
            env.putAll(environment.apply(rank));
            if (rank == 0) {
                builder.inheritIO();
            } else {
                builder.redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
                builder.redirectOutput(Redirect.DISCARD);
            }
            Process process = builder.start();
            Deque<String> lines = new ArrayDeque<>();
            processes.add(process);
            said.add(lines);
            if (rank > 0) {
                Thread.ofPlatform()
                        .daemon()
                        .name("s5-rank-" + rank)
                        .start(() -> listen(process, lines));
            }
        }
    }

    /** This JVM's command line, with other words. */
    private static List<String> command(int count, List<String> words) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-XX:MaxRAMPercentage=" + Math.max(1, MEMORY / count));
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add("s5.Main");
        command.addAll(words);
        return command;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void listen(Process process, Deque<String> lines) {
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                process.getErrorStream(), Charset.defaultCharset()))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                synchronized (lines) {
                    if (lines.size() == LINES) {
                        lines.removeFirst();
                    }
                    lines.addLast(line);
                }
            }
        } catch (IOException e) {
            // it has ended
        }
    }

    private void terminate() {
        processes.forEach(Process::destroy);
    }

    private void kill() {
        processes.forEach(Process::destroyForcibly);
    }

    private int await() {
        int failed = firstFailure();
        if (failed < 0) {
            return 0;
        }
        int code = processes.get(failed).exitValue();
        boolean quiet = !end(ALONE);
        if (quiet && failed > 0) {
            tell(failed); // rank 0 does not, as it seems
        }
        if (quiet) {
            terminate();
            if (!end(SIGNALLED)) {
                kill();
                end(SIGNALLED);
            }
        }
        int leader = processes.getFirst().exitValue();
        if (leader > 128 && failed == 0 && leader != 130 && leader != 143) {
            err.println("s5: rank 0 was ended by signal %d".formatted(leader - 128));
            err.flush();
        }
        return leader != 0 && !quiet ? leader : code;
    }

    /** Waits until all have ended well, or one has not: its number, or -1. */
    private int firstFailure() {
        while (true) {
            boolean alive = false;
            for (int rank = 0; rank < processes.size(); rank++) {
                if (processes.get(rank).isAlive()) {
                    alive = true;
                } else if (processes.get(rank).exitValue() != 0) {
                    return rank;
                }
            }
            if (!alive) {
                return -1;
            }
            pause();
        }
    }

    /** Whether all have ended within so many seconds. */
    private boolean end(int seconds) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (processes.stream().anyMatch(Process::isAlive)) {
            if (System.nanoTime() > until) {
                return false;
            }
            pause();
        }
        return true;
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted while the processes worked");
        }
    }

    /** What a process said last that failed. */
    private void tell(int rank) {
        synchronized (said.get(rank)) {
            for (String line : said.get(rank)) {
                if (!line.startsWith("WARNING:")) {
                    err.println("rank %d: %s".formatted(rank, line));
                }
            }
        }
        err.println(
                "s5: rank %d ended with exit code %d, so the others end, too"
                        .formatted(rank, processes.get(rank).exitValue()));
        err.flush();
    }
}
