package s5.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Chromium without a window that looks at reports. {@code -Ds5.chromium=FILE} names it.
 *
 * @param program the executable file
 * @param folder for its own files
 */
record Browser(Path program, Path folder) {
    /** Measures a page in a frame of its own width, from outside: the page itself has no script. */
    private static final String MEASURE =
            """
            const frames = [...document.querySelectorAll('iframe')];
            addEventListener('load', () => { // of all frames, too
              const out = frames.map(f => {
                const d = f.contentDocument;
                const size = e => { const r = e.getBoundingClientRect(); return [r.width, r.height]; };
                return {
                  width: f.clientWidth,
                  loaded: f.contentWindow.performance.getEntriesByType('resource').map(e => e.name),
                  scroll: d.documentElement.scrollWidth,
                  figures: [...d.querySelectorAll('figure')].map(figure => ({
                    caption: figure.querySelector('figcaption').textContent,
                    right: figure.getBoundingClientRect().right,
                    drawn: [...figure.querySelectorAll('svg, img, p.text, table')].map(size),
                    marks: figure.querySelectorAll('path.line, circle, rect, img, p.text, svg path, td').length,
                    broken: [...figure.querySelectorAll('img')].filter(i => !i.naturalWidth).length,
                    letters: [...figure.querySelectorAll('svg text')].map(t =>
                        12.5 * Math.hypot(t.getScreenCTM().a, t.getScreenCTM().b)).reduce((a, b) => Math.min(a, b), 99),
                    outside: [...figure.querySelectorAll('svg text')].filter(t => {
                        const r = t.getBoundingClientRect();
                        const s = t.ownerSVGElement.getBoundingClientRect();
                        return r.left < s.left - 1 || r.right > s.right + 1
                            || r.top < s.top - 1 || r.bottom > s.bottom + 1;
                    }).map(t => t.textContent),
                  })),
                };
              });
              const pre = document.createElement('pre');
              pre.id = 'measured';
              pre.textContent = JSON.stringify(out);
              document.body.append(pre);
            });
            """;

    /** The one that is installed here; without one the test is skipped. */
    static Browser find(Path folder) {
        Path program = chromium();
        assumeTrue(program != null, "no Chromium here to look at the report");
        return new Browser(program, folder);
    }

    private static Path chromium() {
        String given = System.getProperty("s5.chromium");
        if (given != null) {
            return Path.of(given);
        }
        return Stream.of(System.getenv("PATH").split(":", -1))
                .flatMap(dir ->
                        Stream.of("chromium", "chromium-browser", "google-chrome")
                                .map(name -> Path.of(dir, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    /**
     * Asserts that a page shows all its figures, on a wide screen and on a phone, that its letters
     * can be read, that nothing sticks out, that it loads nothing and that the browser has nothing
     * to say of it.
     *
     * @param figures at least so many
     */
    void assertReadable(String page, int figures) throws Exception {
        JsonNode measured = measure(page);
        assertEquals(2, measured.size());
        for (JsonNode frame : measured) {
            int width = frame.path("width").asInt();
            assertTrue(frame.path("scroll").asInt() <= width, "wider than " + width);
            assertEquals("[]", frame.path("loaded").toString());
            assertTrue(frame.path("figures").size() >= figures, frame::toString);
            for (JsonNode figure : frame.path("figures")) {
                assertFigure(figure, width);
            }
        }
    }

    private static void assertFigure(JsonNode figure, int width) {
        String what = figure.toString();
        assertTrue(figure.path("right").asDouble() <= width, what);
        assertTrue(figure.path("marks").asInt() > 0, what);
        assertEquals(0, figure.path("broken").asInt(), what);
        assertEquals(0, figure.path("outside").size(), what);
        assertTrue(figure.path("letters").asDouble() >= 8, what);
        assertFalse(figure.path("caption").asText().isBlank(), what);
        assertTrue(figure.path("drawn").size() > 0, what);
        for (JsonNode size : figure.path("drawn")) {
            assertTrue(size.path(0).asDouble() > 60, what);
            assertTrue(size.path(1).asDouble() > 10, what);
        }
    }

    private JsonNode measure(String page) throws Exception {
        String quoted = page.replace("&", "&amp;").replace("\"", "&quot;");
        StringBuilder frames = new StringBuilder("<!DOCTYPE html><meta charset=utf-8><body>");
        for (int width : new int[] {1280, 400}) {
            frames.append(
                    "<iframe style='border:0;width:%dpx;height:3000px' srcdoc=\"%s\"></iframe>"
                            .formatted(width, quoted));
        }
        frames.append("<script>").append(MEASURE).append("</script>");
        Path html = Files.writeString(folder.resolve("frames.html"), frames);
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        command.addAll(List.of("--headless=new", "--no-sandbox", "--disable-gpu", "--dump-dom"));
        command.addAll(List.of("--enable-logging=stderr", "--virtual-time-budget=8000"));
        command.add("--user-data-dir=" + folder.resolve("profile"));
        command.add("--window-size=1400,3000");
        command.add(html.toUri().toString());
        Path out = folder.resolve("dom");
        Path err = folder.resolve("console");
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        assertTrue(process.waitFor(120, TimeUnit.SECONDS), "Chromium goes on");
        String console = Files.readString(err, StandardCharsets.UTF_8);
        assertFalse(console.contains("CONSOLE"), console);
        Matcher measured =
                Pattern.compile("(?s)<pre id=\"measured\">(.*?)</pre>")
                        .matcher(Files.readString(out));
        assertTrue(measured.find(), () -> "no measurement; " + console);
        String json =
                measured.group(1).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        return new JsonMapper().readTree(json);
    }
}
