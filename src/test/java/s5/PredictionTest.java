package s5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.function.Supplier;

/** Predictions are values: a program's tests compare them, its log prints them. */
class PredictionTest {
    private static final List<String> NAMES = List.of("a", "b");

    @Test
    void equalWhereAllIsEqual() {
        List<Supplier<Prediction>> all =
                List.of(
                        () -> new Prediction.Classes(NAMES, new float[] {.25f, .75f}, false),
                        () -> new Prediction.Classes(NAMES, new float[] {.25f, .75f}, true),
                        () -> new Prediction.Classes(NAMES, new float[] {.75f, .25f}, false),
                        () -> new Prediction.ClassesEach(NAMES, new float[] {.25f, .75f}, false),
                        () -> numbers(1, 2, .5),
                        () -> numbers(1, 2, .6),
                        () -> numbers(1, 3, .5),
                        () -> each(1, .5),
                        () -> each(2, .5),
                        () -> each(1, .6));
        for (int i = 0; i < all.size(); i++) {
            Prediction one = all.get(i).get();
            for (int k = 0; k < all.size(); k++) {
                Prediction other = all.get(k).get();
                if (i == k) {
                    assertEquals(one, other);
                    assertEquals(one.hashCode(), other.hashCode());
                } else {
                    assertNotEquals(one, other);
                }
            }
        }
    }

    @Test
    void printsWhatItHolds() {
        assertEquals(
                "Classes[names=[a, b], probabilities=[0.25, 0.75], cut=true]",
                new Prediction.Classes(NAMES, new float[] {.25f, .75f}, true).toString());
        assertEquals(
                "Numbers[names=[a, b], means=[1.0, 2.0], deviations=[0.5, 0.5], cut=false]",
                numbers(1, 2, .5).toString());
        assertEquals(
                "ClassesEach[names=[a, b], probabilities=[0.25, 0.75], cut=false]",
                new Prediction.ClassesEach(NAMES, new float[] {.25f, .75f}, false).toString());
        assertEquals(
                "NumbersEach[names=[a], means=[1.0, 1.0], deviations=[0.5, 0.5], cut=false]",
                each(1, .5).toString());
    }

    private static Prediction numbers(double first, double second, double deviation) {
        return new Prediction.Numbers(
                NAMES, new double[] {first, second}, new double[] {deviation, deviation}, false);
    }

    private static Prediction each(double mean, double deviation) {
        return new Prediction.NumbersEach(
                List.of("a"),
                new double[] {mean, mean},
                new double[] {deviation, deviation},
                false);
    }
}
