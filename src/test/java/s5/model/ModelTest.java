package s5.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.config.ModelConfig;
import s5.data.Shape;
import s5.ops.Discretizer;
import s5.ops.HeadOp.Pooling;

class ModelTest {
    /** Parameter counts of the official experiments. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "listops, LECUN_NORMAL, HALF_GLU2, 8, 128, 16, 8, 20, 10, 1, 188490",
        "imdb, LECUN_NORMAL, HALF_GLU2, 12, 256, 192, 6, 135, 2, 1, 1321154",
        "aan, TRUNC_STANDARD_NORMAL, HALF_GLU1, 16, 128, 256, 6, 98, 2, 2, 772098",
        "lra-cifar, LECUN_NORMAL, HALF_GLU1, 3, 512, 384, 6, 1, 10, 1, 5133706",
        "pathfinder, TRUNC_STANDARD_NORMAL, HALF_GLU1, 8, 192, 256, 6, 1, 2, 1, 1113602",
        "pathx, COMPLEX_NORMAL, HALF_GLU1, 16, 128, 256, 6, 1, 2, 1, 694018",
        "speech35, LECUN_NORMAL, HALF_GLU1, 16, 96, 128, 6, 1, 35, 1, 283523"
    })
    void hasTheOfficialNumberOfParameters(
            String name,
            ModelConfig.CInit cInit,
            ModelConfig.Activation activation,
            int blocks,
            int features,
            int states,
            int layers,
            int inputs,
            int classes,
            int documents,
            int count) {
        ModelConfig config =
                new ModelConfig(
                        features,
                        states,
                        blocks,
                        layers,
                        cInit,
                        Discretizer.Method.ZOH,
                        activation,
                        true,
                        false,
                        true,
                        .001,
                        .1,
                        ModelConfig.Norm.BATCH,
                        true,
                        .95,
                        Pooling.MEAN,
                        0,
                        ModelConfig.TimeSteps.USE,
                        false,
                        false);
        Model model =
                new Model(
                        config, new Shape(64, inputs, inputs > 1, inputs > 1, classes, documents));
        assertEquals(count, model.parameterCount());
    }
}
