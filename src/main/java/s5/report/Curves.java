package s5.report;

import s5.report.Axis.Scale;
import s5.run.Metrics.Column;
import s5.run.Metrics.Kind;
import s5.run.Metrics.Row;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** How a run went, step by step and epoch by epoch. */
final class Curves {
    private static final Set<Column> SCORES =
            Set.of(Column.TRAIN_ACCURACY, Column.VALIDATION_ACCURACY, Column.TEST_ACCURACY);

    private final List<Row> steps;
    private final List<Row> epochs;
    private final boolean regression;
    private final double stepsPerEpoch; // 1 before an epoch has ended
    private final int best; // epoch; 0 for none
    private final boolean selectsOnTest; // validation is the test then, and not shown twice

    Curves(List<Row> rows, boolean regression) {
        this(rows, regression, 0);
    }

    /**
     * @param best the epoch to be marked; 0 for none
     */
    Curves(List<Row> rows, boolean regression, int best) {
        this.best = best;
        steps = rows.stream().filter(r -> r.kind() == Kind.STEP).toList();
        epochs = rows.stream().filter(r -> r.kind() == Kind.EPOCH).toList();
        this.regression = regression;
        Row last = epochs.isEmpty() ? null : epochs.getLast();
        stepsPerEpoch =
                last == null || last.step() < 1 || last.epoch() < 1
                        ? 1
                        : (double) last.step() / last.epoch();
        selectsOnTest =
                epochs.stream()
                        .allMatch(r ->
                                Objects.equals(
                                        r.values().get(Column.VALIDATION_LOSS),
                                        r.values().get(Column.TEST_LOSS)));
    }

    /** All figures that there are numbers for. */
    String figures() {
        StringBuilder html = new StringBuilder();
        html.append(loss());
        html.append(score());
        html.append(
                plain(
                        "learning rate",
                        Scale.LINEAR,
                        "Learning rates of the steps",
                        new Curve("state space", "c1", steps, Column.SSM_LR),
                        new Curve("else", "c2", steps, Column.LR)));
        html.append(
                plain(
                        "norm",
                        Scale.LOG,
                        "Euclidean norm of the gradient",
                        new Curve(null, "c1", steps, Column.GRADIENT_NORM)));
        html.append(
                plain(
                        "samples a second",
                        Scale.COUNT,
                        "Speed of training",
                        new Curve(null, "c1", steps, Column.SAMPLES_PER_SECOND)));
        html.append(
                plain(
                        "MB",
                        Scale.COUNT,
                        "Memory of the process",
                        new Curve(null, "c1", steps, Column.MEMORY_MB)));
        return html.toString();
    }

    /** One line of a figure. */
    private record Curve(String name, String style, List<Row> rows, Column column) {}

    private String loss() {
        boolean positive =
                DoubleStream.concat(
                                values(steps, Column.TRAIN_LOSS),
                                values(
                                        epochs,
                                        Column.TRAIN_LOSS,
                                        Column.VALIDATION_LOSS,
                                        Column.TEST_LOSS))
                        .allMatch(v -> v > 0);
        return plain(
                regression ? "negative log-likelihood" : "loss, nats",
                positive ? Scale.LOG : Scale.LINEAR,
                "Loss: of the steps, and of whole epochs",
                new Curve(null, "c1 faint", steps, Column.TRAIN_LOSS),
                new Curve("training", "c1", epochs, Column.TRAIN_LOSS),
                new Curve("validation", "c2", epochs, Column.VALIDATION_LOSS),
                new Curve("test", "c3", epochs, Column.TEST_LOSS));
    }

    private String score() {
        return plain(
                regression ? "squared error" : "accuracy",
                regression ? Scale.LOG : Scale.LINEAR,
                regression ? "Mean squared error" : "Share of samples classified right",
                new Curve(null, "c1 faint", steps, Column.TRAIN_ACCURACY),
                new Curve("training", "c1", epochs, Column.TRAIN_ACCURACY),
                new Curve("validation", "c2", epochs, Column.VALIDATION_ACCURACY),
                new Curve("test", "c3", epochs, Column.TEST_ACCURACY));
    }

    private DoubleStream values(List<Row> rows, Column... columns) {
        return rows.stream()
                .flatMapToDouble(row -> Stream.of(columns).mapToDouble(c -> value(row, c)))
                .filter(v -> !Double.isNaN(v));
    }

    /** What is drawn of a row, NaN when it is missing; in regression squared errors, not minus. */
    private double value(Row row, Column column) {
        double value = row.values().getOrDefault(column, Double.NaN);
        return regression && SCORES.contains(column) ? -value : value;
    }

    private boolean drawn(Curve curve) {
        boolean twice =
                selectsOnTest
                        && (curve.column == Column.VALIDATION_LOSS
                                || curve.column == Column.VALIDATION_ACCURACY);
        return !twice && values(curve.rows, curve.column).anyMatch(Double::isFinite);
    }

    /** A figure with these lines; amounts, on a COUNT axis, are shown from 0. */
    private String plain(String unit, Scale scale, String caption, Curve... all) {
        List<Curve> curves = Stream.of(all).filter(this::drawn).toList();
        if (curves.isEmpty()) {
            return "";
        }
        double[] values = curves.stream().flatMapToDouble(c -> values(c.rows, c.column)).toArray();
        double[] places =
                curves.stream().flatMap(c -> c.rows.stream()).mapToDouble(this::place).toArray();
        double end = Arrays.stream(places).max().orElse(1);
        Chart chart =
                new Chart(
                        caption,
                        new Axis(
                                epochs.isEmpty() ? "steps" : "epochs",
                                Scale.LINEAR,
                                0,
                                Math.max(1.02 * end, 1e-3)),
                        scale == Scale.COUNT
                                ? Axis.fromZero(unit, scale, values)
                                : Axis.around(unit, scale, values));
        for (Curve curve : curves) {
            chart.line(
                    curve.name,
                    curve.style,
                    curve.rows.stream().mapToDouble(this::place).toArray(),
                    curve.rows.stream().mapToDouble(row -> value(row, curve.column)).toArray());
        }
        boolean score = all.length > 1 && all[1].column != Column.LR;
        if (best > 0 && score && epochs.stream().anyMatch(r -> r.epoch() == best)) {
            chart.mark(best, "best");
        }
        return chart.figure(caption);
    }

    /** Where a row stands: epochs done, with fractions; steps done before an epoch has ended. */
    private double place(Row row) {
        return row.step() / stepsPerEpoch;
    }
}
