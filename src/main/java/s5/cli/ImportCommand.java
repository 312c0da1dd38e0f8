package s5.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import s5.UserError;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.config.Key;
import s5.config.Messages;
import s5.data.Dataset;
import s5.exchange.Import;
import s5.exchange.Import.Missing;
import s5.exchange.WeightFile;
import s5.io.Safetensors.Array;
import s5.train.Checkpoint;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * {@code s5 import FILE CONFIG|CHECKPOINT out=FOLDER|FILE [missing=refuse] [key=value ...]}:
 * weights of another program.
 */
@Command(
        name = "import",
        customSynopsis =
                "s5 import FILE CONFIG|CHECKPOINT out=FOLDER|FILE [missing=refuse] [key=value ...]",
        description = "Make a checkpoint of another program's weights.")
public final class ImportCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "WORD",
            arity = "0..*",
            description = {
                "FILE: a .safetensors or .npz file with the official names, Flax's or PyTorch's",
                "CONFIG: a YAML file with the model's settings and its data set, which is opened"
                        + " for the names of classes and tokens; or CHECKPOINT: one that has them",
                "out=FOLDER: best.safetensors is written there; or out=FILE.safetensors",
                "missing=new: draws the tensors that the file has not, instead of refusing it",
                "key=value: wins over the config: model.conj_sym=false"
            })
    private List<String> words = List.of();

    /** Options of this command. */
    record Options(
            @Key(value = "the checkpoint to write, or a folder for it") String out,
            @Key(value = "what becomes of tensors that the file has not", unset = "refuse")
                    Missing missing) {}

    ImportCommand() {}

    @Override
    public Integer call() {
        Words given = Words.of(words);
        if (given.operands().size() != 2) {
            throw new UserError(
                    "import takes a FILE of weights and a CONFIG; write s5 import FILE CONFIG"
                            + " out=FOLDER [key=value ...]");
        }
        Words.Split split = given.split(Options.class);
        Options options = ConfigLoader.options(Options.class, split.own());
        Path file = Words.path(given.operands().getFirst());
        Path settings = Words.path(given.operands().get(1));
        Path out = Words.path(options.out());
        if (!options.out().endsWith(".safetensors")) {
            out = out.resolve("best.safetensors");
        }
        WeightFile.mustBeNew(out);
        PrintWriter told = spec.commandLine().getOut();
        Checkpoint result;
        if (settings.toString().endsWith(".safetensors")) {
            if (!split.config().isEmpty()) {
                throw new UserError(
                        "import: the settings of %s count; leave out %s"
                                .formatted(settings, String.join(" ", split.config())));
            }
            Checkpoint like = Checkpoint.read(settings);
            Config config = like.config(List.of());
            result =
                    like.with(
                            Import.weights(
                                    file,
                                    config,
                                    like.shape(),
                                    options.missing(),
                                    line -> told.println(Messages.plain(line))));
        } else {
            Config config = ConfigLoader.load(settings, split.config());
            Dataset data = config.data().open().train();
            Map<String, Array> tensors =
                    Import.weights(
                            file,
                            config,
                            data.shape(),
                            options.missing(),
                            line -> told.println(Messages.plain(line)));
            result = Checkpoint.of(config, data, tensors);
        }
        told.println(Messages.plain(Import.write(result, out)));
        return 0;
    }
}
