package classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.Example;
import s5.Prediction;
import s5.S5Model;
import s5.Sequence;
import s5.Training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The image, with the modules that it has and no others, says what the model says in a whole JDK. */
class ImageIT {
    private static final Path IMAGE = Path.of("target/image");

    @TempDir Path folder;

    private static double[] wave(int i) {
        double[] values = new double[50];
        for (int k = 0; k < values.length; k++) {
            values[k] = Math.sin((i % 2 == 0 ? 0.2 : 0.6) * k + i);
        }
        return values;
    }

    private List<String> java(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(IMAGE.resolve("bin/java").toString()));
        command.addAll(List.of(words));
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        assertEquals(0, process.waitFor(), Files.readString(err));
        assertTrue(!Files.readString(err).contains("Vector API is off"), Files.readString(err));
        return Files.readAllLines(out);
    }

    @Test
    void classifies() throws IOException, InterruptedException {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            examples.add(
                    Example.ofClass(Sequence.ofValues(wave(i), 1), i % 2 == 0 ? "slow" : "fast"));
        }
        Path run = folder.resolve("run");
        Training training = Training.of(examples).folder(run).seed(7).set("train.epochs", 3);
        training.set("model.layers", 1).set("model.features", 8).set("model.states", 8);
        training.set("model.blocks", 1).set("train.batch", 8);
        String expected;
        try (S5Model model = training.run()) {
            Prediction.Classes c =
                    (Prediction.Classes) model.predict(Sequence.ofValues(wave(3), 1));
            expected = c.name() + " with " + c.probability();
        }
        List<String> modules = java("--list-modules");
        assertEquals(
                List.of("java.base", "jdk.incubator.vector"),
                modules.stream().map(line -> line.replaceFirst("@.*", "")).toList());
        String numbers =
                Arrays.stream(wave(3)).mapToObj(String::valueOf).collect(Collectors.joining(","));
        List<String> said =
                java(
                        "-cp",
                        IMAGE.resolve("app") + "/*",
                        "classify.Classify",
                        run.resolve("best.safetensors").toString(),
                        numbers);
        assertEquals(List.of(expected), said);
        try (Stream<Path> files = Files.walk(IMAGE)) {
            long bytes = files.filter(Files::isRegularFile).mapToLong(f -> f.toFile().length()).sum();
            System.out.printf("the image has %,d bytes, libraries included%n", bytes);
            assertTrue(bytes < 80_000_000, bytes + " bytes");
        }
    }
}
