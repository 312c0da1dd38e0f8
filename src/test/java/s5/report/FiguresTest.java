package s5.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.report.Axis.Scale;
import s5.report.Findings.Spectrum;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

class FiguresTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LINEAR | 0 | 1 | 0 0.2 0.4 0.6 0.8 1.0",
                "LINEAR | -0.013 | 0.004 | -0.010 -0.005 0",
                "LINEAR | 0 | 43000 | 0 10k 20k 30k 40k",
                "LINEAR | 99.5 | 100.2 | 99.6 99.8 100.0 100.2",
                "COUNT | 0 | 2.2 | 0 1 2",
                "LOG | 0.3 | 4 | 0.5 1 2",
                "LOG | 0.9 | 12000 | 1 10 100 1000 10k",
                "LOG | 1e-9 | 1 | 1e-8 1e-6 1e-4 0.01 1",
                "SIGNED_LOG | -120 | 3 | -100 -10 -1 0 1"
            })
    void ticksAreRound(Scale scale, double min, double max, String expected) {
        List<Axis.Tick> ticks = new Axis("", scale, min, max).ticks(5);
        String found =
                String.join(
                        " ",
                        ticks.stream()
                                .sorted((a, b) -> Double.compare(a.value(), b.value()))
                                .map(Axis.Tick::text)
                                .toList());
        assertEquals(expected, found);
    }

    @Test
    void anAxisShowsEveryNumber() {
        for (Scale scale : Scale.values()) {
            double[] values = {3, 0.5, Double.NaN, 70, Double.POSITIVE_INFINITY};
            Axis axis = Axis.around("", scale, values);
            for (double v : new double[] {3, 0.5, 70}) {
                double place = axis.place(v);
                assertTrue(place > 0 && place < 1, scale + " " + place);
            }
            Axis one = Axis.around("", scale, 2);
            assertTrue(one.place(2) > 0.1 && one.place(2) < 0.9, scale::toString);
            Axis none = Axis.around("", scale);
            assertTrue(none.min() < none.max());
        }
    }

    /** By eight units a digit, as in DejaVu Sans: numbers are neither cut off nor run together. */
    @ParameterizedTest
    @CsvSource({"LINEAR, -0.5062, -0.4949", "LOG, 20, 2050", "LOG, 8, 999", "LINEAR, 0, 123456"})
    void numbersOfAnAxisCanBeRead(Scale scale, double min, double max) {
        Axis x = new Axis("x", scale, min, max);
        String figure = new Chart("t", x, new Axis("y", Scale.LINEAR, 0, 1), 340, 240).figure("c");
        Matcher text =
                Pattern.compile(
                                "<text x=\"([0-9.]+)\" y=\"212\""
                                        + " text-anchor=\"middle\">(.*?)</text>")
                        .matcher(figure);
        double end = 0;
        int labels = 0;
        while (text.find()) {
            double half = 4 * text.group(2).length();
            double middle = Double.parseDouble(text.group(1));
            assertTrue(middle - half > end, figure);
            end = middle + half;
            labels++;
        }
        assertTrue(end <= 340, figure);
        assertTrue(labels >= 2, figure);
    }

    @Test
    void aChartLeavesOutWhatIsNoNumber() {
        Axis axis = new Axis("x", Scale.LINEAR, 0, 10);
        String svg =
                new Chart("t", axis, axis)
                        .line(
                                "a<b",
                                "c1",
                                new double[] {0, 5, 6, 10},
                                new double[] {0, 5, Double.NaN, 10})
                        .figure("c");
        assertTrue(svg.contains("d=\"M64 236L256 125M448 14\""), svg);
        assertTrue(svg.contains("a&lt;b"), svg);
        assertEquals(3, svg.split("<circle", -1).length - 1);
    }

    @Test
    void textCannotBecomeMarkup() {
        assertEquals("&lt;b&gt; &amp; &quot;é\u2603&quot;\n", Html.escape("<b> & \"é\u2603\"\n"));
        assertEquals("\uFFFD\uFFFD\uFFFD", Html.escape("\0\u001b\uFFFF"));
        assertEquals("\uFFFD", Html.escape("\uD800"));
    }

    @Test
    void aMatrixSaysWhatIsConfused() {
        int[][] confusion = {{8, 2, 0}, {0, 9, 1}, {0, 5, 5}};
        String figure = ConfusionMatrix.figure(List.of("a", "b", "<c>"), confusion);
        assertTrue(figure.contains("22 of 30 test samples are right"), figure);
        assertTrue(figure.contains("Most often, &lt;c&gt; was taken for b: 5 times."), figure);
        assertTrue(figure.contains("<title>&lt;c&gt; taken for b: 5 of 10</title>"), figure);
    }

    /** Speech Commands has 35 words, a sample of it ten. */
    @Test
    void aMatrixLeavesOutClassesThatDoNotOccur() {
        int[][] confusion = {{0, 0, 0, 0}, {0, 8, 0, 2}, {0, 0, 0, 0}, {0, 0, 0, 0}};
        List<String> names = List.of("bed", "bird", "cat", "dog");
        Findings met =
                new Findings(
                                "", 10, 10, names, confusion, List.of(), List.of(), List.of(),
                                List.of(), 0)
                        .met();
        assertEquals(List.of("bird", "dog"), met.classes());
        assertArrayEquals(new int[][] {{8, 2}, {0, 0}}, met.confusion());
    }

    /** exp(Re Delta k) = 1/e. */
    @Test
    void timeScalesAreInPositions() {
        Spectrum s =
                new Spectrum(
                        new double[] {-0.5, -2, 0.1}, new double[3], new double[] {0.001, 0.1, 1});
        assertArrayEquals(new double[] {2000, 5, Double.POSITIVE_INFINITY}, s.timeScales(), 1e-9);
    }
}
