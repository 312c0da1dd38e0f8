package s5.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import s5.Version;
import s5.config.Config;
import s5.config.Messages;
import s5.config.Places;
import s5.io.AtomicFile;
import s5.ops.Backend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** run.json: what ran in a folder, a session for each time that a process worked on the run. */
final class History {
    static final String FILE = "run.json";

    private static final JsonMapper JSON = new JsonMapper();

    private final Path file;
    private final ObjectNode root;
    private final ObjectNode session;

    private History(Path file, ObjectNode root, ObjectNode session) {
        this.file = file;
        this.root = root;
        this.session = session;
    }

    /** Begins a session, after those that are in the folder's file. */
    static History begin(Path folder, Config config, Backend backend, List<String> words)
            throws IOException {
        Path file = folder.resolve(FILE);
        ObjectNode root = read(file);
        if (root.isEmpty() && Files.exists(file) && Files.size(file) > 0) {
            AtomicFile.keep(file); // damaged, and about to be replaced
        }
        root.put("name", config.name()).put("seed", config.seed());
        ObjectNode session =
                (root.path("sessions") instanceof ArrayNode sessions
                                ? sessions
                                : root.putArray("sessions"))
                        .addObject();
        session.put("started", now()).put("outcome", "going on");
        session.put("program", Version.TEXT);
        session.put("java", System.getProperty("java.runtime.version"));
        session.put("jvm", System.getProperty("java.vm.name"));
        session.put("device", backend.describe());
        ObjectNode versions = session.putObject("versions");
        backend.versions().forEach(versions::put);
        session.put(
                "system",
                "%s %s, %s"
                        .formatted(
                                System.getProperty("os.name"),
                                System.getProperty("os.version"),
                                System.getProperty("os.arch")));
        session.put("cores", Runtime.getRuntime().availableProcessors());
        session.put("host", host());
        session.put("process", ProcessHandle.current().pid());
        session.put("folder", Path.of("").toAbsolutePath().toString());
        ArrayNode command = session.putArray("command");
        words.forEach(word -> command.add(Places.withoutSecrets(word)));
        History history = new History(file, root, session);
        history.write();
        return history;
    }

    /** How the last session in a folder ended, for a message: {@code " (finished)"}, or nothing. */
    static String outcome(Path folder) {
        JsonNode sessions = read(folder.resolve(FILE)).path("sessions");
        String outcome = sessions.path(sessions.size() - 1).path("outcome").asText();
        String shown = outcome.equals("going on") ? "killed" : outcome;
        return shown.isEmpty() ? "" : " (" + Messages.shown(shown) + ")";
    }

    /** The file's content; empty when it is missing or damaged, since nothing depends on it. */
    static ObjectNode read(Path file) {
        try {
            if (Files.isRegularFile(file)
                    && JSON.readTree(file.toFile()) instanceof ObjectNode root) {
                return root;
            }
        } catch (IOException e) {
            // a new one takes its place
        }
        return JSON.createObjectNode();
    }

    /** Writes down that this session goes on from a checkpoint. */
    void resumed(int epoch, long step) throws IOException {
        session.putObject("resumed").put("epoch", epoch).put("step", step);
        write();
    }

    /**
     * Writes down when and how this session ended.
     *
     * @param result of the best epoch; null when there is none
     */
    void end(String outcome, ObjectNode result) throws IOException {
        session.put("ended", now()).put("outcome", outcome);
        if (result != null) {
            root.set("result", result);
        }
        write();
    }

    private void write() throws IOException {
        AtomicFile.write(file, root.toPrettyString() + "\n");
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** The name of this machine; not by DNS, which may take seconds. */
    private static String host() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            String name = System.getenv("COMPUTERNAME");
            return name == null ? "unknown" : name;
        }
    }
}
