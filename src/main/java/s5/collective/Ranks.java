package s5.collective;

import s5.UserError;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Which process of a training this is, and where the others are met.
 *
 * @param rank from 0
 * @param size how many processes there are
 * @param local its number among those on this host, from 0
 * @param host where rank 0 listens, a name or an address
 * @param port there
 * @param source who said so, for messages
 */
public record Ranks(int rank, int size, int local, String host, int port, String source) {
    /** Where ports begin that are made up from a job's number. */
    private static final int FIRST_PORT = 20_000;

    private static final int PORTS = 20_000;

    /**
     * Checks the numbers.
     *
     * @throws UserError when they make no sense
     */
    public Ranks {
        if (size < 1 || rank < 0 || rank >= size || local < 0) {
            throw new UserError(
                    "%s: rank %d of %d makes no sense; ranks count from 0"
                            .formatted(source, rank, size));
        }
        if (port < 1 || port > 65_535) {
            throw new UserError("%s: port %d is not in 1 to 65535".formatted(source, port));
        }
    }

    /**
     * What the environment says: this program's own launcher, torchrun, Slurm's srun, or Open MPI's
     * mpirun. {@code MASTER_ADDR} and {@code MASTER_PORT} win over what is made up.
     *
     * @param env environment variables
     * @return null where none of them started this process, or it is alone
     * @throws UserError when something is missing, or is no number
     */
    public static Ranks of(Map<String, String> env) {
        Ranks ranks = null;
        if (env.containsKey("RANK") && env.containsKey("WORLD_SIZE")) {
            ranks = torch(env);
        } else if (env.containsKey("SLURM_STEP_ID") && env.containsKey("SLURM_PROCID")) {
            ranks = slurm(env);
        } else if (env.containsKey("OMPI_COMM_WORLD_RANK")) {
            ranks = openMpi(env);
        }
        return ranks == null || ranks.size == 1 ? null : ranks;
    }

    /** torchrun's variables, which Kubernetes' training operators set as well. */
    private static Ranks torch(Map<String, String> env) {
        // torchrun's agent listens on MASTER_PORT itself
        boolean taken = env.containsKey("TORCHELASTIC_RUN_ID");
        return new Ranks(
                number(env, "RANK"),
                number(env, "WORLD_SIZE"),
                env.containsKey("LOCAL_RANK") ? number(env, "LOCAL_RANK") : 0,
                needed(env, "MASTER_ADDR"),
                number(env, "MASTER_PORT") + (taken ? 1 : 0),
                "RANK, WORLD_SIZE");
    }

    private static Ranks slurm(Map<String, String> env) {
        String size =
                env.containsKey("SLURM_STEP_NUM_TASKS") ? "SLURM_STEP_NUM_TASKS" : "SLURM_NTASKS";
        String nodes =
                env.getOrDefault("SLURM_STEP_NODELIST", env.getOrDefault("SLURM_NODELIST", ""));
        String job = env.getOrDefault("SLURM_JOB_ID", "") + "." + env.get("SLURM_STEP_ID");
        return new Ranks(
                number(env, "SLURM_PROCID"),
                number(env, size),
                env.containsKey("SLURM_LOCALID") ? number(env, "SLURM_LOCALID") : 0,
                env.getOrDefault("MASTER_ADDR", firstNode(nodes)),
                env.containsKey("MASTER_PORT") ? number(env, "MASTER_PORT") : port(job),
                "SLURM_PROCID, " + size);
    }

    private static Ranks openMpi(Map<String, String> env) {
        int size = number(env, "OMPI_COMM_WORLD_SIZE");
        boolean oneHost = String.valueOf(size).equals(env.get("OMPI_COMM_WORLD_LOCAL_SIZE"));
        if (size > 1 && !oneHost && !env.containsKey("MASTER_ADDR")) {
            throw new UserError(
                    "mpirun started processes on several hosts: say where rank 0 is met, mpirun -x"
                            + " MASTER_ADDR=HOST -x MASTER_PORT=PORT");
        }
        String job =
                env.getOrDefault(
                        "PMIX_NAMESPACE",
                        env.getOrDefault("OMPI_MCA_ess_base_jobid", "" + parent()));
        return new Ranks(
                number(env, "OMPI_COMM_WORLD_RANK"),
                size,
                env.containsKey("OMPI_COMM_WORLD_LOCAL_RANK")
                        ? number(env, "OMPI_COMM_WORLD_LOCAL_RANK")
                        : 0,
                env.getOrDefault("MASTER_ADDR", "127.0.0.1"),
                env.containsKey("MASTER_PORT") ? number(env, "MASTER_PORT") : port(job),
                "OMPI_COMM_WORLD_RANK, OMPI_COMM_WORLD_SIZE");
    }

    private static long parent() {
        return ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L);
    }

    /** A port that all processes of a job come to. */
    private static int port(String job) {
        CRC32 sum = new CRC32();
        sum.update(job.getBytes(StandardCharsets.UTF_8));
        return FIRST_PORT + (int) (sum.getValue() % PORTS);
    }

    /** The first name of a list as Slurm writes it: {@code gpu[003-007,9],login1} has gpu003. */
    static String firstNode(String nodes) {
        int bracket = nodes.indexOf('[');
        int comma = nodes.indexOf(',');
        if (nodes.isEmpty()) {
            throw new UserError(
                    "SLURM_STEP_NODELIST is not set; say where rank 0 is met with MASTER_ADDR");
        }
        if (bracket < 0 || (comma >= 0 && comma < bracket)) {
            return comma < 0 ? nodes : nodes.substring(0, comma);
        }
        int end = bracket + 1;
        while (end < nodes.length() && Character.isLetterOrDigit(nodes.charAt(end))) {
            end++;
        }
        int close = nodes.indexOf(']', end);
        int behind = close < 0 ? -1 : nodes.indexOf(',', close);
        String rest =
                close < 0 ? "" : nodes.substring(close + 1, behind < 0 ? nodes.length() : behind);
        return nodes.substring(0, bracket) + nodes.substring(bracket + 1, end) + rest;
    }

    private static String needed(Map<String, String> env, String name) {
        String value = env.get(name);
        if (value == null || value.isBlank()) {
            throw new UserError(
                    "%s is not set, where several processes are to meet; set it, or unset RANK and WORLD_SIZE"
                            .formatted(name));
        }
        return value;
    }

    private static int number(Map<String, String> env, String name) {
        String value = needed(env, name);
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new UserError("%s is '%s', no number".formatted(name, value), e);
        }
    }
}
