package s5.cli;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import s5.UserError;
import s5.config.ConfigLoader;
import s5.config.Key;
import s5.config.Messages;
import s5.exchange.Export;
import s5.exchange.onnx.OnnxFile;
import s5.train.Checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * {@code s5 export CHECKPOINT FILE [complex=false] [check=0] [length=0]}: weights, or the whole
 * model, for other programs.
 */
@Command(
        name = "export",
        customSynopsis = "s5 export CHECKPOINT FILE [complex=false] [check=0] [length=0]",
        description = "Write a model for other programs: its weights, or all of it as ONNX.")
public final class ExportCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ExportCommand.class);

    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "WORD",
            arity = "0..*",
            description = {
                "CHECKPOINT: a file that training wrote, runs/NAME/best.safetensors",
                "FILE: a new one; its name ends in .safetensors or .npz for the weights, in .onnx"
                        + " for a graph that evaluates the model",
                "complex=true: B and C as complex numbers instead of pairs",
                "check=8: puts so many random sequences and the model's answers beside the weights",
                "length=500: of the sequences that the graph takes, instead of the training's"
            })
    private List<String> words = List.of();

    /** Options of this command. */
    record Options(
            @Key(value = "whether B and C are complex64 instead of pairs", unset = "false")
                    boolean complex,
            @Key(
                            value =
                                    "so many random sequences and the model's answers are written"
                                            + " too; 0 to 1000",
                            unset = "0")
                    int check,
            @Key(
                            value =
                                    "positions of the sequences of an .onnx file; 0: the"
                                            + " training's",
                            unset = "0")
                    int length) {
        Options {
            if (check < 0 || check > 1000) {
                throw new UserError("check: must be from 0 to 1000, not " + check);
            }
            if (length < 0) {
                throw new UserError("length: must be 0 or more, not " + length);
            }
        }
    }

    ExportCommand() {}

    @Override
    public Integer call() {
        Words given = Words.of(words);
        if (given.operands().size() != 2) {
            throw new UserError(
                    "export takes a CHECKPOINT and a FILE to write; write s5 export CHECKPOINT"
                            + " FILE [key=value ...]");
        }
        Options options = ConfigLoader.options(Options.class, given.settings());
        Path file = Words.path(given.operands().get(1));
        Checkpoint checkpoint = Checkpoint.read(Words.path(given.operands().getFirst()));
        boolean graph = file.toString().toLowerCase(Locale.ROOT).endsWith(".onnx");
        if (graph && (options.complex() || options.check() > 0)) {
            throw new UserError("export: complex and check are for weights, not for .onnx");
        }
        if (!graph && options.length() > 0) {
            throw new UserError("export: length is for .onnx; weights are of any length");
        }
        String said =
                graph
                        ? OnnxFile.write(checkpoint, file, options.length())
                        : Export.weights(checkpoint, file, options.complex(), options.check());
        spec.commandLine().getOut().println(Messages.plain(said));
        // Whoever looks for what went wrong wants them nevertheless.
        checkpoint
                .badWeights()
                .ifPresent(bad -> LOG.warn("{}; they were written as they are", bad));
        return 0;
    }
}
