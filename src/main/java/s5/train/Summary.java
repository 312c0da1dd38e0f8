package s5.train;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import s5.config.TrainConfig.Select;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

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
     * {@return the {@code result} of a run's {@code run.json}: the best epoch, and every metric of
     * each set by its name}
     */
    public ObjectNode toJson() {
        ObjectNode result = JsonNodeFactory.instance.objectNode().put("best_epoch", epoch);
        result.set("validation", validation.toJson());
        result.set("test", test.toJson());
        for (RateEvaluations.Result at : atRates) {
            ObjectNode rate = result.withArray("at_rates").addObject().put("rate", at.rate());
            rate.set("validation", at.validation().toJson());
            rate.set("test", at.test().toJson());
        }
        return result;
    }

    /**
     * What is no number in an evaluation, in words.
     *
     * @return such as {@code the validation loss is NaN}; empty when all are
     */
    Optional<String> notFinite() {
        List<String> bad = new ArrayList<>();
        note(bad, "the validation", validation);
        note(bad, "the test", test);
        for (RateEvaluations.Result at : atRates) {
            note(bad, "at 1/%d of the rate the validation".formatted(at.rate()), at.validation());
            note(bad, "at 1/%d of the rate the test".formatted(at.rate()), at.test());
        }
        return bad.stream().findFirst();
    }

    private static void note(List<String> bad, String which, Evaluator.Result result) {
        if (!result.finite()) {
            bad.add("%s loss is %s".formatted(which, result.loss()));
        }
    }

    /**
     * Whether validation was better than in another epoch.
     *
     * @param other null for none, which every epoch is better than
     * @param select what by
     */
    boolean betterThan(Summary other, Select select) {
        return other == null || validation.worth(select) > other.validation.worth(select);
    }
}
