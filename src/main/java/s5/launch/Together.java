package s5.launch;

import s5.Devices;
import s5.Failure;
import s5.UserError;
import s5.collective.Alone;
import s5.collective.Collective;
import s5.collective.Ranks;
import s5.collective.Rendezvous;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.io.Services;
import s5.ops.Backend;
import s5.ops.BackendProvider;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * One of the processes that work together, or this one alone: what comes before its work, and
 * after.
 */
public final class Together {
    /** The secret of a job, by which its processes know each other. */
    static final String TOKEN = "S5_TOKEN";

    /** Settings that may differ between processes: where things lie, and what a host has. */
    private static final Set<String> OWN =
            Set.of("device", "threads", "out", "data.root", "data.cache_dir");

    private final ProcessOptions options;
    private final Map<String, String> env;

    /**
     * What a command's words and the environment say.
     *
     * @param options of the command
     * @param env the environment
     */
    public Together(ProcessOptions options, Map<String, String> env) {
        this.options = options;
        this.env = env;
    }

    /**
     * Starts the processes that the options ask for, and waits for their end.
     *
     * @param config of the run, for its device
     * @param words of the command line, behind the program's name
     * @param err where to say what becomes of them
     * @return the exit code
     * @throws UserError when there are not so many GPUs, or this is one of several already
     */
    public int launch(Config config, List<String> words, PrintWriter err) {
        if (Ranks.of(env) != null) {
            throw new UserError(
                    "gpus and processes: this process is one of several already, which %s started; leave them out"
                            .formatted(Ranks.of(env).source()));
        }
        List<String> theirs = new ArrayList<>(words);
        theirs.removeIf(word -> word.startsWith("gpus=") || word.startsWith("processes="));
        if (options.processes() > 1) {
            if (!config.device().equals("cpu") && !config.device().equals("auto")) {
                throw new UserError(
                        "processes: is for the CPU, and device is %s; write gpus=%d, or device=cpu"
                                .formatted(config.device(), options.processes()));
            }
            theirs.add("device=cpu");
            return Launcher.run(options.processes(), theirs, rank -> Map.of(), err);
        }
        if (!config.device().equals("auto") && !config.device().equals("gpu")) {
            throw new UserError(
                    "gpus: chooses the devices, and device is %s; leave one of them out"
                            .formatted(config.device()));
        }
        List<String> visible = gpus();
        int count = options.gpusOf(visible.size());
        theirs.add("device=cuda:0");
        return Launcher.run(
                count, theirs, rank -> Map.of("CUDA_VISIBLE_DEVICES", visible.get(rank)), err);
    }

    private static List<String> gpus() {
        return Services.find(BackendProvider.class).stream()
                .map(BackendProvider::gpus)
                .filter(list -> !list.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    /**
     * Does the work of this process.
     *
     * @param work gets the processes that work together, and returns an exit code
     * @return that
     */
    public int work(Function<Collective, Integer> work) {
        Ranks who = options.who(env);
        if (who == null) {
            return work.apply(Alone.PROCESS);
        }
        try (Collective ranks = Rendezvous.join(who, token(), options.waiting())) {
            try {
                return work.apply(ranks);
            } catch (UserError | Failure e) {
                ranks.fail(e.getMessage());
                throw e;
            } catch (RuntimeException | Error e) {
                ranks.fail(e.toString());
                throw e;
            }
        }
    }

    /** Secret where somebody set one; else the job's number, which keeps jobs apart and no more. */
    private String token() {
        for (String name :
                List.of(TOKEN, "TORCHELASTIC_RUN_ID", "SLURM_JOB_ID", "PMIX_NAMESPACE")) {
            if (env.containsKey(name)) {
                return name + "=" + env.get(name);
            }
        }
        return "no token";
    }

    /** {@return whether who started this process is gone} */
    public boolean orphaned() {
        return Optional.ofNullable(env.get(Launcher.PARENT))
                .map(pid ->
                        !ProcessHandle.of(Long.parseLong(pid))
                                .map(ProcessHandle::isAlive)
                                .orElse(false))
                .orElse(false);
    }

    /**
     * Opens the device that is this process's among those of its host.
     *
     * @param config of the run
     * @param ranks of the work
     * @return a backend that has joined them; to be closed
     * @throws UserError when there is no such device, or it cannot work together with others
     */
    public Backend open(Config config, Collective ranks) {
        Ranks who = options.who(env);
        if (who == null) {
            return Devices.open(config);
        }
        String device = config.device();
        List<String> visible = device.equals("auto") || device.equals("gpu") ? gpus() : List.of();
        if (!visible.isEmpty()) {
            int mine = visible.size() == 1 ? 0 : who.local();
            if (mine >= visible.size()) {
                throw new UserError(
                        "rank %d: its number on this host is %d, and there are %d GPUs; start one process for each"
                                .formatted(who.rank(), who.local(), visible.size()));
            }
            String gpu = visible.get(mine);
            Services.find(BackendProvider.class).forEach(provider -> provider.only(gpu));
            device = "cuda:0";
        }
        Backend backend =
                Devices.open(device, config.precision(), config.kernels(), threads(config));
        boolean done = false;
        try {
            backend.join(ranks);
            done = true;
            return backend;
        } finally {
            if (!done) {
                backend.close();
            }
        }
    }

    /** Threads of this process: its share of the cores, where there are several on this host. */
    private int threads(Config config) {
        int here = Integer.parseInt(env.getOrDefault("LOCAL_WORLD_SIZE", "1"));
        return config.threads() > 0 || here < 2
                ? config.threads()
                : Math.max(1, Runtime.getRuntime().availableProcessors() / here);
    }

    /**
     * {@return the settings that have to be the same in all processes, by their keys}
     *
     * @param config of the run
     */
    public static Map<String, String> shared(Config config) {
        Map<String, String> settings = ConfigLoader.settings(config);
        settings.keySet().removeAll(OWN);
        return settings;
    }
}
