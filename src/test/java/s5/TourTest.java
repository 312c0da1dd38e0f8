package s5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jdk.jshell.EvalException;
import jdk.jshell.ExpressionSnippet;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Every line of the pages that are typed into JShell gives what they say. */
class TourTest {
    private static final String PROMPT = "jshell> ";

    @ParameterizedTest
    @ValueSource(strings = {"docs/tour.md", "docs/jshell.md"})
    void thePageIsWhatJShellSays(Path file) throws IOException {
        String page = Files.readString(file);
        assertEquals(page, played(page));
        assertTrue(page.lines().filter(line -> line.startsWith(PROMPT)).count() > 30);
    }

    /** The page with the answers that its lines get now. */
    static String played(String page) throws IOException {
        Locale.setDefault(Locale.ROOT);
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (JShell shell =
                JShell.builder()
                        .executionEngine("local")
                        .out(new PrintStream(printed, true, StandardCharsets.UTF_8))
                        .build()) {
            shell.addToClasspath(
                    System.getProperty(
                            "surefire.test.class.path", System.getProperty("java.class.path")));
            // what the tool imports by itself
            for (String start : List.of("import java.util.*;", "import java.util.stream.*;")) {
                evaluate(shell, start, new ArrayList<>());
            }
            List<String> out = new ArrayList<>();
            boolean block = false;
            for (String line : page.lines().toList()) {
                block ^= line.startsWith("```");
                if (line.startsWith(PROMPT)) {
                    out.add(line);
                    PrintStream standard = System.out;
                    printed.reset();
                    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
                    List<String> said = new ArrayList<>();
                    try {
                        evaluate(shell, line.substring(PROMPT.length()), said);
                    } finally {
                        System.setOut(standard);
                    }
                    printed.toString(StandardCharsets.UTF_8).lines().forEach(out::add);
                    out.addAll(said);
                } else if (!block || line.startsWith("```")) {
                    out.add(line);
                }
            }
            return String.join("\n", out) + "\n";
        }
    }

    /** Evaluates a line that may hold several snippets, as the tool does. */
    private static void evaluate(JShell shell, String line, List<String> said) {
        String rest = line;
        while (!rest.isBlank()) {
            var next = shell.sourceCodeAnalysis().analyzeCompletion(rest);
            for (SnippetEvent event : shell.eval(next.source())) {
                said.addAll(answer(shell, event));
            }
            rest = next.remaining();
        }
    }

    private static List<String> answer(JShell shell, SnippetEvent event) {
        List<String> problems =
                shell.diagnostics(event.snippet()).map(d -> d.getMessage(Locale.ROOT)).toList();
        assertEquals(List.of(), problems, event.snippet().source());
        if (event.exception() != null) {
            String name =
                    event.exception() instanceof EvalException e ? e.getExceptionClassName() : "";
            throw new AssertionError(event.snippet().source() + name, event.exception());
        }
        String value = event.value();
        Snippet snippet = event.snippet();
        if (value == null || value.isEmpty() || event.causeSnippet() != null) {
            return List.of();
        }
        // declarations echo nothing here, unlike in the tool
        boolean asked =
                snippet instanceof ExpressionSnippet
                        || snippet.subKind() == Snippet.SubKind.TEMP_VAR_EXPRESSION_SUBKIND;
        return asked ? List.of("==> " + value) : List.of();
    }
}
