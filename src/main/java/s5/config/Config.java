package s5.config;

import s5.config.ModelConfig.TimeSteps;
import s5.ops.HeadOp.Pooling;

import java.util.regex.Pattern;

/**
 * All settings of a run, resolved: every key has its value. Made by {@link ConfigLoader}. Relative
 * paths are relative to the current directory.
 *
 * @param name letters, digits, dots, dashes and underscores
 * @param seed of parameters, shuffling and dropout, 0 or more
 * @param device as {@link #checkDevice} takes it
 * @param precision of matrix products on a GPU, and of activations
 * @param kernels the tuned ones, or plain loops
 * @param threads on the CPU; 0 for one on each core
 * @param out the run's folder
 * @param data section {@code data}
 * @param model section {@code model}
 * @param train section {@code train}
 */
public record Config(
        @Key(
                        value =
                                "the run's name: letters, digits, dots, dashes and underscores, not"
                                        + " starting with a dot",
                        derived = "the config file's name without .yaml, .yml or .json",
                        free = true)
                String name,
        @Key(
                        value = "of parameters, shuffling and dropout; 0 or more",
                        unset = "1919",
                        official = "jax_seed")
                long seed,
        @Key(
                        value =
                                "auto (a GPU when there is one, else the CPU), cpu, gpu, cuda:N or"
                                        + " opencl:N, with N counted from 0",
                        unset = "auto",
                        free = true)
                String device,
        @Key(
                        value =
                                "of matrix products on a GPU: tf32 rounds their inputs to 10 bits"
                                    + " of mantissa, fp32 does not; bf16 also stores activations"
                                    + " with 7 bits, in half the memory. On the CPU, tf32 is fp32,"
                                    + " and bf16 only rounds",
                        unset = "tf32")
                Precision precision,
        @Key(
                        value =
                                "tuned for speed, or plain: on a GPU scans in plain loops, also for"
                                        + " a device where the tuned ones fail; on the CPU all in"
                                        + " plain loops instead of the Vector API",
                        unset = "tuned",
                        free = true)
                KernelForm kernels,
        @Key(value = "CPU threads, 0 to 4096; 0: one for each core", unset = "0", free = true)
                int threads,
        @Key(
                        value = "the run's folder",
                        derived = "runs/NAME, with NAME the run's name",
                        free = true,
                        place = true)
                String out,
        DataConfig data,
        ModelConfig model,
        TrainConfig train) {
    static final int MOST_THREADS = 4096;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}");
    private static final Pattern DEVICE =
            Pattern.compile("auto|cpu|gpu|(cuda|opencl):(0|[1-9][0-9]{0,3})");

    /**
     * Checks the values, and what the sections mean to each other.
     *
     * @throws s5.UserError when a value is out of range or two contradict each other
     */
    public Config {
        Check.that(
                NAME.matcher(name).matches(),
                "name",
                Messages.quoted(name)
                        + " is no name: use up to 100 letters, digits, dots, dashes and"
                        + " underscores, not starting with a dot");
        Check.that(seed >= 0, "seed", "must be 0 or more, not " + seed);
        checkDevice(device);
        checkThreads(threads);
        Check.path("out", out);
        Check.that(
                model.pooling() != Pooling.LAST || !data.padded() || model.maskStates(),
                "model.pooling",
                "last does not work with padded sequences, and those of data.set "
                        + data.set().name()
                        + " are; use mean, or model.mask_states=true");
        Check.that(
                model.timeSteps() == TimeSteps.USE || data.timed(),
                "model.time_steps",
                "data.set %s has no time steps to %s"
                        .formatted(data.set().name(), Schema.spelling(model.timeSteps())));
        data.checkBatch(train.batch());
    }

    /**
     * Checks a setting {@code device}, also for commands that have one without a whole Config.
     *
     * @param device auto, cpu, gpu, cuda:N or opencl:N
     * @throws s5.UserError when it is none of the forms that the key's description lists
     */
    public static void checkDevice(String device) {
        Check.that(
                DEVICE.matcher(device).matches(),
                "device",
                "no such device "
                        + Messages.quoted(device)
                        + "; use auto, cpu, gpu, cuda:N or opencl:N, with N a number");
    }

    /**
     * Checks a setting that names a folder, as {@link #checkDevice}.
     *
     * @param key its full name, such as {@code data.root}
     * @param path of a folder, which need not exist
     * @throws s5.UserError when it cannot be one
     */
    public static void checkPath(String key, String path) {
        Check.path(key, path);
    }

    /**
     * Checks a setting {@code threads}, as {@link #checkDevice}.
     *
     * @param threads 0 to 4096
     * @throws s5.UserError when it is out of range
     */
    public static void checkThreads(int threads) {
        Check.within("threads", threads, 0, MOST_THREADS);
    }
}
