package s5.train;

import s5.config.Config;
import s5.config.ConfigLoader;
import s5.cpu.CpuBackend;
import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Shape;
import s5.data.given.ProgramData;
import s5.model.Model;
import s5.ops.Tensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Checkpoints of models with random weights and running statistics, for tests of what uses them.
 */
public final class RandomModel {
    private RandomModel() {}

    /**
     * Writes one.
     *
     * @param settings words of a config besides those of the data, such as {@code model.layers=2}
     */
    public static Path write(Path file, Shape shape, String... settings) {
        List<String> words = new ArrayList<>(ProgramData.words(shape));
        return write(file, shape, words, settings);
    }

    /**
     * Writes one of another data set.
     *
     * @param data words of the section {@code data}
     */
    public static Path write(Path file, Shape shape, List<String> data, String... settings) {
        List<String> words = new ArrayList<>(data);
        words.addAll(Arrays.asList(settings));
        Config config = ConfigLoader.of(words.toArray(String[]::new));
        Model model = new Model(config.model(), shape);
        try (CpuBackend backend = new CpuBackend(1, false);
                Learner learner =
                        new Learner(backend, model, config.train(), 1, shape.length(), 1)) {
            learner.initialize(config.seed());
            Random random = new Random(config.seed());
            for (Tensor t : model.statistics()) {
                backend.write(t, values(random, t.size(), t.name().endsWith("/var") ? 1.5 : 0));
            }
            model.parameters().stream()
                    .filter(p -> p.leaf().equals("bias") || p.leaf().equals("scale"))
                    .forEach(p -> {
                        double around = p.leaf().equals("scale") ? 1 : 0;
                        backend.write(p.value(), values(random, p.value().size(), around));
                    });
            Dataset named = new Named(shape);
            RunProgress progress = new RunProgress();
            learner.checkpoint(CheckpointChecks.about(config, named), progress)
                    .toFile()
                    .write(file);
        }
        return file;
    }

    private static float[] values(Random random, int size, double around) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (around + 0.4 * random.nextDouble() - 0.2);
        }
        return values;
    }

    /** A set of which only the names count. */
    private record Named(Shape shape) implements Dataset {
        @Override
        public int size() {
            return 1;
        }

        @Override
        public void read(int i, Batch batch, int row) {
            for (int k = 0; batch.x != null && k < batch.x.length; k++) {
                batch.x[k] = k % 2 == 0 ? -9 : 9; // the inputs' range
            }
        }
    }
}
