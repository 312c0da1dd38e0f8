package s5.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.run.RunFolder;
import s5.run.TinyRun;
import s5.run.TinyRun.Ended;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

class CompareTest {
    @TempDir static Path folder;
    private static TinyRun tiny;

    @BeforeAll
    static void train() throws IOException {
        tiny = new TinyRun(folder);
        assertEquals(0, tiny.train("a", "train.epochs=2").code());
        assertEquals(0, tiny.train("b", "train.epochs=2", "train.ssm_lr=0.02").code());
        assertEquals(0, tiny.train("c", "train.epochs=1", "data.train_size=40").code());
    }

    private static Ended compare(String... words) {
        String[] all = new String[words.length + 1];
        all[0] = "compare";
        System.arraycopy(words, 0, all, 1, words.length);
        return TinyRun.s5(all);
    }

    @Test
    void showsWhatDiffersAndTheNumbers() throws IOException {
        Path page = folder.resolve("page.html");
        Ended ended = compare(tiny.out("a").toString(), tiny.out("b").toString(), "out=" + page);
        assertEquals(0, ended.code(), ended.err());
        List<String> lines = ended.out().lines().toList();
        String header = lines.getFirst();
        assertTrue(header.startsWith("run  train.ssm_lr  outcome"), header);
        double accuracy =
                RunFolder.history(tiny.out("b"))
                        .path("result")
                        .path("validation")
                        .path("accuracy")
                        .asDouble();
        assertTrue(
                lines.get(2).contains(String.format(Locale.ROOT, "%.5g", accuracy)),
                lines::toString);
        assertFalse(ended.out().contains("different data"), ended.out());
        String html = Files.readString(page);
        assertTrue(html.contains("<th>train.ssm_lr</th>"), html);
        assertFalse(html.contains("<th>train.epochs</th>"), html);
        assertTrue(html.contains("<b>"), "the best is bold");
        assertEquals(
                2, count(html, "<path class=\"line g") / 4, "two runs in each of four figures");
        assertFalse(html.contains("<script"), html);
    }

    private static int count(String text, String part) {
        return text.split(java.util.regex.Pattern.quote(part), -1).length - 1;
    }

    @Test
    void runsOfDifferentDataAreTold() throws IOException {
        Path page = folder.resolve("other.html");
        Ended ended =
                compare(
                        tiny.out("a").toString(),
                        tiny.out("c").toString(),
                        tiny.config().toString(),
                        "out=" + page);
        assertEquals(0, ended.code(), ended.err());
        String notice =
                "these runs are of different data, so their numbers do not compare:"
                        + " data.train_size=40 (c); data.train_size=96 (a)";
        assertTrue(ended.out().contains("note: " + notice), ended.out());
        assertTrue(Files.readString(page).contains(notice));
        assertTrue(
                ended.out().contains("left out, for they are no folders of runs: " + tiny.config()),
                ended.out());
    }

    /** Of sets that differ, no key of one's own is told. */
    @Test
    void setsThatDifferAreTold() {
        Ended other =
                TinyRun.s5(
                        "train",
                        "configs/quickstart.yaml",
                        "train.max_steps=1",
                        "data.cache_dir=" + folder.resolve("cache"),
                        "device=cpu",
                        "out=" + folder.resolve("q"));
        assertEquals(0, other.code(), other.err());
        Ended ended =
                compare(
                        tiny.out("a").toString(),
                        folder.resolve("q").toString(),
                        "out=" + folder.resolve("sets.html"));
        assertEquals(0, ended.code(), ended.err());
        List<String> lines = ended.out().lines().toList();
        assertEquals(
                "note: these runs are of different data, so their numbers do not compare:"
                        + " data.set=listops (a); data.set=table (q)",
                lines.getFirst());
        assertTrue(lines.get(1).contains(" data.set "), lines.get(1));
        assertFalse(lines.get(1).contains("data.length"), lines.get(1));
    }

    @Test
    void mistakesAreTold() {
        Ended nothing = compare();
        assertEquals(2, nothing.code());
        assertTrue(nothing.err().contains("write s5 compare runs/*"), nothing.err());
        Ended none = compare(folder.toString());
        assertEquals(2, none.code());
        assertTrue(none.err().contains("is no run's folder"), none.err());
        Ended key = compare(tiny.out("a").toString(), "train.epochs=3");
        assertEquals(2, key.code());
        assertTrue(key.err().contains("train.epochs: no such key"), key.err());
    }
}
