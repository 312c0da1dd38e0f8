package s5.sweep;

import s5.Devices;
import s5.Failure;
import s5.UserError;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.config.DataConfig;
import s5.cpu.CpuBackend;
import s5.data.Splits;
import s5.ops.Backend;
import s5.report.ReportedRun;
import s5.run.Console;
import s5.run.RunFolder;
import s5.sweep.Search.Trial;
import s5.train.Footprint;
import s5.train.Steps;
import s5.train.TrainingListener;

import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Does the runs of a search in this process, several at a time if asked for: the program is
 * compiled once, and a data set is opened once. A run that has come to its end is not done again;
 * one that was stopped or killed goes on.
 */
public final class Sweep {
    private final Search search;
    private final int jobs;
    private final Console console;
    private final BooleanSupplier stop;
    private final Map<DataConfig, Splits> opened = new LinkedHashMap<>();
    private final AtomicInteger ended = new AtomicInteger();

    /**
     * Prepares a sweep.
     *
     * @param search what to do
     * @param jobs how many runs go on at a time, 1 or more; those on the CPU share its cores
     * @param console gets a line when a run ends
     * @param stop asked whether to end: what goes on is saved, nothing more is begun
     */
    public Sweep(Search search, int jobs, Console console, BooleanSupplier stop) {
        this.search = search;
        this.jobs = jobs;
        this.console = console;
        this.stop = stop;
    }

    /**
     * {@return whether a run has come to its end with these settings}
     *
     * @param trial the run
     */
    public static boolean isDone(Trial trial) {
        Path file = trial.folder().resolve(RunFolder.CONFIG);
        if (!Outcome.of(trial.folder()).finished() || !Files.exists(file)) {
            return false;
        }
        Config done;
        try {
            done = ConfigLoader.load(file, List.of());
        } catch (UserError e) {
            return false; // damaged: the run itself says so, or mends it
        }
        return ConfigLoader.differences(trial.config(), done).isEmpty()
                && done.train().options().equals(trial.config().train().options());
    }

    /**
     * Does all runs that are not done.
     *
     * @return how many failed; each was told in a line
     * @throws UserError when a run cannot even begin, for want of its data set say
     */
    public int run() {
        List<Trial> left = search.trials().stream().filter(trial -> !isDone(trial)).toList();
        ended.set(search.trials().size() - left.size());
        console.line(
                "%s: %d runs in %s; %s",
                search.name(),
                search.trials().size(),
                search.folder(),
                ended.get() == 0 ? "none has ended yet" : ended + " of them have ended before");
        List<Future<Boolean>> results = new ArrayList<>();
        int failed = 0;
        BlockingQueue<Place> free = new LinkedBlockingQueue<>();
        for (int job = 0; job < jobs; job++) {
            free.add(new Place());
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(jobs)) {
            left.forEach(trial -> results.add(threads.submit(() -> run(trial, free))));
            for (Future<Boolean> result : results) {
                try {
                    failed += await(result) ? 0 : 1;
                } catch (UserError | Failure e) {
                    results.forEach(waiting -> waiting.cancel(false)); // what goes on ends
                    throw e;
                }
            }
        } finally {
            free.forEach(Place::close);
        }
        return failed;
    }

    private static boolean await(Future<Boolean> result) {
        try {
            return result.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while runs go on", e);
        }
    }

    private boolean run(Trial trial, BlockingQueue<Place> free) {
        Place place = free.remove(); // there are as many as threads
        try {
            return stop.getAsBoolean() || run(trial, place);
        } finally {
            free.add(place);
        }
    }

    /** Whether it did not fail. */
    private boolean run(Trial trial, Place place) {
        Config config = trial.config();
        Console quiet = Console.plain(new PrintWriter(Writer.nullWriter()));
        try (RunFolder run = RunFolder.open(config, true, quiet)) {
            Splits data = data(config);
            Footprint.of(config, data.shape());
            Backend backend = place.prepare(config, data);
            quiet.line("device: %s", backend.describe());
            ReportedRun.train(
                    config,
                    data,
                    backend,
                    place,
                    run,
                    trial.words(),
                    stop,
                    "stopped by a signal",
                    TrainingListener.NONE);
        } catch (Failure e) {
            place.close(); // whatever state it is in
            tell(trial, "failed: " + e.getMessage());
            return false;
        }
        Outcome outcome = Outcome.of(trial.folder());
        tell(trial, outcome.finished() ? results(outcome) : outcome.describe());
        return true;
    }

    private void tell(Trial trial, String what) {
        synchronized (console) {
            console.line(
                    "%d of %d: %s: %s",
                    ended.incrementAndGet(), search.trials().size(), trial.name(), what);
        }
    }

    private static String results(Outcome outcome) {
        List<String> words = new ArrayList<>();
        words.add("best epoch " + outcome.bestEpoch());
        for (String split : List.of("validation ", "test ")) {
            outcome.metrics().entrySet().stream()
                    .filter(metric -> metric.getKey().startsWith(split))
                    .findFirst()
                    .ifPresent(metric ->
                            words.add(metric.getKey() + " " + Table.number(metric.getValue())));
        }
        return String.join(", ", words);
    }

    /**
     * Where one run after another goes on: a device, with the steps that the last run left there.
     */
    private final class Place implements Steps.Source {
        private Backend backend; // null while there is none
        private Steps steps; // null while there are none

        /** The device for a run: as it is where its steps fit, else anew, with all memory free. */
        Backend prepare(Config config, Splits data) {
            if (steps == null || !steps.fit(config, data)) {
                close();
                backend = open(config);
            }
            return backend;
        }

        @Override
        public Steps take(Config config, Splits data) {
            if (steps == null) {
                steps = new Steps(config, data, backend);
            }
            return steps;
        }

        @Override
        public void giveBack(Steps steps) {
            // they wait here for the next run
        }

        void close() {
            if (steps != null) {
                steps.close();
                steps = null;
            }
            if (backend != null) {
                backend.close();
                backend = null;
            }
        }
    }

    private Backend open(Config config) {
        int cores = Runtime.getRuntime().availableProcessors();
        int threads =
                config.threads() == 0 && jobs > 1 ? Math.max(1, cores / jobs) : config.threads();
        Backend backend =
                Devices.open(config.device(), config.precision(), config.kernels(), threads);
        if (jobs > 1 && !(backend instanceof CpuBackend)) {
            backend.close();
            throw new UserError(
                    "jobs: a GPU does one run at a time; leave jobs out, or choose device=cpu");
        }
        return backend;
    }

    /** The data set of a run: the one that is open, if it has the same settings. */
    private Splits data(Config config) {
        synchronized (opened) {
            Splits splits = opened.get(config.data());
            if (splits == null) {
                if (opened.size() >= jobs) {
                    opened.remove(opened.keySet().iterator().next()); // few stay open
                }
                splits = config.data().open();
                opened.put(config.data(), splits);
            }
            return splits;
        }
    }
}
