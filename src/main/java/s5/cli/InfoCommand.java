package s5.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import s5.Devices;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.config.Key;
import s5.data.Shape;
import s5.model.Model;
import s5.model.Parameter;
import s5.ops.Backend;
import s5.timing.Benchmark;
import s5.train.Checkpoint;
import s5.train.Footprint;
import s5.train.rule.Optimizer;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * {@code s5 info CONFIG|CHECKPOINT [time=true] [key=value ...]}: what a run with this config would
 * be, or what was trained. The settings are printed as YAML, all else as comments in it.
 */
@Command(
        name = "info",
        customSynopsis = "s5 info CONFIG|CHECKPOINT [time=true] [key=value ...]",
        description = "Show all settings, parameters and memory of a config or checkpoint.")
public final class InfoCommand implements Callable<Integer> {
    private static final int WARMUP = 3;
    private static final double WARMUP_SECONDS = 5;
    private static final int STEPS = 5;

    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "WORD",
            arity = "0..*",
            description = {
                "CONFIG: a YAML file; or CHECKPOINT: runs/NAME/best.safetensors",
                "time=true: runs a few steps on random input, to say how long one takes",
                "key=value: wins over the file: train.epochs=3"
            })
    private List<String> words = List.of();

    /** Options of this command. */
    record Options(@Key(value = "whether to time a step", unset = "false") boolean time) {}

    InfoCommand() {}

    @Override
    public Integer call() {
        Words given = Words.of(words);
        Words.Split split = given.split(Options.class);
        Options options = ConfigLoader.options(Options.class, split.own());
        List<String> settings = split.config();
        Path file = given.only("info", "CONFIG");
        boolean trained = file.toString().endsWith(".safetensors");
        Checkpoint checkpoint = trained ? Checkpoint.read(file) : null;
        Config config = trained ? checkpoint.config(settings) : ConfigLoader.load(file, settings);
        Shape shape = trained ? checkpoint.shape() : config.data().shape();
        PrintWriter out = spec.commandLine().getOut();
        out.print(ConfigLoader.toYaml(config));
        if (trained) {
            out.println("# checkpoint of " + checkpoint.describe());
        }
        out.println("# " + shape.describe());
        parameters(out, config, new Model(config.model(), shape));
        memory(out, Footprint.of(config, shape));
        if (options.time()) {
            time(out, config, shape);
        }
        return 0;
    }

    private static void parameters(PrintWriter out, Config config, Model model) {
        Map<Optimizer.Group, Integer> sizes = new EnumMap<>(Optimizer.Group.class);
        int frozen = 0;
        out.printf("# %,d parameters%n", model.parameterCount());
        for (Parameter p : model.parameters()) {
            boolean learns = !config.train().frozen().match(p.name());
            Optimizer.Group group = Optimizer.group(config.train(), p);
            if (learns) {
                sizes.merge(group, p.value().size(), Integer::sum);
            } else {
                frozen += p.value().size();
            }
            out.printf(
                    Locale.ROOT,
                    "#   %,10d %-36s %-14s %s%n",
                    p.value().size(),
                    p.name(),
                    Arrays.toString(p.value().shape()),
                    learns ? group : "frozen");
        }
        out.println("# by optimizer group");
        sizes.forEach((group, size) -> out.printf(Locale.ROOT, "#   %,10d %s%n", size, group));
        if (frozen > 0) {
            out.printf(Locale.ROOT, "#   %,10d frozen%n", frozen);
        }
    }

    private static void memory(PrintWriter out, Footprint bytes) {
        out.println("# memory on the device");
        row(out, bytes.parameters(), "parameters, gradients, moments and statistics");
        row(out, bytes.input(), "a batch of input");
        row(out, bytes.training(), "intermediate results of a training step");
        row(out, bytes.evaluation(), "intermediate results of an evaluation step");
    }

    private static void row(PrintWriter out, long bytes, String what) {
        out.printf(Locale.ROOT, "#   %,10.1f MB %s%n", bytes * 1e-6, what);
    }

    private static void time(PrintWriter out, Config config, Shape shape) {
        try (Backend backend = Devices.open(config)) {
            Benchmark.Result result =
                    Benchmark.run(config, shape, backend, WARMUP, WARMUP_SECONDS, STEPS);
            out.printf(
                    "# time on %s, median of %d steps on random input%n",
                    backend.describe(), STEPS);
            time(out, "training", result.train(), config.train().batch());
            time(out, "evaluation", result.evaluation(), config.train().evaluationBatch());
        }
    }

    private static void time(PrintWriter out, String what, Benchmark.Times times, int samples) {
        out.printf(
                Locale.ROOT,
                "#   %,10.2f ms a step of %s, %,.1f samples a second%n",
                times.median(),
                what,
                samples / (times.median() * 1e-3));
    }
}
