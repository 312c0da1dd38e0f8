package s5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;

/** The jar that the build has made, and the bill of its materials. Runs after packaging. */
class FinishedJar {
    private static final Path FILE = Path.of(System.getProperty("s5.jar"));
    private static final Path BOM = FILE.resolveSibling("s5.cdx.json");

    private JarFile jar;

    @BeforeEach
    void open() throws IOException {
        jar = new JarFile(FILE.toFile());
    }

    @AfterEach
    void close() throws IOException {
        jar.close();
    }

    private String text(String name) throws IOException {
        JarEntry entry = jar.getJarEntry(name);
        assertTrue(entry != null, "no " + name);
        try (InputStream in = jar.getInputStream(entry)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    /** What a repository gets. */
    @Test
    void theThinJarHasTheLicence() throws IOException {
        try (JarFile thin = new JarFile(FILE.resolveSibling("unshaded/s5.jar").toFile());
                InputStream in = thin.getInputStream(thin.getEntry("META-INF/LICENSE"))) {
            assertEquals(
                    Files.readString(Path.of("LICENSE")), new String(in.readAllBytes(), UTF_8));
        }
    }

    private static List<JsonNode> components() throws IOException {
        assumeTrue(Files.exists(BOM), "no bill of materials here, mvn -Psbom verify makes it");
        List<JsonNode> components = new ArrayList<>();
        new JsonMapper().readTree(BOM.toFile()).path("components").forEach(components::add);
        assertTrue(components.size() > 10, BOM.toString());
        return components;
    }

    @Test
    void holdsTheLicencesOfAllThatIsInIt() throws IOException {
        assertEquals(Files.readString(Path.of("LICENSE")), text("META-INF/LICENSE.txt"));
        assertTrue(text("META-INF/LICENSE.txt").contains("Apache License"));
        assertTrue(text("META-INF/NOTICE").contains("Jackson JSON processor"));
        String own = text("META-INF/NOTICE").lines().limit(8).collect(Collectors.joining("\n"));
        assertTrue(own.contains("S5\nCopyright 2026 the S5 maintainers"), own);
        assertFalse(own.contains("Apache Software Foundation"), own);
        String[] parts = text("META-INF/THIRD-PARTY.txt").split("={70,}\n", -1);
        for (JsonNode component : components()) {
            String name = component.path("name").asText();
            JsonNode id = component.at("/licenses/0/license");
            assertTrue(parts[0].matches("(?s).*\\b" + name + "\\b.*"), name);
            if (id.path("id").asText(id.path("name").asText()).startsWith("Apache")) {
                continue;
            }
            int at = Arrays.asList(parts).indexOf(name + "\n");
            assertTrue(at > 0, "no licence text of " + name + ", which has " + id);
            assertTrue(parts[at + 1].contains("Copyright (c) "), parts[at + 1]);
            assertTrue(parts[at + 1].contains("AS IS\"") || parts[at + 1].contains("AS  IS\""));
        }
    }

    @Test
    void theBillNamesEveryLibraryWithItsHash() throws IOException {
        var names = new TreeSet<String>();
        for (JsonNode component : components()) {
            names.add(component.path("name").asText());
            assertTrue(component.path("purl").asText().startsWith("pkg:maven/"));
            assertTrue(component.path("hashes").size() > 0, component.toString());
        }
        assertTrue(
                names.containsAll(List.of("picocli", "snakeyaml", "jline-terminal")), names + "");
        var packages = new TreeSet<String>();
        jar.stream()
                .map(JarEntry::getName)
                .filter(name -> name.endsWith(".class") && !name.startsWith("META-INF/"))
                .forEach(name -> packages.add(String.join(".", firstTwo(name))));
        // a library that comes with another one would be new here
        assertEquals(
                List.of(
                        "com.fasterxml",
                        "de.siegmar",
                        "me.tongfei",
                        "org.apache",
                        "org.jline",
                        "org.slf4j",
                        "org.tinylog",
                        "org.yaml",
                        "picocli",
                        "s5"),
                List.copyOf(packages));
    }

    private static List<String> firstTwo(String name) {
        String[] words = name.split("/", -1);
        boolean own = List.of("s5", "picocli").contains(words[0]);
        return List.of(words).subList(0, own ? 1 : 2);
    }

    /** By what a file begins with: ELF, Windows, Mach-O of both orders, and several in one. */
    @Test
    void holdsNoNativeLibraries() throws IOException {
        var begins = List.of("7f454c46", "4d5a", "feedface", "feedfacf", "cefaedfe", "cffaedfe");
        var found = new ArrayList<String>();
        for (JarEntry entry : jar.stream().toList()) {
            try (InputStream in = jar.getInputStream(entry)) {
                String start = HexFormat.of().formatHex(in.readNBytes(4));
                boolean several = start.equals("cafebabe") && !entry.getName().endsWith(".class");
                if (several || begins.stream().anyMatch(start::startsWith)) {
                    found.add(entry.getName());
                }
            }
        }
        assertEquals(List.of(), found);
    }

    private record Ran(int code, String said) {}

    private Ran run(Path folder, Map<String, String> environment, String... words)
            throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.addAll(List.of("-jar", FILE.toString()));
        command.addAll(List.of(words));
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().putAll(environment);
        Process process = builder.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Ran(process.waitFor(), said);
    }

    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no such locales")
    @Test
    void saysThatALocaleCannotNameAFile(@TempDir Path folder) throws Exception {
        Ran version = run(folder, Map.of("LC_ALL", "C"), "--version");
        assertEquals(0, version.code(), version.said());
        assertFalse(version.said().contains("not from a jar"), version.said());
        if (!"UTF-8".equals(System.getProperty("sun.jnu.encoding"))) {
            return; // this JVM cannot hand on the name either
        }
        Ran ran = run(folder, Map.of("LC_ALL", "C"), "info", "Übung.yaml");
        assertEquals(2, ran.code(), ran.said());
        assertTrue(ran.said().contains("set LC_ALL=C.UTF-8"), ran.said());
        assertEquals(1, ran.said().lines().count(), ran.said());
    }
}
