package s5.report;

import s5.report.Axis.Scale;
import s5.run.Metrics.Column;
import s5.run.Metrics.Kind;
import s5.run.Metrics.Row;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** How a run went, step by step and epoch by epoch. */
final class Curves {
    private final List<Row> steps;
    private final List<Row> epochs;
    private final boolean regression;
    private final double stepsPerEpoch;

    Curves(List<Row> rows, boolean regression) {
        steps = rows.stream().filter(r -> r.kind() == Kind.STEP).toList();
        epochs = rows.stream().filter(r -> r.kind() == Kind.EPOCH).toList();
        this.regression = regression;
        stepsPerEpoch =
                epochs.isEmpty() ? 1 : (double) epochs.getLast().step() / epochs.getLast().epoch();
    }

    /** All figures. */
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
                        Scale.LINEAR,
                        "Speed of training",
                        new Curve(null, "c1", steps, Column.SAMPLES_PER_SECOND)));
        html.append(
                plain(
                        "MB",
                        Scale.LINEAR,
                        "Memory of the process",
                        new Curve(null, "c1", steps, Column.MEMORY_MB)));
        return html.toString();
    }

    /** One line of a figure. */
    private record Curve(String name, String style, List<Row> rows, Column column) {}

    private String loss() {
        boolean positive =
                values(epochs, Column.TRAIN_LOSS, Column.VALIDATION_LOSS, Column.TEST_LOSS)
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
                regression ? "minus squared error" : "accuracy",
                Scale.LINEAR,
                regression ? "Minus the mean squared error" : "Share of samples classified right",
                new Curve(null, "c1 faint", steps, Column.TRAIN_ACCURACY),
                new Curve("training", "c1", epochs, Column.TRAIN_ACCURACY),
                new Curve("validation", "c2", epochs, Column.VALIDATION_ACCURACY),
                new Curve("test", "c3", epochs, Column.TEST_ACCURACY));
    }

    private static DoubleStream values(List<Row> rows, Column... columns) {
        return rows.stream()
                .flatMapToDouble(row ->
                        Stream.of(columns)
                                .mapToDouble(c -> row.values().getOrDefault(c, Double.NaN)))
                .filter(v -> !Double.isNaN(v));
    }

    private String plain(String unit, Scale scale, String caption, Curve... curves) {
        double[] all = Stream.of(curves).flatMapToDouble(c -> values(c.rows, c.column)).toArray();
        double[] places =
                Stream.of(curves).flatMap(c -> c.rows.stream()).mapToDouble(this::place).toArray();
        Axis x = Axis.around("epochs", Scale.LINEAR, places);
        Chart chart =
                new Chart(
                        caption,
                        new Axis(x.label(), x.scale(), 0, Math.max(x.max(), 1e-3)),
                        Axis.around(unit, scale, all));
        for (Curve curve : curves) {
            chart.line(
                    curve.name,
                    curve.style,
                    curve.rows.stream().mapToDouble(this::place).toArray(),
                    curve.rows.stream()
                            .mapToDouble(row -> row.values().getOrDefault(curve.column, Double.NaN))
                            .toArray());
        }
        return chart.figure(caption);
    }

    /** Epochs done, with fractions. */
    private double place(Row row) {
        return row.step() / stepsPerEpoch;
    }
}
