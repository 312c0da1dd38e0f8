package s5.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import s5.data.set.Sc35;
import s5.model.Model;

import java.nio.file.Path;
import java.util.List;

class Sc35ConfigTest {
    /** The official script's settings and its number of parameters. */
    @Test
    void sc35HasTheOfficialSettings() {
        Config config = ConfigLoader.load(Path.of("configs/sc35.yaml"), List.of());
        ModelConfig model = config.model();
        TrainConfig train = config.train();
        assertEquals(4062966, config.seed());
        assertEquals(new Sc35.Settings(Sc35.Normalization.OFFICIAL), config.data().own());
        assertEquals(
                List.of(6, 96, 128, 16),
                List.of(model.layers(), model.features(), model.states(), model.blocks()));
        assertEquals(ModelConfig.CInit.LECUN_NORMAL, model.cInit());
        assertEquals(ModelConfig.Activation.HALF_GLU1, model.activation());
        assertEquals(2, model.directions());
        assertEquals(List.of(.1, .95), List.of(model.dropout(), model.bnMomentum()));
        assertEquals(List.of(.001, .1), List.of(model.dtMin(), model.dtMax()));
        assertEquals(List.of(40, 16), List.of(train.epochs(), train.batch()));
        assertEquals(
                List.of(.002, .008, .04), List.of(train.ssmLr(), train.lr(), train.weightDecay()));
        assertEquals(1, train.warmupEpochs());
        assertEquals(TrainConfig.OptimizerGroups.NOBCDECAY, train.optConfig());
        assertEquals(283_523, new Model(model, config.data().shape()).parameterCount());
    }
}
