package s5.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.ops.Discretizer;
import s5.ops.HeadOp.Pooling;

import java.nio.file.Path;
import java.util.List;

/** The settings of the official code's scripts, and its defaults. */
class OfficialSettingsTest {
    /** A key that only this data set has; null when it has not. */
    private static Object own(Config config, String key) {
        return Schema.of(config.data().set()).values(config).get("data." + key);
    }

    private static Config parse(String yaml, String... overrides) {
        return ConfigLoader.parse(yaml, Path.of("run.yaml"), List.of(overrides));
    }

    /** The values of run_train.py. */
    @Test
    void defaultsAreTheOfficialOnes() {
        Config config = parse("data: {set: smnist}");
        assertEquals("run", config.name());
        assertEquals(1919, config.seed());
        assertEquals(0.1, own(config, "validation"));
        assertEquals(
                new ModelConfig(
                        128,
                        256,
                        8,
                        6,
                        ModelConfig.CInit.TRUNC_STANDARD_NORMAL,
                        Discretizer.Method.ZOH,
                        ModelConfig.Activation.HALF_GLU1,
                        true,
                        false,
                        false,
                        .001,
                        .1,
                        ModelConfig.Norm.BATCH,
                        true,
                        .95,
                        Pooling.MEAN,
                        0,
                        ModelConfig.TimeSteps.USE,
                        false,
                        false),
                config.model());
        assertEquals(
                new TrainConfig(
                        100,
                        64,
                        1e-3,
                        1,
                        0,
                        1,
                        TrainConfig.Schedule.COSINE,
                        TrainConfig.OptimizerGroups.STANDARD,
                        .05,
                        false,
                        1,
                        1_000_000,
                        1000,
                        TrainConfig.FirstUpdate.OFFICIAL,
                        TrainConfig.CosineStart.OFFICIAL,
                        true,
                        0,
                        0,
                        10,
                        TrainConfig.ClassWeights.NONE,
                        TrainConfig.Loss.NLL,
                        TrainConfig.Select.SCORE,
                        TrainConfig.NOTHING,
                        TrainConfig.StartHead.KEEP,
                        TrainConfig.NOTHING,
                        TrainOptions.OFFICIAL),
                config.train());
        assertEquals(64, config.train().evaluationBatch());
        assertEquals(128, config.model().localStates());
        assertEquals(1, config.model().directions());
    }

    /** The row of bin/run_experiments/run_lra_listops.sh. */
    @Test
    void listopsHasTheOfficialSettings() {
        Config config = ConfigLoader.load(Path.of("configs/listops.yaml"), List.of());
        ModelConfig model = config.model();
        TrainConfig train = config.train();
        assertEquals(6554595, config.seed());
        assertEquals(
                List.of(8, 128, 16, 8),
                List.of(model.layers(), model.features(), model.states(), model.blocks()));
        assertEquals(ModelConfig.CInit.LECUN_NORMAL, model.cInit());
        assertEquals(ModelConfig.Activation.HALF_GLU2, model.activation());
        assertEquals(2, model.directions());
        assertEquals(8, model.localStates());
        assertEquals(List.of(40, 50), List.of(train.epochs(), train.batch()));
        assertEquals(
                List.of(.001, .003, .04), List.of(train.ssmLr(), train.lr(), train.weightDecay()));
        assertEquals(TrainConfig.OptimizerGroups.BFASTANDCDECAY, train.optConfig());
        assertEquals(List.of(0.0, 1.0), List.of(model.dropout(), train.warmupEpochs()));
        assertEquals(2048, own(config, "length"));
    }

    /** The rows of bin/run_experiments; for cifar, which has none, that of lra-cifar. */
    @ParameterizedTest
    @CsvSource({
        "imdb,       lecun_normal, half_glu2, 12,50,256,192,35,.001,4,standard,.1,.07,0,8825365",
        "aan,        trunc_standard_normal, half_glu1,"
                + " 16,32,128,256,20,.001,2,standard,0,.05,1,5464368",
        "image,      lecun_normal, half_glu1,"
                + " 3,50,512,384,250,.001,4.5,BfastandCdecay,.1,.07,1,16416",
        "cifar,      lecun_normal, half_glu1,"
                + " 3,50,512,384,250,.001,4.5,BfastandCdecay,.1,.07,1,16416",
        "pathfinder, trunc_standard_normal, half_glu1,"
                + " 8,64,192,256,200,.0009,5,standard,.05,.03,1,8180844",
        "pathx,      complex_normal, half_glu1,"
                + " 16,32,128,256,75,.0006,3,BandCdecay,0,.06,1,6429262",
    })
    void officialSettings(
            String name,
            String cInit,
            String activation,
            int blocks,
            int batch,
            int features,
            int states,
            int epochs,
            double ssmLr,
            double lrFactor,
            String optConfig,
            double dropout,
            double weightDecay,
            double warmup,
            long seed) {
        Config config = ConfigLoader.load(Path.of("configs/" + name + ".yaml"), List.of());
        ModelConfig model = config.model();
        TrainConfig train = config.train();
        assertEquals(cInit, Schema.spelling(model.cInit()));
        assertEquals(activation, Schema.spelling(model.activation()));
        assertEquals(
                List.of(blocks, batch, features, states, 6, epochs),
                List.of(
                        model.blocks(),
                        train.batch(),
                        model.features(),
                        model.states(),
                        model.layers(),
                        train.epochs()));
        assertEquals(optConfig, Schema.spelling(train.optConfig()));
        assertEquals(
                List.of(ssmLr, lrFactor, dropout, weightDecay, warmup),
                List.of(
                        train.ssmLr(),
                        train.lrFactor(),
                        model.dropout(),
                        train.weightDecay(),
                        train.warmupEpochs()));
        assertEquals(seed, config.seed());
        assertEquals(2, model.directions());
        assertEquals(ModelConfig.Norm.BATCH, model.norm());
        assertEquals(List.of(true, true), List.of(model.prenorm(), model.conjSym()));
        // What only some of the scripts set.
        boolean path = name.startsWith("path");
        assertEquals(path ? 0.9 : 0.95, model.bnMomentum());
        assertEquals(name.equals("pathx") ? 1e-4 : 1e-3, model.dtMin());
        assertEquals(name.equals("cifar") || name.equals("image"), model.clipEigs());
        assertEquals(name.equals("imdb") || name.equals("aan"), train.dtGlobal());
        boolean split = name.equals("aan") || path; // which come with a validation set
        assertEquals(split ? null : name.equals("imdb") ? 0.0 : 0.1, own(config, "validation"));
    }
}
