package s5.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import s5.UserError;
import s5.collective.Collective;
import s5.collective.Sameness;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.data.Shape;
import s5.io.AtomicFile;
import s5.launch.ProcessOptions;
import s5.launch.Together;
import s5.ops.Backend;
import s5.run.Memory;
import s5.timing.BenchComparison;
import s5.timing.Benchmark;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * {@code s5 bench CONFIG... [steps=20 warmup=5 json=FILE] [key=value ...]}: times steps on random
 * input; {@code s5 bench compare FILE.json OTHER.json} lays two such files side by side.
 */
@Command(
        name = "bench",
        customSynopsis = {
            "s5 bench CONFIG... [steps=20] [warmup=5] [json=FILE] [gpus=N] [key=value ...]",
            "s5 bench compare FILE.json OTHER.json"
        },
        description = {
            "Time training and evaluation steps of configs on random input,",
            "or lay the numbers of two programs or versions side by side."
        })
public final class BenchCommand implements Callable<Integer> {
    private static final String STEPS = "steps";
    private static final String WARMUP = "warmup";
    private static final String COMPARE = "compare";
    private static final Set<String> OPTIONS = Set.of(STEPS, WARMUP, "json");

    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "WORD",
            arity = "0..*",
            description = {
                "CONFIG: YAML files",
                "steps=20: how many are timed",
                "warmup=5: how many go before them",
                "json=FILE: gets the numbers",
                "gpus=N: on so many GPUs of this host, which share train.batch; or all",
                "processes=N: the same on its CPU",
                "key=value: wins over the files: train.batch=8"
            })
    private List<String> words = List.of();

    BenchCommand() {}

    @Override
    public Integer call() {
        Words given = Words.of(words);
        int steps = 20;
        int warmup = 5;
        Path json = null;
        Words.Split split = given.split(OPTIONS);
        Words.Split more = new Words(List.of(), split.config()).split(ProcessOptions.class);
        split = new Words.Split(split.own(), more.config());
        ProcessOptions processes = ConfigLoader.options(ProcessOptions.class, more.own());
        for (String option : split.own()) {
            String value = Words.value(option);
            switch (Words.key(option)) {
                case STEPS -> steps = count(STEPS, value, 1);
                case WARMUP -> warmup = count(WARMUP, value, 0);
                default -> json = Words.path(value);
            }
        }
        if (!given.operands().isEmpty() && given.operands().getFirst().equals(COMPARE)) {
            return compare(given, split);
        }
        if (given.operands().isEmpty()) {
            throw new UserError("bench takes CONFIG files; write s5 bench configs/quickstart.yaml");
        }
        if (json != null && !Files.isDirectory(json.toAbsolutePath().getParent())) {
            throw new UserError(json + ": cannot be written, there is no such folder"); // in time
        }
        Together together = new Together(processes, System.getenv());
        List<Config> configs = new ArrayList<>();
        for (String file : given.operands()) {
            configs.add(ConfigLoader.load(Words.path(file), split.config()));
        }
        if (processes.launches()) {
            List<String> command = new ArrayList<>(List.of("bench"));
            command.addAll(words);
            return together.launch(configs.getFirst(), command, spec.commandLine().getErr());
        }
        int timed = steps;
        int untimed = warmup;
        Path file = json;
        return together.work(ranks -> {
            configs.forEach(config -> Sameness.check(ranks, Together.shared(config)));
            bench(configs, untimed, timed, ranks.leads() ? file : null, together, ranks);
            return 0;
        });
    }

    private void bench(
            List<Config> configs,
            int warmup,
            int steps,
            Path json,
            Together together,
            Collective ranks) {
        PrintWriter out =
                ranks.leads() ? spec.commandLine().getOut() : new PrintWriter(Writer.nullWriter());
        ObjectNode report = new JsonMapper().createObjectNode();
        ArrayNode rows = report.putArray("experiments");
        for (Config config : configs) {
            Shape shape = config.data().shape();
            try (Backend backend = together.open(config, ranks)) {
                if (rows.isEmpty()) {
                    out.println(backend.describe());
                    report.put("device", backend.describe());
                    report.put("java", System.getProperty("java.version"));
                    report.put("date", Instant.now().toString());
                }
                Benchmark.Result result = Benchmark.run(config, shape, backend, warmup, steps);
                print(out, config, shape, result);
                ObjectNode row = rows.addObject().put("name", config.name());
                row.put("processes", ranks.size());
                row.put("batch", config.train().batch()).put("length", shape.length());
                row.put("features", config.model().features())
                        .put("states", config.model().states());
                row.put("layers", config.model().layers());
                row.put("precision", config.precision().toString());
                row.put("kernels", config.kernels().toString());
                row.put("resident_mb", Memory.mostResidentBytes() / 1_000_000);
                row.set("train", json(result.train()).put("in_a_row_ms", result.trainInARow()));
                row.set("eval", json(result.evaluation()));
            }
        }
        if (json != null) {
            try {
                AtomicFile.write(json, report.toPrettyString() + "\n");
            } catch (IOException e) {
                throw new UserError(json + ": cannot be written (" + AtomicFile.reason(e) + ")", e);
            }
        }
    }

    private int compare(Words given, Words.Split split) {
        List<String> files = given.operands();
        if (files.size() != 3 || !split.own().isEmpty() || !split.config().isEmpty()) {
            throw new UserError("bench compare takes two files of JSON and no settings");
        }
        BenchComparison.print(
                spec.commandLine().getOut(), Words.path(files.get(1)), Words.path(files.get(2)));
        return 0;
    }

    private static int count(String key, String value, int least) {
        if (!value.matches("\\d{1,6}") || Integer.parseInt(value) < least) {
            throw new UserError(
                    key + ": '" + value + "' is no whole number from " + least + " to 999999");
        }
        return Integer.parseInt(value);
    }

    private static void print(
            PrintWriter out, Config config, Shape shape, Benchmark.Result result) {
        out.printf(
                "%s: B %d, L %,d, H %d, P %d, %d layers%n",
                config.name(),
                config.train().batch(),
                shape.length(),
                config.model().features(),
                config.model().states(),
                config.model().layers());
        print(out, "train", result.train());
        out.printf("  train steps in a row: %.2f ms each%n", result.trainInARow());
        print(out, "eval", result.evaluation());
        out.printf(
                "  most memory resident so far: %,d MB%n", Memory.mostResidentBytes() / 1_000_000);
        out.flush();
    }

    private static void print(PrintWriter out, String what, Benchmark.Times t) {
        out.printf(
                "  %-5s step: median %.2f ms (%.2f to %.2f), %,d MB of scratch%n",
                what, t.median(), t.least(), t.most(), t.bytes() / 1_000_000);
        t.profile().forEach((op, ms) -> out.printf("      %-22s %9.2f ms%n", op, ms));
    }

    private static ObjectNode json(Benchmark.Times t) {
        ObjectNode node = new JsonMapper().createObjectNode();
        node.put("median_ms", t.median()).put("min_ms", t.least()).put("max_ms", t.most());
        node.put("scratch_bytes", t.bytes());
        ObjectNode profile = node.putObject("ms_by_operation");
        for (Map.Entry<String, Double> e : t.profile().entrySet()) {
            profile.put(e.getKey(), e.getValue());
        }
        return node;
    }
}
