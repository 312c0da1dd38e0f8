package s5.train;

import s5.collective.Collective;
import s5.config.TrainConfig.Select;
import s5.data.Splits;
import s5.metric.TrainingLabels;

import java.util.List;
import java.util.function.BooleanSupplier;

/** The evaluation at the end of an epoch: on test and validation set, and at lower rates. */
final class EpochEvaluation implements AutoCloseable {
    private final Splits data;
    private final Evaluator evaluator;
    private final RateEvaluations rateEvaluations;
    private final Select select;
    private final double[] mean; // of the training set's targets; null in classification

    /**
     * Records its steps.
     *
     * @param learner of the model, whose processes share the evaluation
     * @param samples B, the most in a batch of all processes
     * @param select what the best epoch is the best by
     */
    EpochEvaluation(Learner learner, int samples, Splits data, Select select) {
        Collective ranks = learner.backend().ranks();
        int share = Math.ceilDiv(samples, ranks.size());
        this.data = data;
        this.select = select;
        mean = TrainingLabels.mean(data.train());
        evaluator =
                new Evaluator(
                        learner.backend(),
                        learner.model(),
                        share,
                        data.shape().length(),
                        1,
                        learner.evaluated(),
                        ranks);
        rateEvaluations =
                new RateEvaluations(
                        learner.backend(),
                        learner.model(),
                        share,
                        data.atRates(),
                        learner.evaluated(),
                        ranks);
    }

    /**
     * Evaluates the model as it is; at lower rates only if it is the best so far.
     *
     * @param epoch its number, from 1
     * @param best the best epoch before; null for the first
     * @param stop asked before each batch
     * @return null when it was stopped
     */
    Summary of(int epoch, Summary best, BooleanSupplier stop) {
        Evaluator.Result test = evaluator.evaluate(data.test(), mean, stop);
        Evaluator.Result validation =
                data.selectsOnTest() || test == null
                        ? test
                        : evaluator.evaluate(data.validation(), mean, stop);
        if (validation == null) {
            return null;
        }
        Summary summary = new Summary(epoch, validation, test, List.of());
        if (summary.notFinite().isPresent() || !summary.betterThan(best, select)) {
            return summary;
        }
        List<RateEvaluations.Result> atRates = rateEvaluations.evaluate(stop);
        return atRates == null ? null : new Summary(epoch, validation, test, atRates);
    }

    /** What went bad first in an evaluation that has such; at the full rate only. */
    String firstNotFinite(Summary summary) {
        boolean validation = !summary.validation().finite() && !data.selectsOnTest();
        return evaluator
                .firstNotFinite(validation ? data.validation() : data.test())
                .map(bad -> "%s of the %s set".formatted(bad, validation ? "validation" : "test"))
                .orElse("not found");
    }

    /** The one at the full rate. */
    Evaluator evaluator() {
        return evaluator;
    }

    @Override
    public void close() {
        evaluator.close();
        rateEvaluations.close();
    }
}
