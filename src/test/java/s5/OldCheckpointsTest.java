package s5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Checkpoints and config files of runs of earlier on still open, mean the same and tell the same.
 *
 * <p>The files in {@code old/} were written by commit 73da72c: an epoch each of a model of one
 * layer, on a few generated (listops, pendulum) or real samples (MNIST's first 200, 60 reviews for
 * each label of IMDb, 60 clips of Speech Commands). They are never written again. What that commit
 * said of them is in {@code old/said.json}, which {@code -Ds5.old.write=true} writes; by right only
 * for a new fixture, at the commit that wrote it.
 */
class OldCheckpointsTest {
    private static final Path OLD = Path.of("src/test/resources/old");
    private static final Path SAID = OLD.resolve("said.json");
    private static final boolean WRITES = Boolean.getBoolean("s5.old.write");
    private static final JsonMapper JSON = new JsonMapper();

    /** Vector widths round differently; the next digit of what is printed may be another. */
    private static final double TOLERANCE = 2e-5;

    @TempDir Path folder;

    private static Path checkpoint(String name) {
        return OLD.resolve(name + ".safetensors");
    }

    @ParameterizedTest
    @ValueSource(strings = {"listops", "pendulum", "smnist", "imdb", "sc35"})
    void theSettingsAreThoseGiven(String name) throws IOException {
        Path yaml = OLD.resolve(name + ".yaml");
        JsonNode written = new YAMLMapper().readTree(yaml.toFile());
        for (Path file : new Path[] {yaml, checkpoint(name)}) {
            JsonNode shown = new YAMLMapper().readTree(s5("info", file));
            assertContains(written, shown, file.toString());
        }
    }

    /** A later version may have more keys; those of then have their values. */
    private static void assertContains(JsonNode written, JsonNode shown, String place) {
        written.properties()
                .forEach(entry -> {
                    JsonNode there = shown.path(entry.getKey());
                    String key = place + " " + entry.getKey();
                    if (entry.getValue().isObject()) {
                        assertContains(entry.getValue(), there, key);
                    } else {
                        assertEquals(entry.getValue(), there, key);
                    }
                });
        assertTrue(written.size() > 0, place);
    }

    @ParameterizedTest
    @ValueSource(strings = {"listops", "pendulum", "smnist", "imdb", "sc35"})
    void theParametersHaveTheirNamesAndShapes(String name) throws IOException {
        String parameters =
                s5("info", checkpoint(name))
                        .lines()
                        .filter(line -> line.matches("# +[0-9,]+ .*"))
                        .filter(line -> !line.contains(" MB "))
                        .collect(Collectors.joining("\n"));
        JsonNode said = said(name + " parameters", JSON.getNodeFactory().textNode(parameters));
        assertEquals(said.asText(), parameters);
    }

    @ParameterizedTest
    @ValueSource(strings = {"listops", "smnist", "imdb", "sc35"})
    void itPredictsTheSame(String name) throws IOException {
        JsonNode found = JSON.readTree(s5("predict", checkpoint(name), input(name), "device=cpu"));
        JsonNode said = said(name + " predict", found);
        assertEquals(said.path("class"), found.path("class"));
        assertEquals(said.path("label"), found.path("label"));
        JsonNode expected = said.path("probabilities");
        assertEquals(expected.size(), found.path("probabilities").size());
        assertTrue(expected.size() > 1, said.toString());
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(
                    expected.path(i).asDouble(),
                    found.path("probabilities").path(i).asDouble(),
                    TOLERANCE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"listops", "pendulum", "smnist"})
    void itEvaluatesTheSame(String name) throws IOException {
        if (name.equals("smnist")) {
            images("train", 20);
            images("t10k", 20);
        }
        String line =
                s5(
                                "eval",
                                checkpoint(name),
                                "device=cpu",
                                "data.root=" + folder,
                                "data.cache_dir=" + folder)
                        .lines()
                        .toList()
                        .getLast();
        String said = said(name + " eval", JSON.getNodeFactory().textNode(line)).asText();
        Pattern number = Pattern.compile("[0-9][0-9,]*\\.[0-9]+");
        assertEquals(number.matcher(said).replaceAll("x"), number.matcher(line).replaceAll("x"));
        Matcher a = number.matcher(said);
        Matcher b = number.matcher(line);
        while (a.find() && b.find()) {
            double expected = Double.parseDouble(a.group());
            assertEquals(expected, Double.parseDouble(b.group()), 1.01e-4, line);
        }
    }

    /** A sample of the data set, its numbers sums of few bits, so that nothing rounds them. */
    private Path input(String name) throws IOException {
        return switch (name) {
            case "listops" -> write("one.txt", "[MAX 2 [MIN 3 1 ] 7 ]\n");
            case "imdb" -> write("one.txt", "A fine film - nothing is wrong with it, truly.\n");
            case "smnist" ->
                    write(
                            "one.csv",
                            IntStream.range(0, 784)
                                    .mapToObj(i -> Float.toString(i % 9 / 8f))
                                    .collect(Collectors.joining(",", "", "\n")));
            case "sc35" -> {
                ByteBuffer clip = ByteBuffer.allocate(4 * 16_000).order(ByteOrder.LITTLE_ENDIAN);
                for (int i = 0; i < 16_000; i++) {
                    clip.putFloat((i * 37 % 129 - 64) / 64f);
                }
                yield Files.write(folder.resolve("one.f32"), clip.array());
            }
            default -> throw new IllegalArgumentException(name);
        };
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    /** Images and labels in MNIST's format: stripes, and the digits in turn. */
    private void images(String part, int count) throws IOException {
        ByteBuffer images = ByteBuffer.allocate(16 + 784 * count);
        images.putInt(0x803).putInt(count).putInt(28).putInt(28);
        for (int i = 0; i < 784 * count; i++) {
            images.put((byte) (i % (11 + i / 784) * 9));
        }
        Files.write(folder.resolve(part + "-images-idx3-ubyte"), images.array());
        ByteBuffer labels = ByteBuffer.allocate(8 + count).putInt(0x801).putInt(count);
        for (int i = 0; i < count; i++) {
            labels.put((byte) (i % 10));
        }
        Files.write(folder.resolve(part + "-labels-idx1-ubyte"), labels.array());
    }

    /** What the commit that wrote the fixtures said; that is this one when it is to be written. */
    private static JsonNode said(String what, JsonNode found) throws IOException {
        ObjectNode all =
                Files.exists(SAID)
                        ? (ObjectNode) JSON.readTree(SAID.toFile())
                        : JSON.createObjectNode();
        if (WRITES) {
            all.set(what, found);
            Files.writeString(
                    SAID, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n");
        }
        assertTrue(all.has(what), () -> SAID + " says nothing of " + what);
        return all.path(what);
    }

    /** The only way into the program: what a command prints. */
    private static String s5(Object... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] args = java.util.Arrays.stream(words).map(Object::toString).toArray(String[]::new);
        assertEquals(0, Main.run(args, new PrintWriter(out), new PrintWriter(err)), err::toString);
        return out.toString();
    }
}
