package s5.train;

import s5.collective.Alone;
import s5.collective.Collective;
import s5.data.AtRate;
import s5.model.Model;
import s5.ops.Backend;
import s5.ops.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/**
 * Evaluations of a model at the lower sampling rates that a data set names ({@link
 * s5.data.Splits#atRates()}): as many positions fewer, as much longer every time step. The official
 * code does so for Speech Commands at half the rate whenever validation improves.
 */
public final class RateEvaluations implements AutoCloseable {
    private final List<AtRate> rates;
    private final List<Evaluator> evaluators = new ArrayList<>();

    /**
     * What a model reaches at a rate.
     *
     * @param rate every how many positions one was kept
     * @param validation of the validation split
     * @param test of the test split
     */
    public record Result(int rate, Evaluator.Result validation, Evaluator.Result test) {
        /** {@return the result as a line for the user} */
        public String describe() {
            return ("at 1/%d of the rate: val loss %.4f, accuracy %.2f %% | test loss %.4f,"
                            + " accuracy %.2f %%")
                    .formatted(
                            rate,
                            validation.loss(),
                            100 * validation.accuracy(),
                            test.loss(),
                            100 * test.accuracy());
        }
    }

    /**
     * Records a step for each rate.
     *
     * @param backend that holds the model's parameters
     * @param model to evaluate
     * @param samples B, the most in a batch
     * @param rates splits at each rate
     */
    public RateEvaluations(Backend backend, Model model, int samples, List<AtRate> rates) {
        this(backend, model, samples, rates, UnaryOperator.identity(), Alone.PROCESS);
    }

    /** With other tensors in place of the model's, and shared by several processes. */
    RateEvaluations(
            Backend backend,
            Model model,
            int samples,
            List<AtRate> rates,
            UnaryOperator<Tensor> taken,
            Collective ranks) {
        this.rates = rates;
        for (AtRate at : rates) {
            int length = at.test().shape().length();
            evaluators.add(new Evaluator(backend, model, samples, length, at.rate(), taken, ranks));
        }
    }

    /**
     * Runs all evaluations with the parameters as they are, unless it is stopped before.
     *
     * @param stop asked before each batch
     * @return null when it was stopped
     */
    public List<Result> evaluate(BooleanSupplier stop) {
        List<Result> results = new ArrayList<>();
        for (int i = 0; i < rates.size(); i++) {
            AtRate at = rates.get(i);
            Evaluator evaluator = evaluators.get(i);
            Evaluator.Result validation = evaluator.evaluate(at.validation(), null, stop);
            Evaluator.Result test =
                    validation == null ? null : evaluator.evaluate(at.test(), null, stop);
            if (test == null) {
                return null;
            }
            results.add(new Result(at.rate(), validation, test));
        }
        return results;
    }

    @Override
    public void close() {
        evaluators.forEach(Evaluator::close);
    }
}
