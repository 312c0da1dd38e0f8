package s5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import s5.io.Safetensors;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What a program may give a training, and what it may not. */
class TrainingMistakesTest {
    @TempDir Path folder;

    private static Training small(List<Example> train, List<Example> held, Path out) {
        return Training.of(train, held, null)
                .set("device", "cpu")
                .set("threads", 1)
                .set("model.layers", 1)
                .set("model.features", 8)
                .set("model.states", 8)
                .set("model.blocks", 2)
                .set("train.batch", 4)
                .set("train.epochs", 1)
                .folder(out);
    }

    private static List<Example> noise(long seed, int count, String... names) {
        Random random = new Random(seed);
        List<Example> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Sequence values = Sequence.ofValues(random.doubles(12).toArray(), 2);
            all.add(Example.ofClass(values, names[i % names.length]));
        }
        return all;
    }

    private static UserError mistake(Training training) {
        return assertThrows(UserError.class, () -> training.run().close());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t", "a ", " a", "a\n"})
    void blanksThatNobodySees(String name) {
        Sequence values = Sequence.ofValues(new double[2], 2);
        for (Runnable call :
                List.<Runnable>of(
                        () -> Example.ofClass(values, name),
                        () -> Example.ofClassEach(values, List.of(name)))) {
            String said = assertThrows(IllegalArgumentException.class, call::run).getMessage();
            assertTrue(said.startsWith("class "), said);
            assertTrue(said.contains(name.isBlank() ? "is no name" : "blank at its"), said);
            assertEquals(1, said.lines().count(), said);
        }
    }

    /** Blanks within a name are as they are, unless they alone tell it from another. */
    @Test
    void namesThatDifferInBlanks() {
        List<Example> held = noise(2, 8, "very fast", "slow");
        small(noise(1, 24, "very fast", "slow"), held, folder.resolve("a")).run().close();
        List<Example> mistyped = noise(1, 24, "very fast", "very  fast", "slow");
        assertEquals(
                "data: class 'very fast' and class 'very  fast' differ in blanks only; give them"
                        + " one name",
                mistake(small(mistyped, held, folder.resolve("b"))).getMessage());
    }

    /** As the list of a YAML file. */
    @Test
    void settingsOfSeveralValues() {
        Path out = folder.resolve("run");
        List<Example> train = noise(1, 24, "a", "b");
        List<Example> held = noise(2, 8, "a", "b");
        small(train, held, out)
                .set("train.freeze", List.of("*/seq/*", "encoder/encoder/*"))
                .run()
                .close();
        String config = Safetensors.read(out.resolve("last.safetensors")).metadata().get("config");
        assertTrue(config.contains("freeze: \"*/seq/*, encoder/encoder/*\""), config);

        Training training = small(train, held, folder.resolve("c"));
        assertEquals(
                "model.layers: takes one value, not [1, 2]",
                assertThrows(UserError.class, () -> training.set("model.layers", List.of(1, 2)))
                        .getMessage());
        assertEquals(
                "train.freeze: is a list of plain values without commas in them",
                assertThrows(
                                UserError.class,
                                () -> training.set("train.freeze", List.of("a,b", "c")))
                        .getMessage());
    }

    /** The best epoch of a run is that of one validation set. */
    @Test
    void otherHeldOutExamples() {
        Path out = folder.resolve("run");
        List<Example> train = noise(1, 24, "a", "b");
        List<Example> held = noise(2, 8, "a", "b");
        small(train, held, out).run().close();
        UserError e =
                mistake(small(train, noise(3, 8, "a", "b"), out).set("train.epochs", 2).resume());
        assertEquals(
                out.resolve("last.safetensors")
                        + ": is of another run: its validation samples were others; has the data"
                        + " set changed?",
                e.getMessage());
        small(train, held, out).set("train.epochs", 2).resume().run().close();
    }

    @Test
    void otherTestExamples() {
        Path out = folder.resolve("run");
        List<Example> train = noise(1, 24, "a", "b");
        List<Example> held = noise(2, 8, "a", "b");
        withTest(train, held, noise(3, 8, "a", "b"), out).run().close();
        UserError e = mistake(withTest(train, held, noise(4, 8, "a", "b"), out).resume());
        assertTrue(e.getMessage().contains("its test samples were others;"), e.getMessage());
    }

    private static Training withTest(
            List<Example> train, List<Example> held, List<Example> test, Path out) {
        return Training.of(train, held, test)
                .set("device", "cpu")
                .set("model.layers", 1)
                .set("model.features", 8)
                .set("model.states", 8)
                .set("model.blocks", 2)
                .set("train.batch", 4)
                .set("train.epochs", out.toFile().exists() ? 2 : 1)
                .folder(out);
    }
}
