package s5.train.rule;

import s5.config.TrainConfig;
import s5.config.TrainConfig.CosineStart;
import s5.config.TrainConfig.FirstUpdate;

/**
 * Learning rate by update: a warm-up, then cosine, straight line or constant. The official code
 * sets the rate after an update, for the next one, and so runs the very first update at the full
 * rate; its cosine goes on counting the warm-up's updates and so reaches its minimum one warm-up
 * early. Both are the default here and can be switched off ({@code first_update}, {@code
 * cosine_start}); schedules that the official code does not have are without them.
 *
 * @param config the settings
 * @param stepsPerEpoch updates in an epoch
 */
public record Schedule(TrainConfig config, int stepsPerEpoch) {

    /** What part of the full learning rate one_cycle starts with. */
    private static final double ONE_CYCLE_START = 25;

    /**
     * {@return the rate of one update}
     *
     * @param update from 0
     * @param base full learning rate
     */
    public double rate(long update, double base) {
        boolean known =
                config.schedule() == TrainConfig.Schedule.COSINE
                        || config.schedule() == TrainConfig.Schedule.CONSTANT;
        boolean official = known && config.firstUpdate() == FirstUpdate.OFFICIAL;
        if (official && update == 0) {
            return base;
        }
        long step = official ? update - 1 : update;
        long warmup = warmup();
        if (step < warmup) {
            return config.schedule() == TrainConfig.Schedule.ONE_CYCLE
                    ? base - cosine(step + 1, base - base / ONE_CYCLE_START, warmup, 0)
                    : linearWarmup(step, base, warmup);
        }
        long end = (long) stepsPerEpoch * config.epochs() - warmup;
        return switch (config.schedule()) {
            case CONSTANT -> base;
            case LINEAR -> linear(step - warmup, base, end, config.lrMin());
            case ONE_CYCLE -> cosine(step - warmup, base, end, config.lrMin());
            case COSINE ->
                    cosine(
                            config.cosineStart() == CosineStart.OFFICIAL ? step : step - warmup,
                            base,
                            end,
                            config.lrMin());
        };
    }

    /** {@return updates of the warm-up} */
    public long warmup() {
        return Math.round(config.warmupEpochs() * stepsPerEpoch);
    }

    /**
     * A rate of the linear warm-up.
     *
     * @param step from 0
     * @param base the rate at its end
     * @param end steps of the warm-up
     * @return {@code base (step + 1) / end}
     */
    public static double linearWarmup(long step, double base, long end) {
        return base * (step + 1) / end;
    }

    /** From base at step 0 to min at {@code end} and after, in a straight line. */
    private static double linear(long step, double base, long end, double min) {
        double progress = end <= 0 ? 1 : Math.min(step, end) / (double) end;
        return base + (min - base) * progress;
    }

    /**
     * A rate of the cosine.
     *
     * @param step from 0
     * @param base the rate at step 0
     * @param end the step from which it is {@code min}
     * @param min the rate at the end
     * @return from base at step 0 to min at {@code end} and after
     */
    public static double cosine(long step, double base, long end, double min) {
        double progress = end <= 0 ? 1 : Math.min(step, end) / (double) end;
        return (base - min) * 0.5 * (1 + Math.cos(Math.PI * progress)) + min;
    }
}
