package s5.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import s5.Failure;
import s5.UserError;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.io.AtomicFile;
import s5.io.Safetensors;
import s5.ops.Backend;
import s5.run.Metrics.Column;
import s5.run.Metrics.Kind;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The folder of a run, which belongs to one process at a time. It holds
 *
 * <pre>
 *   config.yaml        every setting
 *   run.json           what ran when and where: versions, device, seed, command lines, outcome, result
 *   log.txt            every line that the run said, with its time
 *   metrics.csv        a row for each epoch, and some for the steps between; see {@link Metrics}
 *   events.out....     the same for TensorBoard
 *   last.safetensors   the newest checkpoint
 *   best.safetensors   that of the best epoch
 *   report.html        the whole in pictures
 *   run.lock           locked while the run lives
 * </pre>
 *
 * <p>What cannot be written while the run goes on ends it with a {@link Failure}; its checkpoints
 * stay as they are.
 */
public sealed class RunFolder implements AutoCloseable permits FollowingFolder {
    /** The settings of a run, in its folder. */
    public static final String CONFIG = "config.yaml";

    static final String LOG = "log.txt";

    private final Path path;
    private final FolderLock lock;
    private final Console console;
    private final boolean continued;
    private final List<Path> made; // folders that were not there before, the innermost first
    private final boolean newLog;

    private boolean begun;
    private final BackgroundWriter writer = new BackgroundWriter();

    private History history;
    private Metrics metrics;
    private long rows; // that the table has, or will have when the writer is done

    RunFolder(
            Path path,
            FolderLock lock,
            Console console,
            boolean continued,
            List<Path> made,
            boolean newLog) {
        this.path = path;
        this.lock = lock;
        this.console = console;
        this.continued = continued;
        this.made = made;
        this.newLog = newLog;
    }

    /**
     * Takes possession of the folder {@code config.out()}; makes it when there is none.
     *
     * @param config of the run
     * @param resume whether a run that is there should go on
     * @param console what this run says, now also to its log
     * @return the folder, locked; to be closed
     * @throws UserError when a run lives in the folder; when one did and {@code resume} is not set;
     *     when it holds something else; when it cannot be written
     */
    public static RunFolder open(Config config, boolean resume, Console console) {
        Path path = Path.of(config.out());
        FolderLock lock = null;
        boolean done = false;
        List<Path> made = Vacancy.missing(path);
        try {
            Files.createDirectories(path);
            boolean run = Vacancy.holdsRun(path); // before anything is put there
            lock = FolderLock.take(path);
            boolean checkpoint = Files.exists(last(path)) || Files.exists(best(path));
            if (run && !resume) {
                throw new UserError(
                        "%s: holds a run already%s; add resume=true to continue it, or out=DIR for another folder (in a program: resume(), folder(DIR))"
                                .formatted(path, History.outcome(path)));
            }
            boolean newLog = !Files.exists(path.resolve(LOG));
            console.log(path.resolve(LOG));
            if (resume && !checkpoint) {
                console.line("%s: no checkpoint to go on from, so the run begins anew", path);
            }
            RunFolder folder =
                    new RunFolder(path, lock, console, resume && checkpoint, made, newLog);
            done = true;
            return folder;
        } catch (FileAlreadyExistsException e) {
            throw new UserError(path + ": is a file, not a folder; choose another with out=DIR", e);
        } catch (IOException e) {
            throw new UserError(
                    "%s: cannot be used as the run's folder (%s); choose another with out=DIR"
                            .formatted(path, AtomicFile.reason(e)),
                    e);
        } finally {
            if (!done && lock != null) {
                lock.undo();
            }
        }
    }

    /** {@return the folder} */
    public Path path() {
        return path;
    }

    /** {@return where the run says something} */
    public Console console() {
        return console;
    }

    /** {@return the newest checkpoint} */
    public Path last() {
        return last(path);
    }

    /** {@return the checkpoint of the best epoch} */
    public Path best() {
        return best(path);
    }

    /**
     * {@return the newest checkpoint of a run's folder; need not exist}
     *
     * @param folder of a run
     */
    public static Path last(Path folder) {
        return folder.resolve("last.safetensors");
    }

    /**
     * {@return the checkpoint of the best epoch of a run's folder; need not exist}
     *
     * @param folder of a run
     */
    public static Path best(Path folder) {
        return folder.resolve("best.safetensors");
    }

    /**
     * {@return the checkpoint to go on from: the newest, or the best one when somebody removed
     * that; null for a new run}
     */
    public Path checkpoint() {
        return !continued ? null : Files.exists(last()) ? last() : best();
    }

    /**
     * Writes down what runs here.
     *
     * @param config of the run
     * @param backend that it runs on
     * @param words of the command line
     */
    public void begin(Config config, Backend backend, List<String> words) {
        begun = true;
        try {
            // First of all: run.json makes it the folder of a run.
            history = History.begin(path, config, backend, words);
            ConfigLoader.write(config, path.resolve(CONFIG));
        } catch (IOException e) {
            throw new UserError(
                    "%s: cannot be written (%s)".formatted(path, AtomicFile.reason(e)), e);
        }
    }

    /**
     * Opens the table of numbers.
     *
     * @param rows of it to keep
     * @param epoch where the run goes on, from 1
     * @param step updates done before
     */
    public void beginMetrics(long rows, int epoch, long step) {
        try {
            metrics = new Metrics(path, rows, step);
            this.rows = metrics.kept();
            if (this.rows < rows) {
                console.line(
                        "%s: %,d of its first %,d rows are missing or damaged; it goes on without"
                                + " them%s",
                        path.resolve(Metrics.FILE),
                        rows - this.rows,
                        rows,
                        metrics.before()
                                .map(copy -> "; as it was it is kept as " + copy.getFileName())
                                .orElse(""));
            }
            if (history != null && step > 0) {
                history.resumed(epoch, step);
            }
        } catch (IOException e) {
            throw failure(Metrics.FILE, e);
        }
    }

    /**
     * Has a row of numbers added, see {@link Metrics}, while the run goes on.
     *
     * @param kind of row
     * @param epoch from 1
     * @param step updates done
     * @param values of the columns that have one; the caller leaves them alone from now on
     */
    public void row(Kind kind, int epoch, long step, Map<Column, Double> values) {
        rows++;
        writer.write(() -> {
            try {
                metrics.add(kind, epoch, step, values);
            } catch (IOException e) {
                throw failure(Metrics.FILE, e);
            }
        });
    }

    /** {@return rows of numbers so far} */
    public long rows() {
        return rows;
    }

    /**
     * Has a checkpoint written while the run goes on, after the rows of numbers so far. Waits for
     * the checkpoint before it.
     *
     * @param checkpoint asked for by the thread that writes it
     * @param files {@link #last} or {@link #best}, in their order; each whole or not at all
     * @throws Failure when something before could not be written
     */
    public void save(Supplier<Safetensors> checkpoint, Path... files) {
        writer.finish();
        writer.write(() -> {
            Safetensors content = checkpoint.get();
            force();
            for (Path file : files) {
                save(file, content);
            }
        });
    }

    /**
     * Tells of a failed write, without waiting for those that are not done yet.
     *
     * @throws Failure when it has turned out that a row or a checkpoint cannot be written
     */
    public void checkSaving() {
        writer.check();
    }

    /**
     * Waits until rows and checkpoints so far are written.
     *
     * @throws Failure when they could not be
     */
    public void finishSaving() {
        writer.finish();
    }

    private void force() {
        try {
            metrics.force();
        } catch (IOException e) {
            throw failure(Metrics.FILE, e);
        }
    }

    private void save(Path file, Safetensors checkpoint) {
        checkStillOurs();
        if (console.logFailed()) {
            throw new Failure(
                    "%s: cannot be written; the run stops; once there is room, resume=true continues it"
                            .formatted(path.resolve(LOG)));
        }
        try {
            AtomicFile.write(file, checkpoint::writeTo);
        } catch (NoSuchFileException e) {
            throw gone(); // or being deleted, with the lock still to come
        } catch (IOException e) {
            checkStillOurs();
            throw failure(file.getFileName().toString(), e);
        }
    }

    /**
     * Writes another file of the run, whole or not at all.
     *
     * @param name of the file
     * @param text its content
     */
    public void save(String name, String text) {
        checkStillOurs();
        Path file = path.resolve(name);
        try {
            AtomicFile.write(file, text);
        } catch (IOException e) {
            throw new Failure(file + ": cannot be written (" + AtomicFile.reason(e) + ")");
        }
    }

    private void checkStillOurs() {
        if (!lock.held()) {
            throw gone();
        }
    }

    private Failure gone() {
        return new Failure(path + ": was moved or deleted while the run wrote to it");
    }

    private Failure failure(String name, IOException e) {
        return new Failure(
                "%s: cannot be written (%s); the run stops; mend that, and resume=true continues from the last checkpoint"
                        .formatted(path.resolve(name), AtomicFile.reason(e)));
    }

    /**
     * {@return the run.json of a run's folder; empty when it has none}
     *
     * @param folder of a run
     */
    public static JsonNode history(Path folder) {
        return History.read(folder.resolve(History.FILE));
    }

    /**
     * Writes down how the run ended; the first time counts.
     *
     * @param outcome in a few words
     * @param result of the best epoch, as {@code run.json} has it; null when there is none
     */
    public void end(String outcome, ObjectNode result) {
        History ending = history;
        history = null;
        try {
            if (ending != null) {
                checkStillOurs();
                ending.end(outcome, result);
            }
        } catch (IOException | Failure e) {
            console.note("run.json was not completed: " + e.getMessage());
        }
    }

    /** Removes what {@link #open} has made, for a run that has not even begun. */
    private void discard() {
        try {
            if (newLog) {
                Files.deleteIfExists(path.resolve(LOG));
            }
            lock.undo();
            for (Path folder : made) {
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            // something else is in it by now, or the system keeps open files: that does no harm
        }
    }

    /** A run that never {@linkplain #begin began}, for want of its data set say, leaves nothing. */
    @Override
    public void close() {
        writer.close();
        console.close();
        if (begun) {
            lock.close();
        } else {
            discard(); // while the lock is held, so that what is removed is surely ours
        }
        try {
            if (metrics != null) {
                metrics.close();
            }
        } catch (IOException e) {
            throw failure(Metrics.FILE, e);
        }
    }
}
