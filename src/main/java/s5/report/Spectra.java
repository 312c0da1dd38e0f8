package s5.report;

import s5.report.Axis.Scale;
import s5.report.Findings.Layer;
import s5.report.Findings.Spectrum;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/** Figures of a layer's state space before and after training. */
final class Spectra {
    private static final int WIDTH = 340;
    private static final int HEIGHT = 240;
    private static final double[] ZERO = {0}; // where stable and unstable meet

    private Spectra() {}

    /** Eigenvalues in the complex plane. */
    static String plane(Layer layer) {
        Spectrum before = layer.before();
        Spectrum after = layer.after();
        Axis x = Axis.around("real part", Scale.LINEAR, joined(before.re(), after.re()));
        if (x.max() < 0 && -x.max() < 3 * (x.max() - x.min())) {
            x = Axis.around("real part", Scale.LINEAR, joined(before.re(), after.re(), ZERO));
        }
        Axis y = Axis.around("imaginary part", Scale.SIGNED_LOG, joined(before.im(), after.im()));
        Chart chart = new Chart("eigenvalues of " + layer.name(), x, y, WIDTH, HEIGHT);
        if (x.min() < 0 && x.max() > 0) {
            chart.mark(0, "");
        }
        return chart.links("moved", before.re(), before.im(), after.re(), after.im())
                .points("before", "before", before.re(), before.im(), 3.4)
                .points("after", "c1", after.re(), after.im(), 2.4)
                .figure(Html.escape(layer.name()) + ": eigenvalues");
    }

    /** How many states have which time scale. */
    static String timeScales(Layer layer) {
        double[] before = layer.before().timeScales();
        double[] after = layer.after().timeScales();
        Axis x = Axis.around("positions", Scale.LOG, joined(before, after));
        int columns = Math.clamp(Math.round(2.5 * Math.sqrt(after.length)), 6, 28);
        double[] edges = new double[columns + 1];
        for (int i = 0; i <= columns; i++) {
            double share = (double) i / columns;
            edges[i] =
                    Math.pow(10, Math.log10(x.min()) * (1 - share) + Math.log10(x.max()) * share);
        }
        double[] then = counts(edges, before);
        double[] now = counts(edges, after);
        double most =
                Math.max(Arrays.stream(then).max().orElse(0), Arrays.stream(now).max().orElse(0));
        Axis y = new Axis("states", Scale.COUNT, 0, Math.max(1, most * 1.08));
        long endless = Arrays.stream(after).filter(Double::isInfinite).count();
        return new Chart("time scales of " + layer.name(), x, y, WIDTH, HEIGHT)
                .columns("after", "c1", edges, now)
                .columns("before", "before", edges, then)
                .figure(
                        "%s: time scales, in positions%s"
                                .formatted(
                                        Html.escape(layer.name()),
                                        endless == 0
                                                ? ""
                                                : "; not shown, as they never fall: %d"
                                                        .formatted(endless)));
    }

    private static double[] counts(double[] edges, double[] values) {
        double[] counts = new double[edges.length - 1];
        for (double value : values) {
            if (Double.isFinite(value)) {
                int at = Arrays.binarySearch(edges, value);
                int column = at >= 0 ? at : -at - 2;
                counts[Math.clamp(column, 0, counts.length - 1)]++;
            }
        }
        return counts;
    }

    private static double[] joined(double[]... parts) {
        return Arrays.stream(parts).flatMapToDouble(DoubleStream::of).toArray();
    }
}
