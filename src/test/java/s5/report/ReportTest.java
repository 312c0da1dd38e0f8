package s5.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.run.TinyRun;
import s5.run.TinyRun.Ended;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The reports of two runs, of texts and of images; looked at in a browser where there is one.
 * {@code -Ds5.chromium=FILE} names it.
 */
class ReportTest {
    /** Measures a page in a frame of its own width, from outside: the page itself has no script. */
    private static final String MEASURE =
            """
            const frames = [...document.querySelectorAll('iframe')];
            const wait = f => new Promise(done => f.contentDocument.readyState === 'complete'
                ? done() : f.addEventListener('load', done));
            Promise.all(frames.map(wait)).then(() => {
              const out = frames.map(f => {
                const d = f.contentDocument;
                const size = e => { const r = e.getBoundingClientRect(); return [r.width, r.height]; };
                return {
                  width: f.clientWidth,
                  scroll: d.documentElement.scrollWidth,
                  figures: [...d.querySelectorAll('figure')].map(figure => ({
                    caption: figure.querySelector('figcaption').textContent,
                    right: figure.getBoundingClientRect().right,
                    drawn: [...figure.querySelectorAll('svg, img, p.text')].map(size),
                    marks: figure.querySelectorAll('path.line, circle, rect, img, p.text, svg path').length,
                    broken: [...figure.querySelectorAll('img')].filter(i => !i.naturalWidth).length,
                    letters: [...figure.querySelectorAll('svg text')].map(t =>
                        12.5 * t.getScreenCTM().a).reduce((a, b) => Math.min(a, b), 99),
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

    @TempDir Path folder;

    private static int count(String page, String regex) {
        return (int) Pattern.compile(regex).matcher(page).results().count();
    }

    private String textRun() throws IOException {
        TinyRun tiny = new TinyRun(folder);
        assertEquals(0, tiny.train("text", "model.layers=2", "name=a<b".replace("<", "-")).code());
        return Files.readString(tiny.out("text").resolve("report.html"));
    }

    /** A run on images of noise, which cannot be told apart. */
    private String imageRun(String set) throws IOException {
        Path mnist = Files.createDirectories(folder.resolve("mnist"));
        Random random = new Random(1);
        for (String part : List.of("train", "t10k")) {
            int n = part.equals("train") ? 30 : 25;
            byte[] pixels = new byte[n * 784];
            random.nextBytes(pixels);
            byte[] labels = new byte[n];
            for (int i = 0; i < n; i++) {
                labels[i] = (byte) (i % 10);
            }
            ByteBuffer images = ByteBuffer.allocate(16 + pixels.length);
            images.putInt(0x803).putInt(n).putInt(28).putInt(28).put(pixels);
            Files.write(mnist.resolve(part + "-images-idx3-ubyte"), images.array());
            ByteBuffer classes = ByteBuffer.allocate(8 + n).putInt(0x801).putInt(n).put(labels);
            Files.write(mnist.resolve(part + "-labels-idx1-ubyte"), classes.array());
        }
        Path yaml =
                Files.writeString(
                        folder.resolve("image.yaml"),
                        """
                        device: cpu
                        data: {set: %s, root: '%s'}
                        model: {layers: 1, features: 4, states: 8, blocks: 2}
                        train: {epochs: 2, batch: 9}
                        """
                                .formatted(set, folder));
        Path out = folder.resolve(set);
        Ended ended = TinyRun.s5("train", yaml.toString(), "out=" + out);
        assertEquals(0, ended.code(), ended.err());
        return Files.readString(out.resolve("report.html"));
    }

    @Test
    void showsWhatTheRunCameTo() throws IOException {
        String page = textRun();
        Ended eval =
                TinyRun.s5(
                        "eval", folder.resolve("text/best.safetensors").toString(), "device=cpu");
        Matcher accuracy = Pattern.compile("accuracy ([0-9.]+) %").matcher(eval.out());
        assertTrue(accuracy.find(), eval::out);
        assertTrue(
                page.contains("<dt>test accuracy</dt><dd>%s %%</dd>".formatted(accuracy.group(1))));
        Matcher right = Pattern.compile("(\\d+) of 16 test samples are right").matcher(page);
        assertTrue(right.find());
        double share = Integer.parseInt(right.group(1)) / 16.0;
        assertEquals(Double.parseDouble(accuracy.group(1)), 100 * share, .006);
        int mistakes = 16 - Integer.parseInt(right.group(1));
        assertEquals(Math.min(18, mistakes), count(page, "<figure class=\"mistake\">"));
        assertTrue(count(page, "<p class=\"text\">[0-9\\[]") > 0, "expressions are shown");
        assertEquals(100, count(page, "<title>\\d taken for \\d: "));
        // two layers of 4 states kept, 4 dots for each time
        assertEquals(2 * 4, count(page, "<circle class=\"dot before\""));
        for (String part : List.of("epochs: 3", "resume", "25.", "run.json")) {
            assertEquals(part.equals("epochs: 3") || part.equals("25."), page.contains(part), part);
        }
    }

    @Test
    void needsNothingBesidesItself() throws IOException {
        for (String page : List.of(textRun(), imageRun("psmnist"))) {
            assertEquals(0, count(page, "(?i)<script|@import|url\\("));
            assertEquals(0, count(page, "(?i)(src|href)=\"(?!data:)"), "only data: URLs");
        }
    }

    @Test
    void canBeWrittenAgain() throws IOException {
        String page = textRun();
        Path report = folder.resolve("text/report.html");
        Files.delete(report);
        Ended again = TinyRun.s5("report", report.getParent().toString());
        assertEquals(0, again.code(), again.err());
        assertEquals(
                page.replaceAll("(?s)<table>.*</table>", "").replaceAll("S5 on.*?</p>", ""),
                Files.readString(report)
                        .replaceAll("(?s)<table>.*</table>", "")
                        .replaceAll("S5 on.*?</p>", ""));
        Ended none = TinyRun.s5("report", folder.toString());
        assertEquals(2, none.code());
        assertTrue(none.err().contains("a report needs an epoch that has ended"), none.err());
    }

    /** psMNIST is shown as the images that it is made from. */
    @Test
    void imagesArePutInOrder() throws IOException {
        String plain = imageRun("smnist");
        String permuted = imageRun("psmnist");
        List<String> a = images(plain);
        List<String> b = images(permuted);
        assertTrue(a.size() >= 10 && b.size() >= 10);
        assertTrue(b.stream().anyMatch(a::contains), "the same image looks the same");
    }

    private static List<String> images(String page) {
        return Pattern.compile("src=\"data:image/png;base64,([^\"]*)\"")
                .matcher(page)
                .results()
                .map(m -> m.group(1))
                .toList();
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

    @Test
    void isReadableInABrowser() throws Exception {
        Path chromium = chromium();
        assumeTrue(chromium != null, "no Chromium here to look at the report");
        for (String page : List.of(textRun(), imageRun("smnist"))) {
            JsonNode measured = measure(chromium, page);
            assertEquals(2, measured.size());
            for (JsonNode frame : measured) {
                int width = frame.path("width").asInt();
                assertTrue(frame.path("scroll").asInt() <= width, "wider than " + width);
                assertTrue(frame.path("figures").size() > 10);
                for (JsonNode figure : frame.path("figures")) {
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
            }
        }
    }

    private JsonNode measure(Path chromium, String page) throws Exception {
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
        command.add(chromium.toString());
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
