package s5.infer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import s5.S5Model;
import s5.S5Stream;
import s5.Sequence;
import s5.data.Shape;
import s5.train.RandomModel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A process that predicts 100,000 times and loads 1,000 times takes no more memory than when it had
 * come to speed. Half a minute, so with {@code -Ds5.predictions=100000} only.
 */
class SteadyMemoryTest {
    private static final int PREDICTIONS = 100_000;
    private static final int LOADS = 1_000;

    /** Kilobytes that what HotSpot still compiles may take. */
    private static final int REST = 8_000;

    private static final int LONGEST = 40;

    @TempDir Path folder;

    /** What the test runs in a JVM of its own. */
    static final class Service {
        public static void main(String[] args) throws IOException {
            Path file = Path.of(args[0]);
            Random random = new Random(5);
            try (S5Model model = S5Model.load(file)) {
                for (int i = 1; i <= 2 * PREDICTIONS; i++) {
                    model.predict(sequence(random));
                    tell("predictions", i, PREDICTIONS);
                }
            }
            for (int i = 1; i <= 2 * LOADS; i++) {
                try (S5Model model = S5Model.load(file)) {
                    model.predict(sequence(random));
                    S5Stream stream = model.stream();
                    stream.push(3);
                }
                tell("loads", i, LOADS);
            }
        }

        private static Sequence sequence(Random random) {
            return Sequence.ofTokens(random.ints(1 + random.nextInt(LONGEST), 0, 9).toArray());
        }

        private static void tell(String what, int done, int of) throws IOException {
            if (done % of == 0) {
                String resident =
                        Files.readAllLines(Path.of("/proc/self/status")).stream()
                                .filter(line -> line.startsWith("VmRSS:"))
                                .findFirst()
                                .orElseThrow()
                                .replaceAll("\\D", "");
                System.out.println(what + " " + done + " " + resident);
            }
        }
    }

    /** The heap is touched from the start and cannot grow: what grows is outside of it. */
    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "it tells what is resident")
    void residentMemoryStays() throws IOException, InterruptedException {
        assumeTrue(
                Integer.getInteger("s5.predictions", 0) >= PREDICTIONS,
                "skipped: half a minute; -Ds5.predictions=" + PREDICTIONS);
        Path file = folder.resolve("model.safetensors");
        RandomModel.write(
                file,
                new Shape(LONGEST, 9, true, true, 5, 1),
                "model.layers=2",
                "model.features=18",
                "model.states=12",
                "model.blocks=1",
                "model.bidirectional=false");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-Xms64m",
                                "-Xmx64m",
                                "-XX:+AlwaysPreTouch",
                                "--add-modules=jdk.incubator.vector",
                                "-cp",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")),
                                Service.class.getName(),
                                file.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        List<String> said = process.inputReader().lines().toList();
        assertEquals(0, process.waitFor());
        List<Long> kilobytes = new ArrayList<>();
        for (String line : said) {
            kilobytes.add(Long.valueOf(line.substring(line.lastIndexOf(' ') + 1)));
        }
        assertEquals(4, said.size(), said::toString);
        System.out.println("resident, in kB: " + said);
        assertTrue(kilobytes.get(1) - kilobytes.get(0) < REST, said::toString);
        assertTrue(kilobytes.get(3) - kilobytes.get(2) < REST, said::toString);
    }
}
