package s5.config;

/**
 * More of section {@code train}: what the official code does not have. Each is off unless it is
 * given, and then leaves no trace in what a step computes.
 *
 * @param optimizer what the gradients do to the parameters
 * @param momentum of sgd, in [0, 1)
 * @param noDecay patterns of parameters that do not decay, see {@link #spared}; or {@link
 *     TrainConfig#NOTHING}
 * @param startOnly patterns of what a run takes from the file that it starts from, see {@link
 *     #taken}
 * @param clipNorm longest gradient; 0 for no limit
 * @param labelSmoothing share of the target that is spread over all classes, in [0, 1)
 * @param accumulate batches of an update
 * @param ema decay of the parameters' average, in [0, 1); 0 for none
 * @param maxSteps updates after which the run ends; 0 for no limit
 * @param maxMinutes minutes after which the run ends; 0 for no limit
 * @param syncBatchNorm whether batch normalization is over the whole batch of several processes
 */
public record TrainOptions(
        @Key(
                        value =
                                "adamw: Adam with decoupled weight decay, as in the official code;"
                                    + " adam and sgd: the weight decay is part of the gradient. All"
                                    + " have the groups of opt_config",
                        unset = "adamw")
                Kind optimizer,
        @Key(
                        value = "of sgd: the share of the step before in a step; 0 to below 1",
                        unset = "0.9",
                        when = "optimizer=sgd")
                double momentum,
        @Key(
                        value =
                                "parameters without weight decay, whatever their group: names as in"
                                        + " freeze, such as */bias,*norm/*. none: the groups"
                                        + " decide",
                        unset = TrainConfig.NOTHING,
                        list = true)
                String noDecay,
        @Key(
                        value =
                                "parameters and running statistics that start_from gives: names as"
                                        + " in freeze, such as encoder/*; all others are drawn,"
                                        + " whatever the file has",
                        unset = TrainOptions.ALL,
                        list = true)
                String startOnly,
        @Key(
                        value =
                                "the gradient of all parameters together is shortened to this"
                                        + " Euclidean norm where it is longer; 0: never",
                        unset = "0")
                double clipNorm,
        @Key(
                        value =
                                "share of a target that is spread evenly over all classes in"
                                        + " training; 0 to below 1",
                        unset = "0")
                double labelSmoothing,
        @Key(
                        value =
                                "batches whose gradients are averaged for an update: a step then"
                                        + " is of accumulate * batch samples, of which batch are on"
                                        + " the device at a time; 1 to 256",
                        unset = "1")
                int accumulate,
        @Key(
                        value =
                                "decay of a running average of the parameters, such as 0.999; it is"
                                        + " what is evaluated and what checkpoints hold under the"
                                        + " parameters' names. Of update t, from 0, the decay is"
                                        + " (1 + t) / (10 + t) at most. 0: no average",
                        unset = "0")
                double ema,
        @Key(
                        value =
                                "steps after which the run ends, in the midst of an epoch too;"
                                        + " resume=true with more goes on; 0: no limit",
                        unset = "0",
                        free = true)
                long maxSteps,
        @Key(
                        value =
                                "minutes after which the run ends likewise, those before it was"
                                        + " resumed included; 0: no limit",
                        unset = "0",
                        free = true)
                double maxMinutes,
        @Key(
                        value =
                                "with several processes: whether the statistics of batch"
                                        + " normalization are over the whole batch, as with one"
                                        + " process; else over each process's share of it",
                        unset = "true")
                boolean syncBatchNorm) {

    /** The pattern of all names. */
    public static final String ALL = "*";

    /** What the gradients do to the parameters; see {@link TrainOptions#optimizer()}. */
    public enum Kind {
        /** Adam with decoupled weight decay. */
        ADAMW,
        /** Adam with weight decay in the gradient. */
        ADAM,
        /** Gradient descent with momentum. */
        SGD
    }

    /** All off, as the official code has it. */
    public static final TrainOptions OFFICIAL =
            new TrainOptions(Kind.ADAMW, 0.9, TrainConfig.NOTHING, ALL, 0, 0, 1, 0, 0, 0, true);

    /**
     * Checks the values.
     *
     * @throws s5.UserError when a value is out of range
     */
    public TrainOptions {
        Check.fraction("train.momentum", momentum);
        NamePatterns.of("train.no_decay", noDecay);
        Check.that(
                !startOnly.equals(TrainConfig.NOTHING),
                "train.start_only",
                "takes nothing; for that leave train.start_from out");
        NamePatterns.of("train.start_only", startOnly);
        Check.notNegative("train.clip_norm", clipNorm);
        Check.fraction("train.label_smoothing", labelSmoothing);
        Check.within("train.accumulate", accumulate, 1, 256);
        Check.fraction("train.ema", ema);
        Check.within("train.max_steps", maxSteps, 0, Long.MAX_VALUE);
        Check.notNegative("train.max_minutes", maxMinutes);
    }

    /** {@return the parameters that do not decay, whatever their group} */
    public NamePatterns spared() {
        return NamePatterns.of("train.no_decay", noDecay);
    }

    /** {@return what a run takes from the file that it starts from} */
    public NamePatterns taken() {
        return NamePatterns.of("train.start_only", startOnly);
    }
}
