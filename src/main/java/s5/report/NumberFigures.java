package s5.report;

import s5.report.Findings.Predicted;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** Predicted numbers beside the true ones. */
final class NumberFigures {
    private NumberFigures() {}

    /** Predicted against true. */
    static String scatter(Predicted predicted) {
        double[] all =
                Stream.of(predicted.truth(), predicted.predicted())
                        .flatMapToDouble(Arrays::stream)
                        .toArray();
        Axis x = Axis.around("true " + predicted.name(), Axis.Scale.LINEAR, all);
        Axis y = Axis.around("predicted", Axis.Scale.LINEAR, all);
        double[] ends = {x.min(), x.max()};
        return new Chart("predicted against true " + predicted.name(), x, y)
                .line("right", "c3", ends, ends)
                .points("test samples", "c1", predicted.truth(), predicted.predicted(), 1.6)
                .figure(Html.escape(predicted.caption()));
    }

    /** Errors against what was predicted: what is left to learn shows as a shape. */
    static String residuals(Predicted predicted) {
        int n = predicted.truth().length;
        double[] errors = new double[n];
        Arrays.setAll(errors, i -> predicted.truth()[i] - predicted.predicted()[i]);
        Axis x =
                Axis.around(
                        "predicted " + predicted.name(), Axis.Scale.LINEAR, predicted.predicted());
        Axis y = Axis.around("true - predicted", Axis.Scale.LINEAR, errors);
        return new Chart("residuals of " + predicted.name(), x, y)
                .line("right", "c3", new double[] {x.min(), x.max()}, new double[2])
                .points("test samples", "c1", predicted.predicted(), errors, 1.6)
                .figure("Residuals: " + Html.escape(predicted.caption()));
    }

    /** True and predicted along positions or steps, with two deviations to both sides. */
    static String track(Predicted track) {
        int n = track.truth().length;
        double[] low = new double[n];
        double[] high = new double[n];
        Arrays.setAll(low, k -> track.predicted()[k] - 2 * track.deviations()[k]);
        Arrays.setAll(high, k -> track.predicted()[k] + 2 * track.deviations()[k]);
        double[] all =
                Stream.of(track.truth(), low, high).flatMapToDouble(Arrays::stream).toArray();
        double[] positions = new double[n];
        Arrays.setAll(positions, k -> k);
        Chart chart =
                new Chart(
                        track.caption(),
                        Axis.around(track.axis(), Axis.Scale.LINEAR, positions),
                        Axis.around(track.name(), Axis.Scale.LINEAR, all));
        if (DoubleStream.of(track.deviations()).anyMatch(d -> d > 0)) {
            chart.line("two deviations", "c1 faint", positions, low)
                    .line(null, "c1 faint", positions, high);
        }
        return chart.line("right", "c3", positions, track.truth())
                .line("predicted", "c1", positions, track.predicted())
                .figure(Html.escape(track.caption()));
    }
}
