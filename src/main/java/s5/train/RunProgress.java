package s5.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

import s5.config.TrainConfig;

import java.util.stream.DoubleStream;

/**
 * How far a run is: with the model's tensors and the settings, all that decides how it goes on.
 * There is no random state besides: the order of the samples is a function of seed and epoch, a
 * dropout mask one of seed and step.
 */
final class RunProgress {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();

    /** Epochs that are over, evaluation included. */
    public int epoch;

    /** Steps done in the next one. */
    public int step;

    /** Sum of their losses, in their order. */
    public double loss;

    /**
     * How many of their samples were right, or their shares of positions that were; in regression
     * minus their squared errors.
     */
    public double right;

    /** The two sums as they were at the last row of the table of numbers. */
    public double lossAtRow;

    public double rightAtRow;

    /** Rows in that table. */
    public long rows;

    /** Learning rates before the schedule, as the plateau rule left them. */
    public double ssmLr;

    public double lr;

    /** Epochs since validation improved: since then, and since the plateau rule acted. */
    public int sinceBest;

    public int sincePlateau;

    /** The best epoch; null before the first one ends. */
    public Summary best;

    /** Seconds that the run has taken. */
    public double seconds;

    /** A run that has not begun. */
    static RunProgress start(TrainConfig config) {
        RunProgress at = new RunProgress();
        at.ssmLr = config.ssmLr();
        at.lr = config.lr();
        return at;
    }

    private boolean makesSense() {
        boolean counts =
                epoch >= 0
                        && step >= 0
                        && rows >= 0
                        && sinceBest >= 0
                        && sincePlateau >= 0
                        && sinceBest <= epoch
                        && sincePlateau <= epoch;
        boolean finite =
                DoubleStream.of(loss, right, lossAtRow, rightAtRow, ssmLr, lr, seconds)
                        .allMatch(Double::isFinite);
        boolean bestIsPast =
                best == null
                        ? epoch == 0
                        : best.epoch() >= 1
                                && best.epoch() <= epoch + (step > 0 ? 1 : 0)
                                && best.notFinite().isEmpty();
        return counts && finite && bestIsPast && ssmLr >= 0 && lr >= 0 && seconds >= 0;
    }

    /** The place in words: {@code the end of epoch 2}, or {@code epoch 3, step 17}. */
    String place() {
        return step == 0 && epoch > 0
                ? "the end of epoch " + epoch
                : "epoch %d, step %d".formatted(epoch + 1, step);
    }

    /** Ends an epoch: the next step is the first one of the next epoch. */
    void nextEpoch() {
        epoch++;
        step = 0;
        loss = 0;
        right = 0;
        lossAtRow = 0;
        rightAtRow = 0;
    }

    String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @throws IllegalArgumentException when it is something else
     */
    static RunProgress of(String json) {
        try {
            RunProgress progress = JSON.readValue(json, RunProgress.class);
            if (progress == null || !progress.makesSense()) {
                throw new IllegalArgumentException("no progress of a run: " + json);
            }
            return progress;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
