package s5.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.run.TinyRun;
import s5.run.TinyRun.Ended;
import s5.train.Checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Reports of runs that something is missing of, and reports that cannot be written. */
class ReportCasesTest {
    @TempDir Path folder;
    private TinyRun tiny;

    @BeforeEach
    void makeConfig() throws IOException {
        tiny = new TinyRun(folder);
    }

    private String page(String run) throws IOException {
        return Files.readString(tiny.out(run).resolve("report.html"));
    }

    private static int figures(String page) {
        return (int) Pattern.compile("<figure").matcher(page).results().count();
    }

    @Test
    void anEpochIsEnough() throws Exception {
        assertEquals(0, tiny.train("a", "train.epochs=1").code());
        String page = page("a");
        assertFalse(page.contains("class=\"notice\""), page);
        assertTrue(page.contains("<dt>best epoch</dt><dd>1 of 1</dd>"), page);
        assertTrue(page.contains("Predictions of the model of epoch 1 on all 16 test samples."));
        Browser.find(folder).assertReadable(page, 11);
    }

    @Test
    void aResumedRunShowsBothSessions() throws Exception {
        assertEquals(0, tiny.train("a", "train.epochs=2").code());
        assertEquals(0, tiny.train("a", "train.epochs=2", "resume=true").code());
        String page = page("a");
        assertTrue(page.contains("<td>finished; resumed in epoch"), page);
        assertEquals(2, page.split("<code>s5 train", -1).length - 1);
    }

    /** With a checkpoint of before, and without any. */
    @Test
    void aLossThatIsNoNumber() throws Exception {
        String[] bad = {"train.ssm_lr=1e4", "train.batch=16"};
        assertEquals(1, tiny.train("none", bad).code());
        String none = page("none");
        assertTrue(none.contains("This run failed: epoch 1, step 2: the loss is NaN"), none);
        assertTrue(none.contains("It has left no checkpoint to look at."), none);
        assertFalse(none.contains("id=\"confusion\""), none);
        assertEquals(1, tiny.train("some", bad[0], bad[1], "train.checkpoint_steps=1").code());
        String some = page("some");
        assertTrue(some.contains("This run failed: epoch 1, step 2: the loss is NaN"), some);
        assertTrue(some.contains("the model of epoch 1, step 1 on all 16 test samples"), some);
        Browser browser = Browser.find(folder);
        browser.assertReadable(none, figures(none));
        browser.assertReadable(some, 4);
    }

    @Test
    void aRunOfNumbers() throws Exception {
        Path yaml =
                Files.writeString(
                        folder.resolve("swing.yaml"),
                        """
                        device: cpu
                        data: {set: pendulum, cache_dir: '%s', sequences: 16, frames: 12, kept: 6}
                        model: {layers: 1, features: 4, states: 8, blocks: 2}
                        train: {epochs: 2, batch: 4}
                        """
                                .formatted(folder.resolve("cache")));
        Ended ended = TinyRun.s5("train", yaml.toString(), "out=" + tiny.out("swing"));
        assertEquals(0, ended.code(), ended.err());
        String page = page("swing");
        assertTrue(page.contains("<dt>test mse</dt>"), page);
        assertTrue(page.contains("sine of the angle at the last position of 8 test samples"), page);
        assertTrue(page.contains("cosine of the angle along test sample 0"), page);
        assertFalse(page.contains("id=\"confusion\"") || page.contains("id=\"mistakes\""), page);
        Browser.find(folder).assertReadable(page, 12);
    }

    /** Killed before its first checkpoint; only the report's command can tell of it. */
    @Test
    void aRunThatLeftNothingButNumbers() throws Exception {
        assertEquals(0, tiny.train("a", "train.epochs=1").code());
        for (String file : new String[] {"report.html", "best.safetensors", "last.safetensors"}) {
            Files.delete(tiny.out("a").resolve(file));
        }
        Path history = tiny.out("a").resolve("run.json");
        Files.writeString(
                history, Files.readString(history).replace("\"finished\"", "\"going on\""));
        Ended ended = tiny.report("a");
        assertEquals(0, ended.code(), ended.err());
        String page = page("a");
        assertTrue(page.contains("This run still goes on, or was killed. It has left"), page);
        assertTrue(figures(page) >= 5, page);
        Files.delete(history);
        assertEquals(0, tiny.report("a").code());
        assertTrue(page("a").contains("device unknown"));
    }

    /** A folder with something in it is in the way. */
    @Test
    void aReportThatCannotBeWrittenChangesNothingElse() throws Exception {
        assertEquals(0, tiny.train("a", "train.epochs=1").code());
        Path report = tiny.out("a").resolve("report.html");
        Files.delete(report);
        Files.createDirectories(report.resolve("in/the/way"));
        Ended again = tiny.train("a", "train.epochs=1", "resume=true");
        assertEquals(0, again.code(), again.err());
        assertTrue(
                again.out().contains("no report: " + report + ": cannot be written"), again.out());
        assertTrue(again.out().contains("s5 report " + tiny.out("a") + " tries again"));
        Checkpoint.read(tiny.out("a").resolve("best.safetensors"));
        assertTrue(
                Files.readString(tiny.out("a").resolve("run.json"))
                        .contains("\"outcome\" : \"finished\""));
        Ended alone = tiny.report("a");
        assertEquals(2, alone.code());
        assertTrue(alone.err().contains("report.html: cannot be written"), alone.err());
    }
}
