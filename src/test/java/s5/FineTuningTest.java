package s5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.io.Safetensors;
import s5.io.Safetensors.Array;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Programs that begin with the weights of another model. */
class FineTuningTest {
    private static final List<String> CLASSES = List.of("down", "level", "up");

    @TempDir static Path folder;
    private static Path before; // the checkpoint of a model of the first two classes

    /** Sequences around as many levels as there are classes. */
    private static List<Example> examples(int classes) {
        Random random = new Random(2);
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int which = i % classes;
            double[] values = new double[10];
            Arrays.setAll(values, k -> which - 1 + 0.3 * random.nextGaussian());
            examples.add(Example.ofClass(Sequence.ofValues(values, 1), CLASSES.get(which)));
        }
        return examples;
    }

    private static Training training(int classes, int layers, String run) {
        return Training.of(examples(classes))
                .folder(folder.resolve(run))
                .seed(3)
                .set("device", "cpu")
                .set("model.layers", layers)
                .set("model.features", 8)
                .set("model.states", 8)
                .set("model.blocks", 1)
                .set("train.epochs", 1)
                .set("train.batch", 8);
    }

    private static Map<String, Array> tensors(Path file) {
        return Safetensors.read(file).arrays();
    }

    private static Map<String, Array> tensors(String run) {
        return tensors(folder.resolve(run).resolve("last.safetensors"));
    }

    @BeforeAll
    static void train() {
        training(2, 1, "before").run().close();
        before = folder.resolve("before/last.safetensors");
    }

    private static boolean kept(Map<String, Array> after, String name) {
        return Arrays.equals(tensors(before).get(name).values(), after.get(name).values());
    }

    /** What was learned stays as it is, and the head learns a class more. */
    @Test
    void aNewHeadOnFrozenLayers() {
        try (S5Model model =
                training(3, 1, "head")
                        .startFrom(before)
                        .set("train.start_head", "new")
                        .set("train.freeze", "encoder/*")
                        .run()) {
            assertEquals(CLASSES, model.classes());
        }
        Map<String, Array> after = tensors("head");
        assertTrue(kept(after, "encoder/layers_0/seq/B"));
        assertTrue(kept(after, "encoder/encoder/kernel"));
        assertArrayEquals(new int[] {8, 3}, after.get("decoder/kernel").shape());
    }

    /** A layer more than the other model has: what both have is taken, what is new is drawn. */
    @Test
    void someTensors() {
        String both = "encoder/encoder/*, encoder/layers_0/*";
        training(2, 2, "some")
                .startFrom(before)
                .set("train.start_only", both)
                .set("train.freeze", both)
                .run()
                .close();
        Map<String, Array> after = tensors("some");
        int taken = 0;
        for (String name : tensors(before).keySet()) {
            if (name.matches("encoder/.*") && !name.matches(".*/norm/(mean|var)")) {
                assertTrue(kept(after, name), name);
                taken++;
            }
        }
        assertTrue(taken > 8, "tensors: " + taken);
        assertFalse(kept(after, "decoder/kernel"), "drawn, and learning");
        assertTrue(after.containsKey("encoder/layers_1/seq/B"));
    }

    @Test
    void mistakes() {
        assertMistake(
                training(2, 2, "all").startFrom(before),
                "is of another model: it has no tensor 'encoder/layers_1/norm/mean'");
        assertMistake(
                training(2, 1, "none").startFrom(before).set("train.start_only", "none"),
                "train.start_only: takes nothing; for that leave train.start_from out");
        assertMistake(
                training(2, 1, "name").startFrom(before).set("train.start_only", "encodr/*"),
                "train.start_only: 'encodr/*' is the name of no parameter");
        assertMistake(
                training(2, 1, "alone").set("train.start_only", "encoder/*"),
                "train.start_only: is for a run with train.start_from only; leave it out");
        assertMistake(
                training(3, 1, "classes").startFrom(before),
                "'decoder/kernel' has shape [8, 2], expected [8, 3]");
        assertMistake(
                training(3, 1, "classes").startFrom(before),
                "; for other classes or targets set train.start_head=new");
        assertFalse(Files.exists(folder.resolve("all")), "nothing was begun");
    }

    private static void assertMistake(Training training, String part) {
        UserError e = assertThrows(UserError.class, training::run);
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }
}
