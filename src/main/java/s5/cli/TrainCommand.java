package s5.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import s5.collective.Collective;
import s5.collective.Sameness;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.config.Inlined;
import s5.config.Key;
import s5.data.Fingerprint;
import s5.data.Splits;
import s5.launch.ProcessOptions;
import s5.launch.Together;
import s5.ops.Backend;
import s5.report.NextSteps;
import s5.report.ReportedRun;
import s5.run.Console;
import s5.run.FollowingFolder;
import s5.run.RunFolder;
import s5.run.Stop;
import s5.train.Footprint;
import s5.train.Steps;
import s5.train.TrainingListener;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** {@code s5 train CONFIG [key=value ...]}, also the default: {@code s5 CONFIG [key=value ...]}. */
@Command(
        name = "train",
        customSynopsis = "s5 train CONFIG [resume=true] [gpus=N] [key=value ...]",
        description = "Train a model as a config file says; may be left out: s5 CONFIG.")
public final class TrainCommand implements Callable<Integer> {
    /** What a process ends with that another one's signal has stopped: as if by TERM. */
    private static final int STOPPED = 143;

    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "WORD",
            arity = "0..*",
            description = {
                "CONFIG: a YAML file",
                "resume=true: continue the run in the folder, if there is one",
                "gpus=N: on so many GPUs of this host, or all",
                "processes=N: the same on its CPU",
                "key=value: wins over the file: train.epochs=3"
            })
    private List<String> words = List.of();

    /** Options of this command. */
    record Options(
            @Key(value = "whether to continue the run in the folder", unset = "false")
                    boolean resume,
            @Inlined ProcessOptions processes) {}

    TrainCommand() {}

    @Override
    public Integer call() {
        Words given = Words.of(words);
        Words.Split split = given.split(Options.class);
        Options options = ConfigLoader.options(Options.class, split.own());
        Config config = ConfigLoader.load(given.only("train", "CONFIG"), split.config());
        Together together = new Together(options.processes(), System.getenv());
        if (options.processes().launches()) {
            List<String> command = new ArrayList<>(List.of("train"));
            command.addAll(words);
            return together.launch(config, command, spec.commandLine().getErr());
        }
        return together.work(ranks -> train(config, options, together, ranks));
    }

    private int train(Config config, Options options, Together together, Collective ranks) {
        Console console = Console.of(spec.commandLine().getOut());
        Sameness.check(ranks, Together.shared(config));
        try (RunFolder run =
                ranks.leads()
                        ? RunFolder.open(config, options.resume(), console)
                        : new FollowingFolder(config)) {
            // What takes long comes last: reading or making the data set.
            if (!config.data().set().learned()) {
                Footprint.of(config, config.data().shape()); // says when it is too large for arrays
            }
            try (Backend backend = together.open(config, ranks)) {
                Splits data = data(config, ranks);
                Footprint.of(config, data.shape());
                run.console().line("device: %s", backend.describe());
                try (Stop stop =
                        Stop.onSignals(() ->
                                System.err.println(
                                        "s5: finishing the step and saving; again to end at"
                                                + " once"))) {
                    boolean stopped =
                            ReportedRun.train(
                                    config,
                                    data,
                                    backend,
                                    Steps.Source.on(backend),
                                    run,
                                    words,
                                    () -> stop.requested() || together.orphaned(),
                                    "stopped by a signal",
                                    TrainingListener.NONE);
                    if (!stopped && Files.exists(RunFolder.best(run.path()))) {
                        NextSteps.of(config, run.path())
                                .values()
                                .forEach(command -> run.console().line("next: %s", command));
                    }
                    return stop.requested() ? stop.exitCode() : stopped ? STOPPED : 0;
                }
            }
        }
    }

    /**
     * The data set, which rank 0 makes where it is not there, and which has to be the same for all.
     */
    private static Splits data(Config config, Collective ranks) {
        if (ranks.size() == 1) {
            return config.data().open();
        }
        if (!ranks.leads()) {
            ranks.barrier();
        }
        Splits data = config.data().open();
        if (ranks.leads()) {
            ranks.barrier();
        }
        Fingerprint print = Fingerprint.of(data.train());
        Sameness.check(
                ranks,
                Map.of(
                        "training samples",
                        data.train().size()
                                + " of sum "
                                + print.exact()
                                + " and means "
                                + Arrays.toString(print.numbers())));
        return data;
    }
}
