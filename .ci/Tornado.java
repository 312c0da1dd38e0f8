import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Looks at a TornadoVM SDK before the build compiles against it, and writes the JVM options that
 * the tests run with: {@code Tornado SDK_FOLDER OPTIONS_FILE}. Exits with 1 and one line when the
 * SDK will not do.
 */
final class Tornado {
    private static final Pattern API = Pattern.compile("tornado-api-(\\d+)\\.(.*)\\.jar");

    public static void main(String[] args) throws Exception {
        String problem = problem(Path.of(args[0]));
        if (problem != null) {
            System.err.println("TORNADOVM_HOME=" + args[0] + ": " + problem);
            System.exit(1);
        }
        Path options = Path.of(args[1]);
        Files.createDirectories(options.getParent());
        Files.write(options, options(Path.of(args[0])));
    }

    private static String problem(Path sdk) throws IOException {
        Path jars = sdk.resolve("share/java/tornado");
        if (!Files.isDirectory(jars)) {
            return "no TornadoVM SDK, there is no folder share/java/tornado in it; set"
                    + " TORNADOVM_HOME to an SDK 5.2 for JDK 25, or unset it to build for the CPU"
                    + " only";
        }
        List<String> names;
        try (Stream<Path> files = Files.list(jars)) {
            names = files.map(f -> f.getFileName().toString()).sorted().toList();
        }
        Matcher api = null;
        for (String name : names) {
            Matcher matcher = API.matcher(name);
            api = matcher.matches() ? matcher : api;
        }
        if (api == null) {
            return "no TornadoVM SDK, share/java/tornado holds no tornado-api jar";
        }
        String version = api.group(1) + "." + api.group(2);
        if (!api.group(1).equals("5")) {
            return "TornadoVM %s is not supported, its interfaces differ; install 5.2.0-jdk25"
                    .formatted(version);
        }
        if (!version.contains("jdk25")) {
            return "TornadoVM %s is for another JDK; install 5.2.0-jdk25".formatted(version);
        }
        if (names.stream().noneMatch(n -> n.startsWith("tornado-cublas-"))) {
            return "TornadoVM %s has no cuBLAS binding, there is no tornado-cublas jar in %s;"
                            .formatted(version, jars)
                    + " install 5.2.0-jdk25";
        }
        return null;
    }

    /**
     * The options of the SDK's argfile, or else those that its launcher prints: SDKs built from
     * source have no argfile. Without the current folder on the module path, where any jar would
     * become a module.
     */
    private static List<String> options(Path sdk) throws Exception {
        Path argfile = sdk.resolve("tornado-argfile");
        if (Files.isRegularFile(argfile)) {
            return Files.readAllLines(argfile).stream().map(Tornado::withoutCurrentFolder).toList();
        }
        Process launcher =
                new ProcessBuilder(sdk.resolve("bin/tornado").toString(), "--printJavaFlags")
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String flags = new String(launcher.getInputStream().readAllBytes()).strip();
        if (launcher.waitFor() != 0 || flags.isEmpty()) {
            System.err.println(sdk + "/bin/tornado --printJavaFlags failed, see above");
            System.exit(1);
        }
        List<String> options = new ArrayList<>();
        for (String flag : flags.split("\\s+")) {
            if (flag.startsWith("@")) {
                // an argument file cannot name another one
                options.addAll(Files.readAllLines(Path.of(flag.substring(1))));
            } else {
                options.add(withoutCurrentFolder(flag));
            }
        }
        // the first word is the path of java
        return options.subList(1, options.size());
    }

    private static String withoutCurrentFolder(String option) {
        return option.replaceFirst("^(--module-path )?\\.:", "$1");
    }
}
