package s5.launch;

import s5.UserError;
import s5.collective.Ranks;
import s5.config.Key;

import java.time.Duration;
import java.util.Map;

/**
 * What a command that several processes can share takes to start them, or to say that this is one
 * of them.
 *
 * @param gpus how many of this host's GPUs, or {@code all}; 0 where nobody asks for several
 * @param processes how many on the CPU
 * @param rank of this process; -1 where the environment says
 * @param ranks how many there are; 0 likewise
 * @param address HOST:PORT of rank 0; {@link #NONE} likewise
 * @param patience seconds that processes wait for each other
 */
public record ProcessOptions(
        @Key(
                        value =
                                "train on so many GPUs of this host, each with a process of its own"
                                        + " and a share of every batch: a number, or all; 0: one"
                                        + " process",
                        unset = "0")
                String gpus,
        @Key(
                        value =
                                "the same on the CPU: so many processes that share its cores; 1:"
                                        + " one",
                        unset = "1")
                int processes,
        @Key(
                        value =
                                "which of several processes this is, from 0; -1: as torchrun, srun"
                                        + " or mpirun say in the environment, if they do",
                        unset = "-1")
                int rank,
        @Key(value = "how many processes there are, with rank=N", unset = "0") int ranks,
        @Key(
                        value =
                                "HOST:PORT where rank 0 is met, with rank=N; none: as the"
                                        + " environment says",
                        unset = ProcessOptions.NONE)
                String address,
        @Key(
                        value =
                                "seconds that processes wait for each other when they start; 1 to"
                                        + " 86400",
                        unset = "300")
                int patience) {
    /** No address. */
    public static final String NONE = "none";

    private static final String ALL = "all";
    private static final int MOST = 1024;

    /**
     * Checks the values.
     *
     * @throws UserError when one is out of range, or two contradict each other
     */
    public ProcessOptions {
        if (!gpus.equals(ALL) && !gpus.matches("[0-9]{1,4}")) {
            throw new UserError("gpus: must be a number or all, not '%s'".formatted(gpus));
        }
        if (processes < 1 || processes > MOST) {
            throw new UserError(
                    "processes: must be from 1 to %d, not %d".formatted(MOST, processes));
        }
        if (!gpus.equals("0") && processes > 1) {
            throw new UserError("gpus and processes: give one of them");
        }
        if (patience < 1 || patience > 86_400) {
            throw new UserError("patience: must be from 1 to 86400 seconds, not " + patience);
        }
        boolean given = rank >= 0 || ranks > 0 || !address.equals(NONE);
        if (given && (rank < 0 || ranks < 1 || address.equals(NONE))) {
            throw new UserError("rank, ranks and address: give all three, or none");
        }
        if (given && (!gpus.equals("0") || processes > 1)) {
            throw new UserError(
                    "rank: gpus and processes start all ranks themselves; leave it out");
        }
    }

    /** {@return whether this process has to start others} */
    public boolean launches() {
        return !gpus.equals("0") || processes > 1;
    }

    /**
     * {@return how many GPUs are asked for; 0 for none}
     *
     * @param there how many there are
     * @throws UserError when there are fewer, or none
     */
    int gpusOf(int there) {
        if (gpus.equals("0")) {
            return 0;
        }
        int wanted = gpus.equals(ALL) ? there : Integer.parseInt(gpus);
        if (wanted > there || there == 0) {
            throw new UserError(
                    "gpus=%s: this host has %s%s"
                            .formatted(
                                    gpus,
                                    there == 0 ? "no NVIDIA GPU" : there + " that can be seen",
                                    there == 0 ? "; processes=N shares its CPU" : ""));
        }
        return wanted;
    }

    /**
     * {@return which of several processes this is; null where it is alone}
     *
     * @param env the environment
     * @throws UserError when that makes no sense
     */
    Ranks who(Map<String, String> env) {
        if (rank < 0) {
            return Ranks.of(env);
        }
        int colon = address.lastIndexOf(':');
        if (colon < 1 || !address.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw new UserError("address: must be HOST:PORT, not '%s'".formatted(address));
        }
        String host = address.substring(0, colon).replaceAll("^\\[|\\]$", "");
        int port = Integer.parseInt(address.substring(colon + 1));
        int local = Integer.parseInt(env.getOrDefault("LOCAL_RANK", "0"));
        return ranks == 1 ? null : new Ranks(rank, ranks, local, host, port, "rank, ranks");
    }

    /** How long to wait for each other. */
    Duration waiting() {
        return Duration.ofSeconds(patience);
    }
}
