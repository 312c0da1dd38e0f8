package s5.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import s5.run.Metrics.Column;
import s5.run.Metrics.Kind;
import s5.run.Metrics.Row;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Whatever numbers there are, they are drawn, and the drawing ends. */
class AxisTest {
    private static final double[] EXTREMES = {
        0,
        Double.MIN_VALUE,
        1e-310,
        1e-300,
        1e-30,
        1,
        Math.nextUp(1.0),
        1e15,
        Math.nextUp(1e15),
        1.4e308,
        Math.nextUp(1.4e308),
        Double.MAX_VALUE
    };

    private static void assertDrawn(Axis axis, double... values) {
        String what = axis + " of " + List.of(values[0], values[1]);
        assertTrue(Double.isFinite(axis.min()) && Double.isFinite(axis.max()), what);
        assertTrue(axis.min() < axis.max(), what);
        for (double value : values) {
            if (axis.scale() != Axis.Scale.LOG || value > 0) {
                double place = axis.place(value);
                assertTrue(place >= 0 && place <= 1, what + ": " + place);
            }
        }
        List<Axis.Tick> ticks = axis.ticks(5);
        assertTrue(ticks.size() <= 40, what + ": " + ticks.size());
        for (Axis.Tick tick : ticks) {
            double place = axis.place(tick.value());
            assertTrue(place > -1e-6 && place < 1 + 1e-6, what + ": " + tick);
            assertTrue(tick.text().length() < 20, what + ": " + tick);
        }
    }

    @ParameterizedTest
    @EnumSource(Axis.Scale.class)
    void everyPairOfNumbersHasAnAxis(Axis.Scale scale) {
        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> {
                    for (double a : EXTREMES) {
                        for (double b : EXTREMES) {
                            for (double sign : new double[] {1, -1}) {
                                double[] both = {a, sign * b};
                                assertDrawn(Axis.around("x", scale, both), both);
                                if (scale == Axis.Scale.COUNT) {
                                    assertDrawn(Axis.fromZero("x", scale, both), both);
                                }
                            }
                        }
                    }
                });
    }

    /** A table of a run with such numbers in every column, the step and the epoch too. */
    @Test
    void everyTableIsDrawn() {
        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> {
                    for (double a : EXTREMES) {
                        for (double b : EXTREMES) {
                            for (boolean regression : new boolean[] {false, true}) {
                                String html = new Curves(table(a, b), regression).figures();
                                assertFalse(html.matches("(?s).*(NaN|Infinity).*"), html);
                                assertTrue(html.contains("<figure"), html);
                            }
                        }
                    }
                });
    }

    private static List<Row> table(double... values) {
        List<Row> rows = new ArrayList<>();
        int epoch = 0;
        for (double value : values) {
            for (Kind kind : Kind.values()) {
                Map<Column, Double> row = new EnumMap<>(Column.class);
                for (Column column : Column.values()) {
                    row.put(column, column == Column.LR ? -value : value);
                }
                rows.add(new Row(kind, epoch, epoch == 0 ? 0 : Long.MAX_VALUE, row));
            }
            epoch = Integer.MAX_VALUE;
        }
        return rows;
    }

    @Test
    void usualAxesAreAsTheyWere() {
        Axis axis = Axis.around("loss", Axis.Scale.LINEAR, 1, 2);
        assertEquals(new Axis("loss", Axis.Scale.LINEAR, .94, 2.06), axis);
        assertEquals(
                List.of("1.0", "1.5", "2.0"), axis.ticks(3).stream().map(Axis.Tick::text).toList());
        assertEquals(
                List.of("0", "1", "-1", "10", "-10", "100", "-100"),
                Axis.around("im", Axis.Scale.SIGNED_LOG, -300, 300).ticks(5).stream()
                        .map(Axis.Tick::text)
                        .toList());
    }
}
