package s5.report;

import com.fasterxml.jackson.databind.JsonNode;

import s5.config.Config;
import s5.config.ConfigLoader;
import s5.report.Findings.Layer;
import s5.report.Findings.Mistake;
import s5.report.Findings.Predicted;
import s5.run.Metrics.Row;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The page: results, learning curves, confusion, mistakes, state spaces, settings. It holds no
 * script and loads nothing, so that it can be kept and sent as it is.
 */
public final class Report {
    private final Config config;
    private final Map<String, String> results;
    private final Curves curves;
    private final JsonNode history;
    private final Findings findings;

    private Report(
            Config config,
            Map<String, String> results,
            List<Row> rows,
            JsonNode history,
            Findings findings) {
        this.config = config;
        this.results = results;
        this.curves = new Curves(rows, findings.classes().isEmpty());
        this.history = history;
        this.findings = findings;
    }

    /**
     * Writes the page.
     *
     * @param results what to show first: names and values, in order
     * @param rows of the run's table of numbers
     * @param history the run's run.json
     * @return HTML
     */
    public static String of(
            Config config,
            Map<String, String> results,
            List<Row> rows,
            JsonNode history,
            Findings findings) {
        return new Report(config, results, rows, history, findings).page();
    }

    private String page() {
        StringBuilder page = new StringBuilder();
        String name = Html.escape(config.name());
        page.append(
                """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <link rel="icon" href="data:,">
                <title>%s</title>
                <style>
                %s</style>
                </head>
                <body>
                <main>
                """
                        .formatted(name, style()));
        page.append("<header><h1>%s</h1><p>%s</p></header>\n".formatted(name, subtitle()));
        page.append("<section id=\"results\"><dl class=\"tiles\">\n");
        results.forEach((what, value) ->
                page.append(
                        "<div><dt>%s</dt><dd>%s</dd></div>\n"
                                .formatted(Html.escape(what), Html.escape(value))));
        page.append("</dl></section>\n");
        section(page, "curves", "Learning curves", "", curves.figures());
        if (!findings.classes().isEmpty()) {
            confusion(page);
        }
        if (!findings.regression().isEmpty()) {
            String figures =
                    String.join("", findings.regression().stream().map(Report::scatter).toList());
            section(page, "regression", "Predictions", "", figures);
        }
        mistakes(page);
        layers(page);
        settings(page);
        return page.append("</main>\n</body>\n</html>\n").toString();
    }

    private static String style() {
        try (InputStream in = Report.class.getResourceAsStream("report.css")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String subtitle() {
        JsonNode last = last();
        return Html.escape(
                "S5 on %s; %s; %s; %s"
                        .formatted(
                                config.data().set().name().toLowerCase(Locale.ROOT),
                                last.path("device").asText("device unknown"),
                                last.path("program").asText("program unknown"),
                                last.path("started").asText("")));
    }

    private JsonNode last() {
        JsonNode sessions = history.path("sessions");
        return sessions.path(sessions.size() - 1);
    }

    private static void section(
            StringBuilder page, String id, String title, String text, String figures) {
        page.append("<section id=\"%s\">\n<h2>%s</h2>\n".formatted(id, title));
        if (!text.isEmpty()) {
            page.append("<p>%s</p>\n".formatted(text));
        }
        page.append("<div class=\"figures\">\n").append(figures).append("</div>\n</section>\n");
    }

    private void confusion(StringBuilder page) {
        section(
                page,
                "confusion",
                "Confusion matrix",
                "",
                ConfusionMatrix.figure(findings.classes(), findings.confusion()));
    }

    private static String scatter(Predicted predicted) {
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
                .figure(Html.escape(predicted.name()) + ": predictions on the test set");
    }

    private void mistakes(StringBuilder page) {
        StringBuilder figures = new StringBuilder();
        for (Mistake m : findings.mistakes()) {
            figures.append(
                    """
                    <figure class="mistake">
                    %s
                    <figcaption>is <b>%s</b>, taken for <b>%s</b> with %.1f&thinsp;%%<br><small>test sample %d</small></figcaption>
                    </figure>
                    """
                            .formatted(
                                    m.picture(),
                                    Html.escape(m.truth()),
                                    Html.escape(m.predicted()),
                                    100 * m.probability(),
                                    m.index()));
        }
        if (!figures.isEmpty()) {
            page.append("<section id=\"mistakes\">\n<h2>Surest mistakes</h2>\n");
            page.append("<div class=\"mistakes\">\n").append(figures);
            page.append("</div>\n</section>\n");
        }
    }

    private void layers(StringBuilder page) {
        String text =
                "Each layer's state space before and after training. Left: eigenvalues of the"
                    + " continuous system, one of each conjugate pair if the model keeps one. To"
                    + " the right of 0 a state would grow. Right: time scales, the positions after"
                    + " which a state has fallen to 1/e.";
        StringBuilder figures = new StringBuilder();
        for (Layer layer : findings.layers()) {
            figures.append("<div class=\"pair\">").append(Spectra.plane(layer));
            figures.append(Spectra.timeScales(layer)).append("</div>\n");
        }
        section(page, "layers", "State spaces", text, figures.toString());
    }

    private void settings(StringBuilder page) {
        page.append("<section id=\"settings\">\n<h2>Settings and sessions</h2>\n");
        page.append("<div class=\"scroll\"><table>\n<tr><th>started</th><th>ended</th>");
        page.append("<th>outcome</th><th>device</th><th>Java</th><th>command</th></tr>\n");
        for (JsonNode session : history.path("sessions")) {
            page.append("<tr>");
            for (String key : List.of("started", "ended", "outcome", "device", "java")) {
                page.append("<td>%s</td>".formatted(Html.escape(session.path(key).asText(""))));
            }
            StringBuilder command = new StringBuilder();
            session.path("command").forEach(word -> command.append(word.asText()).append(' '));
            page.append("<td><code>%s</code></td>".formatted(Html.escape(command.toString())));
            page.append("</tr>\n");
        }
        page.append(
                "</table></div>\n<pre>%s</pre>\n"
                        .formatted(Html.escape(ConfigLoader.toYaml(config))));
        page.append("</section>\n");
    }
}
