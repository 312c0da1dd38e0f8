package s5.train;

import s5.config.Config;
import s5.config.ConfigLoader;
import s5.config.TrainConfig;
import s5.config.TrainConfig.ClassWeights;
import s5.data.Splits;
import s5.metric.TrainingLabels;
import s5.model.Model;
import s5.ops.Backend;

import java.util.Map;
import java.util.Set;

/**
 * The compiled steps of a run: training and evaluation of a model on its data. A later run on the
 * same data, whose steps would be the same, can take them over: it sets every value that they read.
 */
public final class Steps implements AutoCloseable {
    /** Settings that no operation of a step depends on: seeds, rates, ends, files. */
    private static final Set<String> OUTSIDE =
            Set.of(
                    "name",
                    "seed",
                    "out",
                    "train.epochs",
                    "train.ssm_lr",
                    "train.lr_factor",
                    "train.lr_min",
                    "train.warmup_epochs",
                    "train.schedule",
                    "train.first_update",
                    "train.cosine_start",
                    "train.plateau_factor",
                    "train.plateau_patience",
                    "train.early_stop_patience",
                    "train.start_from",
                    "train.start_head",
                    "train.start_only",
                    "train.checkpoint_steps",
                    "train.checkpoint_minutes",
                    "train.max_steps",
                    "train.max_minutes");

    /** Gives a run its steps, and takes them back when it has ended. */
    public interface Source {
        /**
         * {@return steps for a run}
         *
         * @param config of the run
         * @param data its splits
         */
        Steps take(Config config, Splits data);

        /**
         * Takes back what {@link #take} gave.
         *
         * @param steps that the run no longer uses
         */
        void giveBack(Steps steps);

        /**
         * {@return steps made for each run, and closed behind it}
         *
         * @param backend to train on
         */
        static Source on(Backend backend) {
            return new Source() {
                @Override
                public Steps take(Config config, Splits data) {
                    return new Steps(config, data, backend);
                }

                @Override
                public void giveBack(Steps steps) {
                    steps.close();
                }
            };
        }
    }

    private final Map<String, String> settings;
    private final Splits data;
    private final Learner learner;
    private final EpochEvaluation evaluation;

    /**
     * Compiles the steps of a run.
     *
     * @param config of the run
     * @param data its splits
     * @param backend to train on
     */
    public Steps(Config config, Splits data, Backend backend) {
        TrainConfig train = config.train();
        settings = inside(config);
        this.data = data;
        Model model = new Model(config.model(), data.shape());
        int length = data.shape().length();
        float[] weights =
                train.classWeights() == ClassWeights.BALANCED
                        ? TrainingLabels.balance(data.train())
                        : null;
        learner = new Learner(backend, model, train, train.batch(), length, config.seed(), weights);
        evaluation = new EpochEvaluation(learner, train.evaluationBatch(), data, train.select());
    }

    private static Map<String, String> inside(Config config) {
        Map<String, String> settings = ConfigLoader.settings(config);
        settings.keySet().removeAll(OUTSIDE);
        return settings;
    }

    /**
     * {@return whether these are the steps of such a run, too}
     *
     * @param config of the run
     * @param data its splits
     */
    public boolean fit(Config config, Splits data) {
        return this.data.equals(data) && settings.equals(inside(config));
    }

    Learner learner() {
        return learner;
    }

    EpochEvaluation evaluation() {
        return evaluation;
    }

    @Override
    public void close() {
        evaluation.close();
        learner.close();
    }
}
