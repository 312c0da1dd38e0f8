package s5.train;

import s5.Failure;
import s5.config.Config;
import s5.config.TrainConfig;
import s5.data.Batch;
import s5.data.Batches;
import s5.data.Splits;
import s5.model.Model;
import s5.model.Outputs;
import s5.ops.Backend;

import java.io.PrintWriter;
import java.nio.file.Path;

/**
 * The training loop: epochs of updates, an evaluation after each, the best epoch kept. Selection is
 * by validation accuracy, as in the official code; what is reported is the test accuracy of that
 * epoch.
 */
public final class Trainer implements AutoCloseable {
    /** Updates between two looks at the losses, which wait on the device. */
    private static final int LOOK = 64;

    /** Nanoseconds between two lines about an epoch under way. */
    private static final long NEWS = 20_000_000_000L;

    private final Config config;
    private final Splits data;
    private final PrintWriter out;
    private final Learner learner;
    private final Evaluator evaluator;
    private final Batches batches;
    private final int stepsPerEpoch;

    private double ssmLr;
    private double lr;

    /**
     * What a run comes to.
     *
     * @param epoch counted from 1
     * @param validation of that epoch
     * @param test of that epoch
     */
    public record Summary(int epoch, Evaluator.Result validation, Evaluator.Result test) {}

    /**
     * Makes a new model for the data and prepares its steps.
     *
     * @param out gets a line per epoch
     */
    public Trainer(Config config, Splits data, Backend backend, PrintWriter out) {
        this.config = config;
        this.data = data;
        this.out = out;
        TrainConfig train = config.train();
        Model model = new Model(config.model(), data.shape());
        batches = Batches.training(data.train(), train.batch(), config.seed());
        stepsPerEpoch = batches.steps();
        int length = data.shape().length();
        learner = new Learner(backend, model, train, train.batch(), length, config.seed());
        evaluator = new Evaluator(backend, model, train.evaluationBatch(), length, 1);
        ssmLr = train.ssmLr();
        lr = train.lr();
    }

    /** Trains from new parameters to the last epoch, or until validation stops improving. */
    public Summary run() {
        TrainConfig train = config.train();
        learner.initialize(config.seed());
        out.printf(
                "%s: %,d parameters; %,d training, %,d validation, %,d test samples of length %,d;"
                        + " %,d steps an epoch; seed %d%n",
                config.name(),
                learner.model().parameterCount(),
                data.train().size(),
                data.validation().size(),
                data.test().size(),
                data.shape().length(),
                stepsPerEpoch,
                config.seed());
        if (data.selectsOnTest()) {
            out.println("there is no validation set: the best epoch is chosen on the test set");
        }
        Summary best = null;
        double plateauBest = Double.NEGATIVE_INFINITY;
        int sinceBest = 0;
        int sincePlateau = 0;
        for (int epoch = 0;
                epoch < train.epochs() && sinceBest <= train.earlyStopPatience();
                epoch++) {
            long start = System.nanoTime();
            double loss = epoch(epoch);
            double seconds = (System.nanoTime() - start) * 1e-9;
            Evaluator.Result test = evaluator.evaluate(data.test());
            Evaluator.Result validation =
                    data.selectsOnTest() ? test : evaluator.evaluate(data.validation());
            boolean better = best == null || validation.accuracy() > best.validation().accuracy();
            sinceBest = better ? 0 : sinceBest + 1;
            if (better) {
                best = new Summary(epoch + 1, validation, test);
                Checkpoint.save(Path.of(config.out(), "best.safetensors"), config, learner);
            }
            report(
                    epoch,
                    loss,
                    validation,
                    test,
                    seconds,
                    (System.nanoTime() - start) * 1e-9,
                    better);
            sincePlateau = validation.accuracy() > plateauBest ? 0 : sincePlateau + 1;
            plateauBest = Math.max(plateauBest, validation.accuracy());
            if (sincePlateau > train.plateauPatience()) {
                lr = Math.max(lr * train.plateauFactor(), train.lrMin());
                ssmLr = Math.max(ssmLr * train.plateauFactor(), train.lrMin());
                sincePlateau = 0;
            }
        }
        Checkpoint.save(Path.of(config.out(), "last.safetensors"), config, learner);
        return best;
    }

    /** One pass over the training set; the mean of its losses. */
    private double epoch(int epoch) {
        Schedule schedule = new Schedule(config.train(), stepsPerEpoch);
        batches.start(epoch, 0);
        long start = System.nanoTime();
        long lastNews = start;
        double sum = 0;
        for (int i = 0; i < stepsPerEpoch; i++) {
            Batch batch = batches.next();
            int update = epoch * stepsPerEpoch + i;
            learner.step(update, batch, schedule.rate(update, ssmLr), schedule.rate(update, lr));
            if ((i + 1) % LOOK == 0 || i + 1 == stepsPerEpoch) {
                sum += losses(update - i % LOOK, update);
            }
            long now = System.nanoTime();
            if (now - lastNews > NEWS && i + 1 < stepsPerEpoch) {
                lastNews = now;
                double perStep = (now - start) * 1e-9 / (i + 1);
                out.printf(
                        "epoch %d: step %,d of %,d, %.3f s a step, %.0f s left in it%n",
                        epoch + 1,
                        i + 1,
                        stepsPerEpoch,
                        perStep,
                        perStep * (stepsPerEpoch - i - 1));
            }
        }
        return sum / stepsPerEpoch;
    }

    /** Sum of the losses of the updates {@code from} to {@code to}. */
    private double losses(int from, int to) {
        float[] metrics = learner.metrics();
        double sum = 0;
        for (int update = from; update <= to; update++) {
            float loss = metrics[update % Outputs.SLOTS * 2];
            if (!Float.isFinite(loss)) {
                throw new Failure(
                        "the loss is %s at step %d (epoch %d); lower train.ssm_lr or set model.clip_eigs"
                                .formatted(loss, update, update / stepsPerEpoch + 1));
            }
            sum += loss;
        }
        return sum;
    }

    private void report(
            int epoch,
            double loss,
            Evaluator.Result validation,
            Evaluator.Result test,
            double seconds,
            double withEvaluation,
            boolean better) {
        out.printf(
                "epoch %d of %d: train loss %.4f | val loss %.4f, accuracy %.2f %% | test loss"
                        + " %.4f, accuracy %.2f %% | %.1f s, %.1f s with evaluation%s%n",
                epoch + 1,
                config.train().epochs(),
                loss,
                validation.loss(),
                100 * validation.accuracy(),
                test.loss(),
                100 * test.accuracy(),
                seconds,
                withEvaluation,
                better ? " | best" : "");
    }

    @Override
    public void close() {
        evaluator.close();
        learner.close();
    }
}
