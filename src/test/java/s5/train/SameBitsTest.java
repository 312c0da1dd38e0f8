package s5.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import jdk.incubator.vector.FloatVector;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import s5.config.Config;
import s5.config.ConfigLoader;
import s5.config.ModelConfig;
import s5.cpu.CpuBackend;
import s5.data.Batch;
import s5.data.Shape;
import s5.model.Model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Ten training steps of every experiment's model come out as they did, to the last bit: the losses,
 * and a checksum of parameters, running statistics and moments. The sequences are few and short,
 * the input is random, and layers beyond the second are left out, because they are all alike; all
 * else is as the config says.
 *
 * <p>A change that means to leave the arithmetic alone leaves {@code bits/ten-steps.txt} alone. One
 * that means to change it writes the file anew, with {@code -Ds5.bits.write=true}, and says why.
 * Each line is for one kind of loops: plain ones on one architecture, whose {@code Math.exp} and
 * the like are its own, or the Vector API at one width, because sums are as many as lanes. On a
 * machine of another kind the test is skipped, with a word that no line is for it.
 *
 * <p>How far the JIT compiler has come changes no bit: with {@code -Xint} and with {@code
 * -XX:TieredStopAtLevel=1} plain loops gave the same, HotSpot taking {@code Math.exp} and the like
 * from the same routines in all three.
 */
class SameBitsTest {
    private static final Path STORED = Path.of("src/test/resources/bits/ten-steps.txt");
    private static final boolean WRITES = Boolean.getBoolean("s5.bits.write");
    private static final int STEPS = 10;

    /** So many that the positions of small models fill more than one block of most loops. */
    private static final int SAMPLES = 3;

    private static final Map<String, String> lines = new TreeMap<>(); // by config and kind

    record Case(String config, boolean vector) {
        String key() {
            return "%s %s-%s"
                    .formatted(
                            config,
                            vector ? "vector" + FloatVector.SPECIES_PREFERRED.length() : "plain",
                            System.getProperty("os.arch"));
        }

        @Override
        public String toString() {
            return key();
        }
    }

    static List<Case> cases() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("configs"))) {
            return files.map(file -> file.getFileName().toString().replace(".yaml", ""))
                    .sorted()
                    .flatMap(name -> Stream.of(new Case(name, false), new Case(name, true)))
                    .toList();
        }
    }

    @BeforeAll
    static void read() throws IOException {
        if (Files.exists(STORED)) {
            for (String line : Files.readAllLines(STORED)) {
                int end = line.indexOf(' ', line.indexOf(' ') + 1);
                lines.put(line.substring(0, end), line.substring(end + 1));
            }
        }
    }

    @AfterAll
    static void write() throws IOException {
        if (WRITES) {
            Files.createDirectories(STORED.getParent());
            Files.writeString(
                    STORED,
                    lines.entrySet().stream()
                            .map(line -> line.getKey() + " " + line.getValue() + "\n")
                            .collect(Collectors.joining()));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void tenSteps(Case c) {
        if (!WRITES) {
            assumeTrue(lines.containsKey(c.key()), "no line for " + c.key() + " in " + STORED);
        }
        Trained trained = Program.train(c.config(), c.vector());
        String found = trained.losses() + " " + trained.checksum();
        if (WRITES) {
            lines.put(c.key(), found);
        }
        assertEquals(lines.get(c.key()), found);
    }

    /**
     * What ten steps came to.
     *
     * @param losses their bits in hexadecimal, with commas between
     * @param checksum of all tensors that the next step would depend on
     */
    record Trained(String losses, String checksum) {
        static Trained of(float[] losses, Map<String, float[]> tensors) {
            MessageDigest digest;
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
            new TreeMap<>(tensors)
                    .forEach((name, values) -> {
                        digest.update(name.getBytes(UTF_8));
                        ByteBuffer bits = ByteBuffer.allocate(4 * values.length);
                        for (float value : values) {
                            assertTrue(Float.isFinite(value), name);
                            bits.putInt(Float.floatToRawIntBits(value));
                        }
                        digest.update(bits.array());
                    });
            String[] hex = new String[losses.length];
            Arrays.setAll(hex, i -> "%08x".formatted(Float.floatToRawIntBits(losses[i])));
            return new Trained(
                    String.join(",", hex), HexFormat.of().formatHex(digest.digest(), 0, 16));
        }
    }

    /** All that this test knows of the program. */
    private static final class Program {
        private Program() {}

        static Trained train(String name, boolean vector) {
            Config config = config(name);
            Shape full = config.data().shape();
            boolean small = config.model().features() <= 64 && full.image() == 0;
            int length = small ? 87 : 23;
            Shape shape = full.withLength(length);
            Model model = new Model(config.model(), shape);
            try (CpuBackend backend = new CpuBackend(2, vector);
                    Learner learner =
                            new Learner(
                                    backend,
                                    model,
                                    config.train(),
                                    SAMPLES,
                                    length,
                                    config.seed())) {
                learner.initialize(config.seed());
                Batch batch = new Batch(shape, SAMPLES);
                // its input was drawn when that config was the quickstart
                String drawn = name.equals("listops-small") ? "quickstart" : name;
                SplittableRandom random = new SplittableRandom(drawn.hashCode());
                float[] losses = new float[STEPS];
                for (int step = 0; step < STEPS; step++) {
                    fill(batch, random);
                    learner.step(step, batch, config.train().ssmLr(), config.train().lr());
                    losses[step] = learner.metrics()[2 * step];
                }
                Map<String, float[]> tensors = new TreeMap<>();
                learner.state().forEach((tensor, t) -> tensors.put(tensor, backend.read(t)));
                return Trained.of(losses, tensors);
            }
        }

        /** As in the file, but for layers beyond the second, or the first of very wide ones. */
        private static Config config(String name) {
            Path yaml = Path.of("configs", name + ".yaml");
            ModelConfig model = ConfigLoader.load(yaml, List.of()).model();
            int most = model.features() > 256 ? 1 : 2;
            return ConfigLoader.load(
                    yaml, List.of("model.layers=" + Math.min(model.layers(), most)));
        }

        /** Normal input and targets, or tokens from 1 with 0 behind a sequence's end. */
        private static void fill(Batch batch, SplittableRandom random) {
            Shape shape = batch.shape;
            batch.rows = batch.capacity;
            int length = shape.length();
            int least = shape.padded() ? (length + 1) / 2 : length;
            Arrays.setAll(batch.lengths, i -> random.nextInt(least, length + 1));
            if (shape.tokens()) {
                Arrays.setAll(
                        batch.tokens,
                        i ->
                                i % length < batch.lengths[i / length]
                                        ? random.nextInt(1, shape.inputs())
                                        : 0);
            } else {
                normal(batch.x, random);
            }
            if (shape.regression()) {
                normal(batch.targets, random);
            } else {
                Arrays.setAll(batch.labels, i -> random.nextInt(shape.classes()));
            }
            for (int i = 0; shape.timed() && i < batch.dt.length; i++) {
                batch.dt[i] = i % length == 0 ? 1 : random.nextInt(1, 4);
            }
        }

        private static void normal(float[] values, SplittableRandom random) {
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
        }
    }
}
