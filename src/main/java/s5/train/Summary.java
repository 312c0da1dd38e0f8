package s5.train;

import java.util.List;
import java.util.Objects;

/**
 * What an epoch comes to, and with the best epoch a run.
 *
 * @param epoch counted from 1
 * @param validation of that epoch
 * @param test of that epoch
 * @param atRates of that epoch, at the sampling rates of {@link s5.data.Splits#atRates()}; empty
 *     when there are none, and for an epoch that is not the best so far
 */
public record Summary(
        int epoch,
        Evaluator.Result validation,
        Evaluator.Result test,
        List<RateEvaluations.Result> atRates) {
    /** A checkpoint of before there were such rates has none. */
    public Summary {
        Objects.requireNonNull(validation);
        Objects.requireNonNull(test);
        atRates = atRates == null ? List.of() : List.copyOf(atRates);
    }

    /**
     * Whether validation was better than in another epoch.
     *
     * @param other null for none, which every epoch is better than
     */
    boolean betterThan(Summary other) {
        return other == null || validation.accuracy() > other.validation.accuracy();
    }
}
