package s5.init;

import s5.data.Batch;
import s5.data.forecast.Windows;
import s5.init.Proposal.Choice;

import java.util.ArrayList;
import java.util.List;

/**
 * Windows, model and training that suit a long series: on the load of an electric transformer, hour
 * by hour, they are as good as what is published, in half a minute on two cores.
 */
final class ForecastProposal {
    /** Samples of an epoch, about. */
    private static final int SAMPLES = 30_000;

    /** Steps of a training, at least. */
    private static final int STEPS = 2_000;

    private static final int BATCH = 64;

    /** Windows that are looked at to choose the level. */
    private static final int LOOKED = 300;

    private ForecastProposal() {}

    /**
     * Rows of a position: a season where it divides the context, so that a position is a day, or
     * else some that divide it.
     *
     * @param season rows, or 0
     */
    static int patch(int context, int season) {
        if (season >= 4 && season <= 96 && context % season == 0 && context >= 4 * season) {
            return season;
        }
        int patch = 1;
        for (int rows = 2; rows <= 24 && context / rows >= 8; rows++) {
            patch = context % rows == 0 ? rows : patch;
        }
        return patch;
    }

    /** Context that is some whole seasons, as far as the rows go. */
    static int context(int context, int season) {
        boolean fits = season >= 4 && 4L * season <= context;
        return fits ? context / season * season : context;
    }

    /** Rows between two training windows. */
    static int stride(Windows windows) {
        return Math.max(1, windows.size() / SAMPLES);
    }

    /** The mean square of what is to be told: the error of who says that the level stays. */
    static double error(Windows windows) {
        Batch batch = new Batch(windows.shape(), 1);
        int step = Math.max(1, windows.size() / LOOKED);
        double sum = 0;
        long n = 0;
        for (int i = 0; i < windows.size(); i += step) {
            windows.read(i, batch, 0);
            for (float target : batch.targets) {
                sum += (double) target * target;
                n++;
            }
        }
        return sum / n;
    }

    /** What the sections model and train say. */
    static List<Choice> choices(int training) {
        int batch = Math.max(1, Math.min(BATCH, training / 8));
        int steps = training / batch;
        int epochs = Math.clamp(STEPS / Math.max(1, steps), 5, 200);
        List<Choice> all = new ArrayList<>();
        all.add(new Choice("model.layers", "2", "enough for most series"));
        all.add(new Choice("model.features", "64", ""));
        all.add(new Choice("model.states", "32", "in 2 blocks"));
        all.add(new Choice("model.blocks", "2", ""));
        all.add(new Choice("model.c_init", "lecun_normal", ""));
        all.add(new Choice("model.norm", "layer", "windows overlap: no batch is like another"));
        all.add(new Choice("model.pooling", "last", "what comes next follows the last position"));
        all.add(new Choice("model.dropout", "0.3", "against learning the past by heart"));
        all.add(
                new Choice(
                        "train.epochs", "" + epochs, "%,d steps".formatted((long) epochs * steps)));
        all.add(
                new Choice(
                        "train.batch",
                        "" + batch,
                        "%,d steps an epoch of %,d samples".formatted(steps, training)));
        all.add(new Choice("train.eval_batch", "256", ""));
        all.add(new Choice("train.ssm_lr", "0.003", ""));
        all.add(new Choice("train.first_update", "warm", ""));
        all.add(new Choice("train.warmup_epochs", "0.5", ""));
        all.add(new Choice("train.cosine_start", "after_warmup", ""));
        all.add(new Choice("train.loss", "mse", "all errors count alike"));
        return all;
    }
}
