package s5.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.run.TinyRun;
import s5.run.TinyRun.Ended;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The reports of two runs, of texts and of images; looked at in a {@link Browser} where there is
 * one.
 */
class ReportTest {
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
                        "eval",
                        folder.resolve("text/best.safetensors").toString(),
                        "device=cpu",
                        "data.cache_dir=" + folder.resolve("cache"));
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
        assertTrue(count(page, "<p class=\"text\">[^<]* \\] ?</p>") > 0, "as in their file");
        assertEquals(0, count(page, "<p class=\"text\">([^<]* )?X[ <]"), "the official code's ]");
        // the classes that occur, each with each
        List<MatchResult> cells =
                Pattern.compile("<title>(\\d) taken for \\d: ").matcher(page).results().toList();
        long classes = cells.stream().map(cell -> cell.group(1)).distinct().count();
        assertTrue(classes > 1, page);
        assertEquals(classes * classes, cells.size());
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
        Ended again =
                TinyRun.s5(
                        "report",
                        report.getParent().toString(),
                        "data.cache_dir=" + folder.resolve("cache"));
        assertEquals(0, again.code(), again.err());
        assertEquals(
                page.replaceAll("(?s)<table>.*</table>", "").replaceAll("S5 on.*?</p>", ""),
                Files.readString(report)
                        .replaceAll("(?s)<table>.*</table>", "")
                        .replaceAll("S5 on.*?</p>", ""));
        Ended none = TinyRun.s5("report", folder.toString());
        assertEquals(2, none.code());
        assertTrue(
                none.err()
                        .contains("config.yaml: no such file; a report needs the folder of a run"),
                none.err());
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

    @Test
    void isReadableInABrowser() throws Exception {
        Browser browser = Browser.find(folder);
        for (String page : List.of(textRun(), imageRun("smnist"))) {
            browser.assertReadable(page, 11);
        }
    }

    /** That what is asserted of the pages can fail. */
    @Test
    void theBrowserNoticesAFaultyPage() throws Exception {
        Browser browser = Browser.find(folder);
        String page = textRun();
        browser.assertReadable(page, 1);
        for (String[] fault :
                new String[][] {
                    {"</h1>", "</h1><img src='https://example.org/a.png'>"},
                    {"</h1>", "</h1><script>nothing()</script>"},
                    {"</h1>", "</h1><div style='width:2000px'>x</div>"},
                    {" d=\"M64 ", " d=\"X64 "}
                }) {
            String faulty = page.replace(fault[0], fault[1]);
            assertNotEquals(page, faulty);
            assertThrows(AssertionError.class, () -> browser.assertReadable(faulty, 1), fault[1]);
        }
    }
}
