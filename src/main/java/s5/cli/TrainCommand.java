package s5.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import s5.Devices;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.config.Key;
import s5.data.Splits;
import s5.ops.Backend;
import s5.report.NextSteps;
import s5.report.ReportedRun;
import s5.run.Console;
import s5.run.RunFolder;
import s5.run.Stop;
import s5.train.Footprint;
import s5.train.Steps;
import s5.train.TrainingListener;

import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code s5 train CONFIG [key=value ...]}, also the default: {@code s5 CONFIG [key=value ...]}. */
@Command(
        name = "train",
        customSynopsis = "s5 train CONFIG [resume=true] [key=value ...]",
        description = "Train a model as a config file says; may be left out: s5 CONFIG.")
public final class TrainCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "WORD",
            arity = "0..*",
            description = {
                "CONFIG: a YAML file",
                "resume=true: continue the run in the folder, if there is one",
                "key=value: wins over the file: train.epochs=3"
            })
    private List<String> words = List.of();

    /** Options of this command. */
    record Options(
            @Key(value = "whether to continue the run in the folder", unset = "false")
                    boolean resume) {}

    TrainCommand() {}

    @Override
    public Integer call() {
        Words given = Words.of(words);
        Words.Split split = given.split(Options.class);
        Options options = ConfigLoader.options(Options.class, split.own());
        Config config = ConfigLoader.load(given.only("train", "CONFIG"), split.config());
        Console console = Console.of(spec.commandLine().getOut());
        try (RunFolder run = RunFolder.open(config, options.resume(), console)) {
            // What takes long comes last: reading or making the data set.
            if (!config.data().set().learned()) {
                Footprint.of(config, config.data().shape()); // says when it is too large for arrays
            }
            try (Backend backend = Devices.open(config)) {
                Splits data = config.data().open();
                Footprint.of(config, data.shape());
                console.line("device: %s", backend.describe());
                try (Stop stop =
                        Stop.onSignals(() ->
                                System.err.println(
                                        "s5: finishing the step and saving; again to end at"
                                                + " once"))) {
                    ReportedRun.train(
                            config,
                            data,
                            backend,
                            Steps.Source.on(backend),
                            run,
                            words,
                            stop::requested,
                            "stopped by a signal",
                            TrainingListener.NONE);
                    if (!stop.requested() && Files.exists(RunFolder.best(run.path()))) {
                        NextSteps.of(config, run.path())
                                .values()
                                .forEach(command -> console.line("next: %s", command));
                    }
                    return stop.requested() ? stop.exitCode() : 0;
                }
            }
        }
    }
}
