package s5.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import s5.UserError;
import s5.ops.Backend;
import s5.verify.Comparison;
import s5.verify.Errors;
import s5.verify.Verifier;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * {@code s5 verify DIR [device=... precision=... kernels=... threads=...]}: compares this build
 * with official numbers.
 */
@Command(
        name = "verify",
        customSynopsis = "s5 verify DIR|FILE [device=auto] [precision=fp32] [threads=0]",
        description = "Compare this build, on the device chosen, with files of official numbers.")
public final class VerifyCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "WORD",
            arity = "0..*",
            description = {
                "DIR: a folder of .safetensors files with official numbers; or FILE: one of them",
                "device=auto: or cpu, gpu, cuda:N, opencl:N",
                "precision=fp32: or tf32, of matrix products on a GPU",
                "kernels=tuned: or plain loops",
                "threads=0: of the CPU; 0 is one for each core"
            })
    private List<String> words = List.of();

    VerifyCommand() {}

    @Override
    public Integer call() {
        Words given = Words.of(words);
        List<Path> files = files(given.only("verify", "DIR"));
        DeviceSettings settings = DeviceSettings.of(given.settings());
        PrintWriter out = spec.commandLine().getOut();
        boolean good = true;
        try (Backend backend = settings.open()) {
            out.println(backend.describe());
            out.printf("%-36s", "worst error of");
            for (Comparison comparison : Comparison.values()) {
                out.printf("%12s", comparison.title());
            }
            out.println();
            for (Path file : files) {
                String name = file.getFileName().toString().replace(".safetensors", "");
                Errors errors = Verifier.verify(backend, file);
                boolean passed = true;
                out.printf("%-36s", name);
                for (Comparison comparison : Comparison.values()) {
                    Double error = errors.largest().get(comparison);
                    out.print(error == null ? "%12s".formatted("-") : "%12.1e".formatted(error));
                    passed &= error == null || error <= settings.tolerance(comparison, backend);
                }
                out.println(passed ? "  ok" : "  FAILED");
                for (Comparison comparison : Comparison.values()) {
                    Double error = errors.largest().get(comparison);
                    if (error != null && !(error <= settings.tolerance(comparison, backend))) {
                        out.printf(
                                "    %s: %.2e at %s, tolerance %.0e%n",
                                comparison.title(),
                                error,
                                errors.worst().get(comparison),
                                settings.tolerance(comparison, backend));
                    }
                }
                out.flush();
                good &= passed;
            }
        }
        return good ? 0 : 1;
    }

    private static List<Path> files(Path path) {
        if (Files.isRegularFile(path)) {
            return List.of(path);
        }
        if (!Files.isDirectory(path)) {
            throw new UserError(path + ": no such file or folder");
        }
        try (Stream<Path> all = Files.list(path)) {
            List<Path> files =
                    all.filter(f -> f.toString().endsWith(".safetensors")).sorted().toList();
            if (files.isEmpty()) {
                throw new UserError(path + ": holds no .safetensors files");
            }
            return files;
        } catch (IOException e) {
            throw new UserError(path + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }
}
