import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import com.google.googlejavaformat.java.StringWrapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks or applies google-java-format (AOSP style) on every Java file under the current
 * directory's source folders: {@code Format check|apply}. Maven runs it on the JDK 25 of the
 * toolchain; formatter plugins run in Maven's own JVM, whose javac may be too old to parse our
 * sources. Exits with 1 when a file is not formatted (check) or cannot be parsed (both).
 */
final class Format {
    private static final List<String> FOLDERS = List.of("src", "tornado", ".ci");

    public static void main(String[] args) throws IOException {
        boolean apply = args[0].equals("apply");
        var formatter = new Formatter(JavaFormatterOptions.builder().style(Style.AOSP).build());
        int bad = 0;
        for (Path file : sources()) {
            String text = Files.readString(file);
            String formatted;
            try {
                formatted = format(formatter, text);
            } catch (FormatterException e) {
                System.err.println(file + ": " + e.getMessage());
                bad++;
                continue;
            }
            if (formatted.equals(text)) {
                continue;
            }
            if (apply) {
                Files.writeString(file, formatted);
                System.out.println("formatted " + file);
            } else {
                System.err.println(file + ": not formatted; to format: mvn -q validate -Pformat");
                bad++;
            }
        }
        System.exit(bad == 0 ? 0 : 1);
    }

    private static String format(Formatter formatter, String text) throws FormatterException {
        String imports = RemoveUnusedImports.removeUnusedImports(text);
        imports = ImportOrderer.reorderImports(imports, Style.AOSP);
        return StringWrapper.wrap(formatter.formatSource(imports), formatter);
    }

    private static List<Path> sources() throws IOException {
        var sources = new ArrayList<Path>();
        for (String folder : FOLDERS) {
            if (Files.isDirectory(Path.of(folder))) {
                try (var files = Files.walk(Path.of(folder))) {
                    files.filter(file -> file.toString().endsWith(".java"))
                            .sorted()
                            .forEach(sources::add);
                }
            }
        }
        return sources;
    }
}
