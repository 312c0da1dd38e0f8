package s5.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.io.Safetensors;
import s5.run.TinyRun;
import s5.run.TinyRun.Ended;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A run that is over is no dead end. */
class ResumptionTest {
    private static final String CONSTANT = "train.schedule=constant";

    @TempDir static Path folder;
    private static TinyRun tiny;
    private static int copies;

    /** The runs that others go on from: a copy each. */
    @BeforeAll
    static void train() throws IOException {
        tiny = new TinyRun(folder);
        ok("cosine");
        ok("one", CONSTANT, "train.epochs=1");
        ok("three", CONSTANT);
    }

    private static String copy(String name) throws IOException {
        String copy = "copy" + copies++;
        Path to = Files.createDirectory(tiny.out(copy));
        try (Stream<Path> files = Files.list(tiny.out(name))) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        return copy;
    }

    private static Ended ok(String name, String... more) {
        Ended ended = tiny.train(name, more);
        assertEquals(0, ended.code(), ended.err());
        return ended;
    }

    /** It comes to what a run of three epochs comes to, bit by bit. */
    @Test
    void moreEpochsAtAConstantRate() throws IOException {
        String run = copy("one");
        Ended more = ok(run, CONSTANT, "resume=true");
        assertTrue(more.out().contains("from here on train.epochs is 3, not 1"), more.out());
        TinyRun.assertSame(tiny.out("three"), tiny.out(run));
        assertTrue(Files.readString(tiny.out(run).resolve("config.yaml")).contains("epochs: 3"));
        Ended over = ok(run, CONSTANT, "resume=true");
        assertTrue(over.out().contains("nothing is left to do"), over.out());
    }

    @ParameterizedTest
    @CsvSource({
        "train.eval_batch=5",
        "train.early_stop_patience=7",
        "train.early_stop_patience=100000",
        "train.plateau_patience=5",
        "train.plateau_factor=0.5",
        "train.cosine_start=after_warmup",
        "train.lr_min=0.0001"
    })
    void whatChangesNothingOfThePastIsAllowed(String word) throws IOException {
        String run = copy("one");
        ok(run, CONSTANT, word, "train.epochs=2", "resume=true");
        assertEquals(losses("three").subList(0, 11), losses(run));
    }

    private static List<String> losses(String run) throws IOException {
        return Files.readAllLines(tiny.out(run).resolve("metrics.csv")).stream()
                .map(line -> line.split(",", -1)[0] + " " + line.split(",", -1)[3])
                .toList();
    }

    /** With the reason, and all of them in one line. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train.epochs=4 | train.epochs is 4, not 3 (step 8 would have had the learning rate"
                        + " 0.000",
                "train.warmup_epochs=1 | train.warmup_epochs is 1.0, not 0.5 (step 2 would have",
                "train.schedule=constant | train.schedule is constant, not cosine (step 8 would",
                "train.first_update=warm | train.first_update is warm, not official (step 1 would",
                "train.epochs=2 | train.epochs is 2, not 3 (it has begun its epoch 3)",
                "train.early_stop_patience=1 | train.early_stop_patience is 1, not 1000 (it might"
                        + " have",
                "train.plateau_patience=1 train.plateau_factor=0.5 | train.plateau_factor is 0.5,"
                        + " not 1.0 (stalls",
                "train.batch=16 seed=8 | seed is 8, not 7, train.batch is 16, not 8; continue",
                "train.ssm_lr=0.1 | train.ssm_lr is 0.1, not 0.001; continue"
            })
    void whatWouldHaveChangedThePastIsTold(String words, String expected) throws IOException {
        String[] more = ("resume=true " + words).split(" ", -1);
        Ended ended = tiny.train("cosine", more);
        assertEquals(2, ended.code(), ended.err());
        assertTrue(ended.err().contains(expected), ended.err());
        assertTrue(ended.err().contains("train.start_from=FILE"), ended.err());
        assertEquals(1, ended.err().lines().count(), ended.err());
    }

    /** Weights and statistics only: the moments, the schedule and the epochs begin anew. */
    @Test
    void aNewRunStartsFromTheWeightsOfAnother() throws IOException {
        Path best = tiny.out("one/best.safetensors");
        String from = "train.start_from=" + best;
        // A rate so small that nothing moves: what comes out is what went in.
        Ended ended = ok("b", from, "train.epochs=1", "train.ssm_lr=1e-30", "train.weight_decay=0");
        assertTrue(ended.out().contains("starts with the weights of " + best), ended.out());
        Map<String, Safetensors.Array> before = Safetensors.read(best).arrays();
        Map<String, Safetensors.Array> after =
                Safetensors.read(tiny.out("b/last.safetensors")).arrays();
        assertEquals(before.keySet(), after.keySet());
        int same = 0;
        for (String name : before.keySet()) {
            if (!name.matches("[mv]/.*|.*/norm/(mean|var)")) {
                assertArrayEquals(before.get(name).values(), after.get(name).values(), 1e-6f, name);
                same++;
            }
        }
        assertTrue(same > 10, "tensors: " + same);
        assertTrue(Files.readString(tiny.out("b/metrics.csv")).contains("step,1,3,"));
        ok(
                "b",
                from,
                "train.epochs=1",
                "train.ssm_lr=1e-30",
                "train.weight_decay=0",
                "resume=true");
        // A file of another program, with names and shapes only
        Map<String, Safetensors.Array> weights = new LinkedHashMap<>(before);
        weights.keySet().removeIf(name -> name.matches("[mv]/.*"));
        Path plain = folder.resolve("plain.safetensors");
        new Safetensors(Map.of(), weights).write(plain);
        ok("c", "train.start_from=" + plain, "train.epochs=1");
        assertFalse(
                TinyRun.rows(tiny.out("c")).equals(TinyRun.rows(tiny.out("one"))),
                "it does not start anew");
    }

    @Test
    void weightsThatDoNotFitAreNamed() throws IOException {
        Path best = tiny.out("one/best.safetensors");
        Map<String, Safetensors.Array> arrays =
                new LinkedHashMap<>(Safetensors.read(best).arrays());
        arrays.put("decoder/bias", new Safetensors.Array(new int[] {3}, new float[3]));
        arrays.put("extra", new Safetensors.Array(new int[] {1}, new float[1]));
        arrays.remove("decoder/kernel");
        Path other = folder.resolve("other.safetensors");
        new Safetensors(Map.of(), arrays).write(other);
        Ended ended = tiny.train("bad", "train.start_from=" + other);
        assertEquals(2, ended.code(), ended.err());
        for (String part :
                List.of(
                        "it has no tensor 'decoder/kernel'",
                        "tensor 'decoder/bias' has shape [3], expected [10]",
                        "its tensor 'extra' has no place")) {
            assertTrue(ended.err().contains(part), ended.err());
        }
        assertEquals(1, ended.err().lines().count(), ended.err());
        assertFalse(Files.exists(tiny.out("bad")), "nothing is left of what did not begin");
        assertTrue(
                tiny.train("bad", "train.start_from=" + folder.resolve("none"))
                        .err()
                        .contains("none: no such file"));
        assertTrue(
                tiny.train("bad", "train.start_from=" + tiny.out("one"))
                        .err()
                        .contains("name a checkpoint in it"));
    }
}
