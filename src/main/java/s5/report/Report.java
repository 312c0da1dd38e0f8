package s5.report;

import com.fasterxml.jackson.databind.JsonNode;

import s5.config.Config;
import s5.config.ConfigLoader;
import s5.report.Findings.Layer;
import s5.report.Findings.Mistake;
import s5.run.Metrics.Row;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * The page: results, learning curves, confusion, mistakes, state spaces, settings. It holds no
 * script and loads nothing, so that it can be kept and sent as it is.
 */
final class Report {
    /** What the best epoch is called among the results. */
    static final String BEST = "best epoch";

    private final Config config;
    private final Map<String, String> results;
    private final Curves curves;
    private final JsonNode history;
    private final Findings findings;
    private final Map<String, String> next;

    private Report(
            Config config,
            Map<String, String> results,
            List<Row> rows,
            JsonNode history,
            Findings findings,
            Map<String, String> next,
            boolean regression) {
        this.config = config;
        this.results = results;
        this.curves = new Curves(rows, regression, best(results));
        this.history = history;
        this.findings = findings;
        this.next = next;
    }

    /**
     * Writes the page.
     *
     * @param results what to show first: names and values, in order
     * @param rows of the run's table of numbers
     * @param history the run's run.json
     * @param next commands that go on from here, by what they do
     * @param regression whether the model tells numbers
     * @return HTML
     */
    static String of(
            Config config,
            Map<String, String> results,
            List<Row> rows,
            JsonNode history,
            Findings findings,
            Map<String, String> next,
            boolean regression) {
        return new Report(config, results, rows, history, findings, next, regression).page();
    }

    /** The number of the best epoch; 0 when there is none. */
    private static int best(Map<String, String> results) {
        String best = results.getOrDefault(BEST, "0").split(" ", 2)[0];
        return best.matches("[0-9]{1,9}") ? Integer.parseInt(best) : 0;
    }

    private String page() {
        StringBuilder page = new StringBuilder();
        String name = Html.escape(config.name());
        page.append(head(config.name(), ""));
        page.append("<header><h1>%s</h1><p>%s</p></header>\n".formatted(name, subtitle()));
        page.append(notice());
        page.append("<section id=\"results\"><dl class=\"tiles\">\n");
        results.forEach((what, value) ->
                page.append(
                        "<div><dt>%s</dt><dd>%s</dd></div>\n"
                                .formatted(Html.escape(what), Html.escape(value))));
        page.append("</dl></section>\n");
        String drawn = curves.figures();
        section(
                page,
                "curves",
                "Learning curves",
                drawn.isEmpty() ? "The run ended before there was anything to draw." : "",
                drawn);
        if (!findings.classes().isEmpty()) {
            confusion(page);
        }
        if (!findings.regression().isEmpty()) {
            StringBuilder figures = new StringBuilder();
            findings.tracks().forEach(track -> figures.append(NumberFigures.track(track)));
            findings.regression().forEach(all -> figures.append(NumberFigures.scatter(all)));
            findings.regression().forEach(all -> figures.append(NumberFigures.residuals(all)));
            section(page, "regression", "Predictions", looked(), figures.toString());
        }
        mistakes(page);
        if (!findings.layers().isEmpty()) {
            layers(page);
        }
        next(page);
        settings(page);
        return page.append("</main>\n</body>\n</html>\n").toString();
    }

    /**
     * The beginning of a page, up to where its content begins.
     *
     * @param title of the page
     * @param css rules besides those of all pages
     */
    static String head(String title, String css) {
        return """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
        <link rel="icon" href="data:,">
        <title>%s</title>
        <style>
        %s%s</style>
        </head>
        <body>
        <main>
        """
                .formatted(Html.escape(title), style(), css);
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
                                config.data().set().name(),
                                last.path("device").asText("device unknown"),
                                last.path("program").asText("program unknown"),
                                time(last.path("started").asText(""))));
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
        Findings met = findings.samples() > findings.unanswered() ? findings.met() : findings;
        section(
                page,
                "confusion",
                "Confusion matrix",
                looked(),
                ConfusionMatrix.figure(met.classes(), met.confusion())
                        + ClassTable.figure(met.classes(), met.confusion()));
    }

    /** In words, which model's predictions are shown, and of how many samples. */
    private String looked() {
        String all = "%,d".formatted(findings.of());
        String unanswered =
                findings.unanswered() == 0
                        ? ""
                        : " %,d of its answers are no numbers, and are in no figure."
                                .formatted(findings.unanswered());
        return "Predictions of the model of %s on %s test samples.%s"
                .formatted(
                        Html.escape(findings.model()),
                        findings.samples() == findings.of()
                                ? "all " + all
                                : "%,d of %s".formatted(findings.samples(), all),
                        unanswered);
    }

    /** A notice of how the run ended, unless it finished. */
    private String notice() {
        String outcome = last().path("outcome").asText("");
        String text =
                switch (outcome) {
                    case "", "finished" -> "";
                    case "going on" -> "This run still goes on, or was killed.";
                    default ->
                            "This run %s%s."
                                    .formatted(outcome.startsWith("failed") ? "" : "was ", outcome);
                };
        if (findings.model().isEmpty()) {
            text += (text.isEmpty() ? "" : " ") + "It has left no checkpoint to look at.";
        }
        return text.isEmpty() ? "" : "<p class=\"notice\">%s</p>\n".formatted(Html.escape(text));
    }

    private void mistakes(StringBuilder page) {
        StringBuilder figures = new StringBuilder();
        for (Mistake m : findings.mistakes()) {
            figures.append(
                    """
                    <figure class="mistake">
                    %s
                    <figcaption>is <b>%s</b>, taken for <b>%s</b> with %.1f&#8239;%%<br><small>%s</small></figcaption>
                    </figure>
                    """
                            .formatted(
                                    m.picture(),
                                    Html.escape(m.truth()),
                                    Html.escape(m.predicted()),
                                    100 * m.probability(),
                                    Html.escape(
                                            m.id().isEmpty()
                                                    ? "test sample " + m.index()
                                                    : m.id())));
        }
        if (!figures.isEmpty()) {
            page.append("<section id=\"mistakes\">\n<h2>Surest mistakes</h2>\n");
            page.append("<div class=\"mistakes\">\n").append(figures);
            page.append("</div>\n</section>\n");
        }
    }

    private void layers(StringBuilder page) {
        String text =
                "Each layer's state space before training and after ("
                        + Html.escape(findings.model())
                        + "). Left: eigenvalues of the continuous system, one of each conjugate"
                        + " pair if the model keeps one. To the right of 0 a state would grow."
                        + " Right: time scales, the positions after which a state has fallen to"
                        + " 1/e.";
        StringBuilder figures = new StringBuilder();
        for (Layer layer : findings.layers()) {
            figures.append("<div class=\"pair\">").append(Spectra.plane(layer));
            figures.append(Spectra.timeScales(layer)).append("</div>\n");
        }
        section(page, "layers", "State spaces", text, figures.toString());
    }

    private void next(StringBuilder page) {
        if (!next.isEmpty()) {
            page.append("<section id=\"next\">\n<h2>What next</h2>\n");
            next.forEach((what, command) ->
                    page.append(
                            "<p>%s</p>\n<pre class=\"command\">%s</pre>\n"
                                    .formatted(Html.escape(what), Html.escape(command))));
            page.append("</section>\n");
        }
    }

    private void settings(StringBuilder page) {
        page.append("<section id=\"settings\">\n<h2>Settings and sessions</h2>\n");
        page.append("<div class=\"scroll\"><table>\n<tr><th>started</th><th>ended</th>");
        page.append("<th>outcome</th><th>device</th><th>versions</th><th>machine</th>");
        page.append("<th>command</th></tr>\n");
        for (JsonNode session : history.path("sessions")) {
            StringBuilder versions = new StringBuilder(session.path("program").asText(""));
            versions.append(", Java ").append(session.path("java").asText("unknown"));
            for (Map.Entry<String, JsonNode> version : session.path("versions").properties()) {
                versions.append(", %s %s".formatted(version.getKey(), version.getValue().asText()));
            }
            StringBuilder command = new StringBuilder("s5 train");
            session.path("command").forEach(word -> command.append(' ').append(word.asText()));
            page.append("<tr>");
            for (String cell :
                    List.of(
                            time(session.path("started").asText("")),
                            time(session.path("ended").asText("")),
                            outcome(session),
                            session.path("device").asText(""),
                            versions.toString(),
                            "%s, %s cores"
                                    .formatted(
                                            session.path("system").asText("unknown"),
                                            session.path("cores").asText("unknown")))) {
                page.append("<td>%s</td>".formatted(Html.escape(cell)));
            }
            page.append(
                    "<td><code>%s</code></td></tr>\n".formatted(Html.escape(command.toString())));
        }
        page.append(
                "</table></div>\n<pre>%s</pre>\n"
                        .formatted(Html.escape(ConfigLoader.toYaml(config))));
        page.append("</section>\n");
    }

    private static String outcome(JsonNode session) {
        String outcome = session.path("outcome").asText("");
        JsonNode resumed = session.path("resumed");
        return resumed.isMissingNode()
                ? outcome
                : "%s; resumed in epoch %d, after step %,d"
                        .formatted(
                                outcome,
                                resumed.path("epoch").asInt(),
                                resumed.path("step").asLong());
    }

    /** A time like 2026-11-21T23:39:26Z for people. */
    private static String time(String instant) {
        return instant.replace('T', ' ').replace("Z", " UTC");
    }
}
