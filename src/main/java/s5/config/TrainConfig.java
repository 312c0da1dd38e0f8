package s5.config;

import s5.data.Shape;

import java.util.Locale;

/**
 * Section {@code train}: optimization. Defaults are the official ones, their quirks included.
 *
 * @param epochs passes over the training set, 1 to 1000000
 * @param batch samples in a training step, 1 to 1000000
 * @param ssmLr largest learning rate of the state space's parameters, above 0
 * @param lrFactor that of the others is so many times as large; see {@link #lr}
 * @param lrMin where the schedule ends, 0 or more
 * @param warmupEpochs epochs of linear warm-up, 0 to {@code epochs}
 * @param schedule learning rates after the warm-up
 * @param optConfig who decays and at which rate
 * @param weightDecay 0 or more; see {@link TrainOptions#optimizer}
 * @param dtGlobal whether the time steps are in the group of the others
 * @param plateauFactor of the learning rates when validation stalls, in (0, 1]
 * @param plateauPatience epochs without improvement before {@code plateauFactor} acts, 1 or more
 * @param earlyStopPatience epochs without improvement before training stops, 1 or more
 * @param firstUpdate learning rates of the very first update
 * @param cosineStart where the cosine starts
 * @param decayNorms whether norms and biases decay too
 * @param evalBatch samples in an evaluation step; 0 for as many as in a training step
 * @param checkpointSteps steps between two checkpoints within an epoch; 0 for none by steps
 * @param checkpointMinutes minutes between two checkpoints within an epoch; 0 for none by time
 * @param classWeights how much the classes weigh in the loss
 * @param loss what the means of a regression learn from
 * @param select what the best epoch is the best by, on the validation set
 * @param startFrom a safetensors file whose weights a new run begins with, or {@link #NOTHING}
 * @param startHead what becomes of the head's weights in that file
 * @param freeze patterns of parameters that training leaves as they are, see {@link #frozen}; or
 *     {@link #NOTHING}
 * @param options what the official code does not have
 */
public record TrainConfig(
        @Key(
                        value = "passes over the training set; 1 to 1000000",
                        unset = "100",
                        official = "epochs")
                int epochs,
        @Key(value = "samples in a step; 1 to 1000000", unset = "64", official = "bsz") int batch,
        @Key(
                        value = "learning rate of the state-space parameters; above 0",
                        unset = "0.001",
                        official = "ssm_lr_base")
                double ssmLr,
        @Key(
                        value = "learning rate of the others is lr_factor * ssm_lr; above 0",
                        unset = "1",
                        official = "lr_factor")
                double lrFactor,
        @Key(
                        value = "where the schedule ends, for both learning rates; 0 or more",
                        unset = "0",
                        official = "lr_min")
                double lrMin,
        @Key(
                        value = "epochs of linear warm-up, fractions allowed; 0 to epochs",
                        unset = "1",
                        official = "warmup_end")
                double warmupEpochs,
        @Key(
                        value =
                                "learning rates after the warm-up: half a cosine, a straight line"
                                    + " down to lr_min, or none; one_cycle: half a cosine up from a"
                                    + " 25th in the warm-up's place, which is long (0.3 of the"
                                    + " epochs), then half a cosine down to lr_min",
                        unset = "cosine",
                        official = "cosine_anneal")
                Schedule schedule,
        @Key(
                        value =
                                "who decays and at which rate. Lambda and the time steps: ssm_lr,"
                                        + " no decay. B: standard ssm_lr, no decay; BandCdecay"
                                        + " ssm_lr, decay; BfastandCdecay lr, decay; noBCdecay"
                                        + " ssm_lr, no decay. C and D: lr, decay, but in noBCdecay"
                                        + " ssm_lr, no decay. The rest: lr, decay",
                        unset = "standard",
                        official = "opt_config")
                OptimizerGroups optConfig,
        @Key(
                        value =
                                "weight decay: decoupled, times the learning rate (adamw), or part"
                                        + " of the gradient (adam, sgd); 0 or more",
                        unset = "0.05",
                        official = "weight_decay")
                double weightDecay,
        @Key(
                        value = "give the time steps the global learning rate and weight decay",
                        unset = "false",
                        official = "dt_global")
                boolean dtGlobal,
        @Key(
                        value =
                                "both learning rates are multiplied by it when validation stalls;"
                                        + " above 0, at most 1 (1: never changed)",
                        unset = "1",
                        official = "reduce_factor")
                double plateauFactor,
        @Key(
                        value = "epochs without improvement before plateau_factor acts; 1 or more",
                        unset = "1000000",
                        official = "lr_patience")
                int plateauPatience,
        @Key(
                        value = "epochs without improvement before training stops; 1 or more",
                        unset = "1000",
                        official = "early_stop_patience")
                int earlyStopPatience,
        @Key(
                        value =
                                "the very first update: official runs it at the full learning rates"
                                        + " (they are set after each update), warm at the"
                                        + " warm-up's first ones, as linear and one_cycle do",
                        unset = "official",
                        when = "schedule=cosine|constant")
                FirstUpdate firstUpdate,
        @Key(
                        value =
                                "official: the cosine goes on with the warm-up's step counter, so"
                                    + " it starts a little below the top and the last warmup_epochs"
                                    + " run at lr_min; after_warmup: it starts from 0 and ends with"
                                    + " the run",
                        unset = "official")
                CosineStart cosineStart,
        @Key(
                        value =
                                "weight decay for the scales and biases of norms and the biases of"
                                        + " dense layers too, as in the official code",
                        unset = "true")
                boolean decayNorms,
        @Key(value = "samples in an evaluation step; 0: as batch", unset = "0", free = true)
                int evalBatch,
        @Key(
                        value =
                                "a checkpoint is written after so many steps, besides those at the"
                                        + " end of each epoch; 0: not by steps",
                        unset = "0",
                        free = true)
                int checkpointSteps,
        @Key(
                        value =
                                "and after so many minutes since the last one, fractions allowed;"
                                        + " 0: not by time",
                        unset = "10",
                        free = true)
                double checkpointMinutes,
        @Key(
                        value =
                                "of the classes in the loss: balanced gives each class the same"
                                        + " share of it, however many training samples it has; the"
                                        + " losses of evaluations have no weights",
                        unset = "none")
                ClassWeights classWeights,
        @Key(
                        value =
                                "what the means of a regression or forecast learn from: nll weighs"
                                    + " errors by the variance that is predicted, mse and mae weigh"
                                    + " all alike; the variance learns from nll in any case",
                        unset = "nll")
                Loss loss,
        @Key(
                        value =
                                "what the best epoch is the best by, on the validation set, and"
                                        + " what has to improve lest plateau_patience and"
                                        + " early_stop_patience act: accuracy, f1 (macro), auroc"
                                        + " (of two classes), loss, rmse, mae; score is accuracy"
                                        + " for classes, and rmse for numbers",
                        unset = "score")
                Select select,
        @Key(
                        value =
                                "a safetensors file whose parameters and running statistics a new"
                                        + " run begins with, such as another run's"
                                        + " best.safetensors; names and shapes have to be the"
                                        + " model's. none: parameters are drawn",
                        unset = TrainConfig.NOTHING)
                String startFrom,
        @Key(
                        value =
                                "the head's parameters when start_from names a file: keep takes"
                                        + " them from it; new draws them, whatever the file has,"
                                        + " for other classes or targets",
                        unset = "keep")
                StartHead startHead,
        @Key(
                        value =
                                "parameters that no step changes: names with commas between, *"
                                        + " for any letters, such as encoder/*; s5 info CONFIG"
                                        + " lists them. Running statistics follow the data all the"
                                        + " same. none: all learn",
                        unset = TrainConfig.NOTHING,
                        list = true)
                String freeze,
        @Inlined TrainOptions options) {

    /** The {@link #startFrom} of a run that starts from nothing. */
    public static final String NOTHING = "none";

    /** Learning rates after the warm-up; see {@link #schedule()}. */
    public enum Schedule {
        /** Half a cosine, down to {@code lr_min}. */
        COSINE,
        /** As the warm-up left them. */
        CONSTANT,
        /** A straight line down to {@code lr_min}. */
        LINEAR,
        /** Half a cosine up, then half a cosine down to {@code lr_min}. */
        ONE_CYCLE
    }

    /** Weights of classes in the loss; see {@link #classWeights()}. */
    public enum ClassWeights {
        /** All the same. */
        NONE,
        /** The rarer a class in the training set, the larger. */
        BALANCED
    }

    /** What the means of a regression learn from; see {@link #loss()}. */
    public enum Loss {
        /** The negative log-likelihood. */
        NLL,
        /** The squared errors. */
        MSE,
        /** The sizes of the errors. */
        MAE
    }

    /** What the best epoch is the best by; see {@link #select()}. */
    public enum Select {
        /** {@link #ACCURACY} of classes, {@link #RMSE} of numbers. */
        SCORE,
        /** The share of right answers. */
        ACCURACY,
        /** The mean of the classes' F1. */
        F1,
        /** How well two classes are told apart, whatever the threshold: the area under the ROC. */
        AUROC,
        /** The negative log-likelihood. */
        LOSS,
        /** The mean size of the errors, in the units of the metrics. */
        MAE,
        /** The root of the mean squared error, in the units that the model is trained on. */
        RMSE
    }

    /** Parameter groups; see {@link #optConfig()}. YAML spells them as the official code does. */
    public enum OptimizerGroups {
        /** B at the state space's rate, without decay. */
        STANDARD("standard"),
        /** B at the state space's rate, with decay. */
        BANDCDECAY("BandCdecay"),
        /** B at the others' rate, with decay. */
        BFASTANDCDECAY("BfastandCdecay"),
        /** B, C and D at the state space's rate, without decay. */
        NOBCDECAY("noBCdecay");

        private final String spelling;

        OptimizerGroups(String spelling) {
            this.spelling = spelling;
        }

        @Override
        public String toString() {
            return spelling;
        }
    }

    /** Where the head's parameters come from; see {@link #startHead()}. */
    public enum StartHead {
        /** From the file, like all others. */
        KEEP,
        /** Drawn, like those of a new run. */
        NEW
    }

    /** Learning rates of the first update; see {@link #firstUpdate()}. */
    public enum FirstUpdate {
        /** The full learning rates: the official code sets them after each update. */
        OFFICIAL,
        /** The warm-up's first ones. */
        WARM
    }

    /** Where the cosine starts; see {@link #cosineStart()}. */
    public enum CosineStart {
        /** Where the warm-up's step counter stands. */
        OFFICIAL,
        /** At its top. */
        AFTER_WARMUP
    }

    /**
     * Checks the values.
     *
     * @throws s5.UserError when a value is out of range or two contradict each other
     */
    public TrainConfig {
        Check.within("train.epochs", epochs, 1, 1_000_000);
        Check.within("train.batch", batch, 1, 1_000_000);
        Check.positive("train.ssm_lr", ssmLr);
        Check.positive("train.lr_factor", lrFactor);
        Check.notNegative("train.lr_min", lrMin);
        double least = Math.min(ssmLr, lrFactor * ssmLr);
        Check.that(
                lrMin <= least,
                "train.lr_min",
                "%s is above the lower of the two learning rates, %s".formatted(lrMin, least));
        Check.notNegative("train.warmup_epochs", warmupEpochs);
        Check.that(
                warmupEpochs <= epochs,
                "train.warmup_epochs",
                "%s is more than train.epochs %d".formatted(warmupEpochs, epochs));
        Check.notNegative("train.weight_decay", weightDecay);
        Check.positive("train.plateau_factor", plateauFactor);
        Check.that(
                plateauFactor <= 1,
                "train.plateau_factor",
                "must be at most 1, not " + plateauFactor);
        Check.within("train.plateau_patience", plateauPatience, 1, Integer.MAX_VALUE);
        Check.within("train.early_stop_patience", earlyStopPatience, 1, Integer.MAX_VALUE);
        Check.within("train.eval_batch", evalBatch, 0, 1_000_000);
        Check.within("train.checkpoint_steps", checkpointSteps, 0, Integer.MAX_VALUE);
        Check.notNegative("train.checkpoint_minutes", checkpointMinutes);
        Check.path("train.start_from", startFrom);
        NamePatterns.of("train.freeze", freeze);
    }

    /** {@return the parameters that no step changes} */
    public NamePatterns frozen() {
        return NamePatterns.of("train.freeze", freeze);
    }

    /**
     * Checks that the settings suit the task.
     *
     * @param shape of the samples
     * @throws s5.UserError when one is for classes and there are numbers to tell, or the other way
     *     round
     */
    public void checkTask(Shape shape) {
        boolean numbers = shape.regression();
        Check.that(
                !numbers || classWeights == ClassWeights.NONE,
                "train.class_weights",
                "there are no classes in a regression; leave it out");
        Check.that(
                numbers || loss == Loss.NLL,
                "train.loss",
                loss.name().toLowerCase(Locale.ROOT)
                        + " is for numbers, but the data has classes; leave it out");
        Check.that(
                switch (select) {
                    case SCORE, LOSS -> true;
                    case ACCURACY, F1, AUROC -> !numbers;
                    case MAE, RMSE -> numbers;
                },
                "train.select",
                (numbers
                                ? "%s is for classes, but the data has numbers; use rmse, mae or"
                                        + " loss"
                                : "%s is for numbers, but the data has classes; use accuracy, f1,"
                                        + " auroc or loss")
                        .formatted(select.name().toLowerCase(Locale.ROOT)));
        Check.that(
                select != Select.AUROC || shape.classes() == 2,
                "train.select",
                "auroc is for two classes, but the data has %d; use accuracy, f1 or loss"
                        .formatted(shape.classes()));
    }

    /**
     * {@return the learning rate of the parameters outside the state space, {@code lr_factor *
     * ssm_lr}}
     */
    public double lr() {
        return lrFactor * ssmLr;
    }

    /** {@return samples in an evaluation step, with the 0 of {@link #evalBatch()} resolved} */
    public int evaluationBatch() {
        return evalBatch == 0 ? batch : evalBatch;
    }
}
