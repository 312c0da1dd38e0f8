package s5.report;

import s5.report.Axis.Scale;
import s5.run.Metrics.Column;
import s5.run.Metrics.Kind;
import s5.run.Metrics.Row;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;

/**
 * A page about several runs: settings that differ, results, curves over one another. Like a run's
 * report it holds no script and loads nothing.
 */
public final class Comparison {
    /** Colours of groups; more than so many groups share them. */
    private static final int COLOURS = 12;

    /** Names in a figure's legend at most: of more, the table tells the colours. */
    private static final int LEGEND = 16;

    private final String title;
    private final List<String> notices;
    private final List<String> header;
    private final List<List<String>> groups;
    private final List<Compared> runs;
    private final Predicate<String> larger;
    private final List<String> colours;

    private Comparison(
            String title,
            List<String> notices,
            List<String> header,
            List<List<String>> groups,
            List<Compared> runs,
            Predicate<String> larger) {
        this.title = title;
        this.notices = notices;
        this.header = header;
        this.groups = groups;
        this.runs = runs;
        this.larger = larger;
        colours = List.copyOf(new LinkedHashSet<>(runs.stream().map(Compared::group).toList()));
    }

    /**
     * {@return the page}
     *
     * @param title of the page
     * @param notices what to know before one looks at numbers; mostly nothing
     * @param header of the table of groups; empty for no such table
     * @param groups its rows, of as many cells each
     * @param runs in their order
     * @param larger whether of a metric the larger value is the better one
     */
    public static String page(
            String title,
            List<String> notices,
            List<String> header,
            List<List<String>> groups,
            List<Compared> runs,
            Predicate<String> larger) {
        return new Comparison(title, notices, header, groups, runs, larger).page();
    }

    private String page() {
        StringBuilder page = new StringBuilder(Report.head(title, style()));
        page.append(
                "<header><h1>%s</h1><p>%d runs</p></header>\n"
                        .formatted(Html.escape(title), runs.size()));
        notices.forEach(notice ->
                page.append("<p class=\"notice\">%s</p>\n".formatted(Html.escape(notice))));
        if (!header.isEmpty()) {
            page.append("<section id=\"groups\"><h2>Means over seeds</h2>\n");
            page.append("<p>Mean, and after +- the standard deviation.</p>\n");
            page.append("<div class=\"classes\"><table>\n").append(row("th", header));
            groups.forEach(cells -> page.append(row("td", cells)));
            page.append("</table></div></section>\n");
        }
        page.append("<section id=\"runs\"><h2>Runs</h2>\n");
        page.append("<p>Settings that differ, and the numbers of the best epoch; the best of each");
        page.append(" column is bold.</p>\n<div class=\"classes\"><table>\n");
        table(page);
        page.append("</table></div></section>\n<section id=\"curves\"><h2>Curves</h2>\n");
        page.append("<div class=\"figures\">\n");
        boolean regression = runs.stream().anyMatch(Compared::regression);
        figure(page, "Training loss", Column.TRAIN_LOSS, false);
        figure(page, "Validation loss", Column.VALIDATION_LOSS, false);
        String score = regression ? "mean squared error" : "accuracy";
        figure(page, "Validation " + score, Column.VALIDATION_ACCURACY, regression);
        figure(page, "Test " + score, Column.TEST_ACCURACY, regression);
        page.append("</div></section>\n</main>\n</body>\n</html>\n");
        return page.toString();
    }

    private static String style() {
        StringBuilder css = new StringBuilder();
        for (int i = 0; i < COLOURS; i++) {
            // neighbours far apart on the circle of hues
            String colour = "hsl(%d 62%% 52%%)".formatted(i * 150 % 360 + (i >= 12 ? 15 : 0));
            css.append(".line.g%d { stroke: %s; stroke-width: 1.5; }\n".formatted(i, colour));
            css.append(".dot.g%d { fill: %s; }\n".formatted(i, colour));
            css.append(".key.g%d { background: %s; }\n".formatted(i, colour));
        }
        return css.toString();
    }

    private String colour(Compared run) {
        return "g" + colours.indexOf(run.group()) % COLOURS;
    }

    private static String row(String kind, List<String> cells) {
        StringBuilder html = new StringBuilder("<tr>");
        cells.forEach(cell -> html.append("<%s>%s</%s>".formatted(kind, Html.escape(cell), kind)));
        return html.append("</tr>\n").toString();
    }

    private void table(StringBuilder page) {
        Set<String> keys = new LinkedHashSet<>();
        Set<String> metrics = new LinkedHashSet<>();
        runs.forEach(run -> keys.addAll(run.settings().keySet()));
        runs.forEach(run -> metrics.addAll(run.metrics().keySet()));
        List<String> names = new ArrayList<>(List.of("run"));
        names.addAll(keys);
        names.addAll(List.of("outcome", "best epoch"));
        names.addAll(metrics);
        page.append(row("th", names));
        for (Compared run : runs) {
            page.append(
                    "<tr><td><i class=\"key %s\"></i>%s</td>"
                            .formatted(colour(run), Html.escape(run.name())));
            keys.forEach(key -> cell(page, run.settings().getOrDefault(key, ""), false));
            cell(page, run.outcome(), false);
            cell(page, run.bestEpoch() == 0 ? "" : "" + run.bestEpoch(), false);
            for (String metric : metrics) {
                Double value = run.metrics().get(metric);
                String text = value == null ? "" : String.format(Locale.ROOT, "%.5g", value);
                cell(page, text, value != null && value == best(metric));
            }
            page.append("</tr>\n");
        }
    }

    private static void cell(StringBuilder page, String text, boolean bold) {
        String shown = Html.escape(text);
        page.append("<td>").append(bold ? "<b>" + shown + "</b>" : shown).append("</td>");
    }

    /** The best value of a metric; NaN where all runs have the same. */
    private double best(String metric) {
        double[] values =
                runs.stream()
                        .map(run -> run.metrics().get(metric))
                        .filter(value -> value != null)
                        .mapToDouble(value -> value)
                        .sorted()
                        .toArray();
        if (values.length == 0 || values[0] == values[values.length - 1]) {
            return Double.NaN;
        }
        return larger.test(metric) ? values[values.length - 1] : values[0];
    }

    /** The rows of a run that hold a column: whole epochs. */
    private static List<Row> rows(Compared run, Column column) {
        return run.rows().stream()
                .filter(row -> row.kind() == Kind.EPOCH && row.values().containsKey(column))
                .toList();
    }

    private void figure(StringBuilder page, String caption, Column column, boolean negated) {
        double sign = negated ? -1 : 1; // the table has minus the squared errors
        double[] all =
                runs.stream()
                        .flatMap(run -> rows(run, column).stream())
                        .mapToDouble(row -> sign * row.values().get(column))
                        .toArray();
        if (all.length == 0) {
            return;
        }
        double end =
                runs.stream()
                        .flatMap(run -> rows(run, column).stream())
                        .mapToDouble(Row::epoch)
                        .max()
                        .orElse(1);
        boolean log = !caption.endsWith("accuracy") && DoubleStream.of(all).allMatch(v -> v > 0);
        Chart chart =
                new Chart(
                        caption,
                        new Axis("epochs", Scale.LINEAR, 0, 1.02 * end),
                        Axis.around(caption, log ? Scale.LOG : Scale.LINEAR, all));
        Set<String> named = new HashSet<>();
        for (Compared run : runs) {
            List<Row> rows = rows(run, column);
            boolean first = colours.size() <= LEGEND && named.add(run.group());
            chart.line(
                    first ? run.group() : null,
                    colour(run),
                    rows.stream().mapToDouble(Row::epoch).toArray(),
                    rows.stream().mapToDouble(row -> sign * row.values().get(column)).toArray());
        }
        page.append(chart.figure(Html.escape(caption)));
    }

    /**
     * {@return the settings that differ between runs, in the order of the first; those of a run by
     * name}
     *
     * @param settings of each run, by their names
     */
    public static List<String> differing(List<Map<String, String>> settings) {
        Set<String> keys = new LinkedHashSet<>();
        settings.forEach(all -> keys.addAll(all.keySet()));
        return keys.stream()
                .filter(key ->
                        settings.stream().map(all -> all.getOrDefault(key, "")).distinct().count()
                                > 1)
                .toList();
    }
}
