import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.Example;
import s5.S5Model;
import s5.Sequence;
import s5.Training;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The program tells the class after every value that it reads. */
class StreamSensorTest {
    @TempDir Path folder;

    @Test
    void tellsTheClassAsValuesCome() {
        Random random = new Random(1);
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            double level = i % 2 == 0 ? 1 : -1;
            double[] values = random.doubles(20).map(noise -> level + noise).toArray();
            examples.add(Example.ofClass(Sequence.ofValues(values, 1), i % 2 == 0 ? "high" : "low"));
        }
        Training training = Training.of(examples).folder(folder.resolve("levels")).seed(7);
        training.set("model.layers", 1).set("model.features", 8).set("model.states", 8);
        training.set("model.blocks", 1).set("train.batch", 8).set("train.epochs", 10).set("train.ssm_lr", 0.01);
        try (S5Model model = training.run()) {
            assertEquals(List.of("high", "low"), model.classes());
        }
        InputStream in = System.in;
        PrintStream out = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setIn(new ByteArrayInputStream("1.5\n1.4\n1.6\n1.5\n1.5\n1.4\n".getBytes()));
        System.setOut(new PrintStream(said, true));
        try {
            StreamSensor.main(new String[] {folder.resolve("levels/best.safetensors").toString()});
        } finally {
            System.setIn(in);
            System.setOut(out);
        }
        List<String> lines = said.toString().lines().toList();
        assertEquals(6, lines.size(), lines::toString);
        assertTrue(lines.getFirst().startsWith("1: "), lines::toString);
        assertTrue(lines.getLast().matches("6: high with (0\\.[5-9]\\d|1\\.00)"), lines::toString);
    }
}
