package s5.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.config.Config;
import s5.config.ConfigLoader;
import s5.cpu.CpuBackend;
import s5.data.Shape;
import s5.model.Model;
import s5.model.Outputs;
import s5.ops.Backend;

class FootprintTest {

    /** What the CPU takes once the steps are recorded. */
    @ParameterizedTest
    @CsvSource({
        "half_glu1, batch, true, 1",
        "full_glu, layer, false, 1",
        "half_glu2, batch, true, 2",
        "gelu, batch, false, 1"
    })
    void isWhatTheCpuTakes(String activation, String norm, boolean bidirectional, int documents) {
        Config config =
                ConfigLoader.of(
                        "data.set=listops",
                        "model.features=12",
                        "model.states=8",
                        "model.blocks=2",
                        "model.layers=3",
                        "model.dropout=0.1",
                        "model.activation=" + activation,
                        "model.norm=" + norm,
                        "model.bidirectional=" + bidirectional,
                        "train.batch=5");
        Shape shape = new Shape(33, 20, true, true, 10, documents);
        Footprint footprint = Footprint.of(config, shape);
        Model model = new Model(config.model(), shape);
        long metrics = 4L * (5 * 10 + Outputs.SLOTS * 2);
        try (Backend backend = new CpuBackend(1, false);
                Learner learner = new Learner(backend, model, config.train(), 5, 33, 1);
                Evaluator evaluator = new Evaluator(backend, model, 5, 33, 1)) {
            long gradients = 4L * model.parameterCount();
            assertEquals(learner.bytes(), footprint.training() + gradients + metrics);
            assertEquals(evaluator.bytes(), footprint.evaluation() + metrics);
            long state = learner.state().values().stream().mapToLong(t -> 4L * t.size()).sum();
            assertEquals(state + gradients, footprint.parameters());
        }
    }
}
