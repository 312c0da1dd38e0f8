package s5.train.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.config.ConfigLoader;
import s5.config.TrainConfig;
import s5.config.TrainConfig.OptimizerGroups;
import s5.config.TrainOptions;
import s5.model.Parameter;
import s5.ops.Tensor;

class OptimizerTest {
    private static Optimizer.Group group(
            OptimizerGroups groups, boolean dtGlobal, boolean decayNorms, String leaf) {
        TrainConfig train =
                new TrainConfig(
                        1,
                        1,
                        .001,
                        1,
                        0,
                        0,
                        TrainConfig.Schedule.CONSTANT,
                        groups,
                        .05,
                        dtGlobal,
                        1,
                        1,
                        1,
                        TrainConfig.FirstUpdate.OFFICIAL,
                        TrainConfig.CosineStart.OFFICIAL,
                        decayNorms,
                        0,
                        0,
                        0,
                        TrainConfig.ClassWeights.NONE,
                        TrainConfig.Loss.NLL,
                        TrainConfig.Select.SCORE,
                        TrainConfig.NOTHING,
                        TrainConfig.StartHead.KEEP,
                        TrainConfig.NOTHING,
                        TrainOptions.OFFICIAL);
        return Optimizer.group(train, leaf);
    }

    /** Names of parameters that do not decay, whole or with stars. */
    @ParameterizedTest
    @CsvSource({
        "*/bias, decoder/bias, REGULAR_UNDECAYED",
        "*/bias, encoder/layers_0/norm/bias, REGULAR_UNDECAYED",
        "*norm/*, encoder/layers_0/norm/bias, REGULAR_UNDECAYED",
        "*norm/*, decoder/bias, REGULAR",
        "bias, decoder/bias, REGULAR",
        "'*/C, encoder/*', encoder/layers_0/norm/scale, REGULAR_UNDECAYED",
        "*/B, encoder/layers_0/seq/B, SSM",
        "*/C, encoder/layers_0/seq/B, SSM_DECAYED",
        "none, decoder/bias, REGULAR"
    })
    void somethingIsSparedByItsName(String patterns, String name, Optimizer.Group expected) {
        TrainConfig train =
                ConfigLoader.of(
                                "data.set=smnist",
                                "train.opt_config=BandCdecay",
                                "train.no_decay=" + patterns)
                        .train();
        Tensor value = Tensor.parameter(name, 1);
        assertEquals(expected, Optimizer.group(train, new Parameter(value, Tensor.output("d", 1))));
    }

    /** The official table of groups: which parameter is trained how under which setting. */
    @ParameterizedTest
    @CsvSource({
        "STANDARD, SSM, REGULAR, REGULAR",
        "BANDCDECAY, SSM_DECAYED, REGULAR, REGULAR",
        "BFASTANDCDECAY, REGULAR, REGULAR, REGULAR",
        "NOBCDECAY, SSM, SSM, SSM"
    })
    void groupsParametersAsTheOfficialCode(
            OptimizerGroups groups, Optimizer.Group b, Optimizer.Group c, Optimizer.Group d) {
        assertEquals(b, group(groups, false, true, "B"));
        for (String leaf : new String[] {"C", "C1", "C2"}) {
            assertEquals(c, group(groups, false, true, leaf));
        }
        assertEquals(d, group(groups, false, true, "D"));
        for (String leaf : new String[] {"Lambda_re", "Lambda_im", "log_step"}) {
            assertEquals(Optimizer.Group.SSM, group(groups, false, true, leaf));
        }
        assertEquals(Optimizer.Group.REGULAR, group(groups, true, true, "log_step"));
        for (String leaf : new String[] {"scale", "bias"}) {
            assertEquals(Optimizer.Group.REGULAR, group(groups, false, true, leaf));
            assertEquals(Optimizer.Group.REGULAR_UNDECAYED, group(groups, false, false, leaf));
        }
        assertEquals(Optimizer.Group.REGULAR, group(groups, false, false, "kernel"));
    }
}
