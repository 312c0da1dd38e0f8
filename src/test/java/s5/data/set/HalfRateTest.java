package s5.data.set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.Main;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Evaluation of Speech Commands at half the rate, by the command line. */
class HalfRateTest {
    @TempDir Path root;

    private record Ended(int code, String out, String err) {}

    private Ended s5(String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] all =
                Stream.concat(
                                Stream.of(words),
                                Stream.of(
                                        "data.root=" + root, "data.cache_dir=" + root.resolve("c")))
                        .toArray(String[]::new);
        int code = Main.run(all, new PrintWriter(out), new PrintWriter(err));
        return new Ended(code, out.toString(), err.toString());
    }

    @Test
    void trainingEvaluatesItAndSoDoesEval() throws IOException {
        SpeechTestFiles.writeArchive(root, SpeechTestFiles.good());
        Path run = root.resolve("run");
        Ended training =
                s5(
                        "train",
                        "configs/sc35.yaml",
                        "device=cpu",
                        "threads=1",
                        "out=" + run,
                        "model.layers=1",
                        "model.features=4",
                        "model.states=8",
                        "model.blocks=1",
                        "train.epochs=4",
                        "train.ssm_lr=0.05",
                        "train.batch=2");
        assertEquals(0, training.code(), training.err());
        List<String> half =
                training.out().lines().filter(line -> line.contains("at 1/2 of the rate")).toList();
        assertTrue(half.size() >= 2, training.out());
        assertEquals(half.get(half.size() - 2), half.getLast(), "the best epoch, and the end");
        String[] numbers = half.getLast().replaceAll(".*test loss", "").split("[ ,]+", -1);

        String best = run.resolve("best.safetensors").toString();
        Ended evaluation = s5("eval", best, "rate=2");
        assertEquals(0, evaluation.code(), evaluation.err());
        String expected =
                "test at 1/2 of the rate: 1 samples, loss %s, accuracy %s %%"
                        .formatted(numbers[1], numbers[3]);
        assertTrue(evaluation.out().contains(expected), evaluation.out() + half);
        Ended full = s5("eval", best);
        assertFalse(full.out().contains("loss " + numbers[1]), full.out());

        assertEquals(
                new Ended(2, "", "s5: rate: 0 is not in 1..16000, the length of a sample\n"),
                s5("eval", best, "rate=0"));
    }
}
