package s5.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.Devices;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.ops.Backend;
import s5.run.Console;
import s5.run.RunFolder;
import s5.run.TinyRun;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A run that is stopped wherever it may be, and goes on. */
class StoppedTrainerTest {
    @TempDir Path folder;
    private TinyRun tiny;
    private int asked; // how often the present run asked whether to stop

    private void train(String name, boolean resume, BooleanSupplier stop) {
        List<String> words = tiny.words(name, "train.epochs=2");
        Config config = ConfigLoader.load(Path.of(words.get(1)), words.subList(2, words.size()));
        Console console = Console.plain(new PrintWriter(Writer.nullWriter()));
        try (RunFolder run = RunFolder.open(config, resume, console);
                Backend backend = Devices.open("cpu", config.precision(), config.kernels(), 1)) {
            run.begin(config, backend, words);
            try (Trainer trainer = new Trainer(config, config.data().open(), backend, run, stop)) {
                trainer.run();
            }
        }
    }

    /** 12 steps an epoch, a row for two of them: half of the stops come between two rows. */
    @Test
    void comesToTheSameWhereverItStops() throws IOException {
        tiny = new TinyRun(folder);
        train("alone", false, () -> ++asked < 0);
        int times = asked;
        assertTrue(times > 2 * 12, "asked " + times + " times");
        for (int n = 1; n <= times; n++) {
            int last = n;
            asked = 0;
            train("stopped" + n, false, () -> ++asked >= last);
            assertTrue(asked >= n);
            train("stopped" + n, true, () -> false);
            TinyRun.assertSame(tiny.out("alone"), tiny.out("stopped" + n));
        }
    }
}
