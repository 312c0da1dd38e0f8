package s5.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.config.TrainConfig.Select;

import java.util.List;
import java.util.Map;

/** Which of two epochs is the better one depends on the measure. */
class SelectTest {
    private static Summary classes(double accuracy, double loss, double f1, double auroc) {
        Map<String, Double> metrics = Map.of("f1", f1, "auroc", auroc);
        Evaluator.Result result = new Evaluator.Result(loss, accuracy, 0.5, false, metrics);
        return new Summary(1, result, result, List.of());
    }

    private static Summary numbers(double mse, double nll, double mae) {
        Evaluator.Result result = new Evaluator.Result(nll, -mse, 0, true, Map.of("mae", mae));
        return new Summary(1, result, result, List.of());
    }

    @ParameterizedTest
    @CsvSource({"SCORE, true", "ACCURACY, true", "F1, false", "AUROC, true", "LOSS, false"})
    void ofClasses(Select select, boolean first) {
        Summary one = classes(0.8, 0.7, 0.5, 0.9);
        Summary other = classes(0.7, 0.6, 0.6, 0.8);
        assertEquals(first, one.betterThan(other, select));
        assertEquals(!first, other.betterThan(one, select));
        assertFalse(one.betterThan(one, select), "as good is not better");
        assertTrue(one.betterThan(null, select));
    }

    @ParameterizedTest
    @CsvSource({"SCORE, true", "RMSE, true", "LOSS, false", "MAE, false"})
    void ofNumbers(Select select, boolean first) {
        Summary one = numbers(2, 0.5, 1.2);
        Summary other = numbers(3, 0.4, 1.1);
        assertEquals(first, one.betterThan(other, select));
        assertEquals(!first, other.betterThan(one, select));
    }
}
