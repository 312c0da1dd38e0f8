package s5.train;

import s5.config.TrainConfig;

/**
 * What follows when validation no longer improves: after some epochs lower learning rates, after
 * more of them the end of training.
 *
 * @param config says after how many
 */
record Patience(TrainConfig config) {

    /**
     * Counts an epoch, and lowers the learning rates when too many have passed since the last
     * improvement or the last such lowering.
     *
     * @param better whether it is the best epoch so far
     */
    void count(RunProgress at, boolean better) {
        at.sinceBest = better ? 0 : at.sinceBest + 1;
        at.sincePlateau = better ? 0 : at.sincePlateau + 1;
        if (at.sincePlateau > config.plateauPatience()) {
            at.lr = Math.max(at.lr * config.plateauFactor(), config.lrMin());
            at.ssmLr = Math.max(at.ssmLr * config.plateauFactor(), config.lrMin());
            at.sincePlateau = 0;
        }
    }

    /** Whether so many epochs have passed since the best one that training ends early. */
    boolean exhausted(RunProgress at) {
        return at.sinceBest > config.earlyStopPatience();
    }
}
