package s5.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.config.ModelConfig;
import s5.data.Shape;
import s5.ops.Discretizer;
import s5.ops.HeadOp.Pooling;

import java.util.Map;

class InitializationTest {
    private static final int H = 48;
    private static final int P = 64;

    private static ModelConfig config(
            ModelConfig.CInit cInit, boolean conjSym, boolean bidirectional) {
        return new ModelConfig(
                H,
                P,
                4,
                2,
                cInit,
                Discretizer.Method.ZOH,
                ModelConfig.Activation.FULL_GLU,
                conjSym,
                false,
                bidirectional,
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
    }

    private static Map<String, float[]> start(ModelConfig config, long seed) {
        Model model = new Model(config, new Shape(16, 3, false, false, 10, 1));
        return new Initialization(config, seed).parameters(model);
    }

    private static double deviation(float[] a) {
        double sum = 0;
        for (float x : a) {
            sum += (double) x * x;
        }
        return Math.sqrt(sum / a.length);
    }

    /**
     * B0 and C0 have a known variance and V is unitary, so every element of V^H B0 and of C0 V has
     * it too; under conjugate symmetry half of the rows are kept, which does not change it. A
     * complex element's variance is split between its parts: B0 is real, C0 complex.
     */
    @ParameterizedTest
    @CsvSource({
        "TRUNC_STANDARD_NORMAL, true, true, 0.125",
        "TRUNC_STANDARD_NORMAL, false, true, 0.125",
        "LECUN_NORMAL, true, false, 0.0180422",
        "COMPLEX_NORMAL, true, true, 0.7071068",
        "COMPLEX_NORMAL, false, false, 0.7071068"
    })
    void drawsBAndCWithTheOfficialDeviations(
            ModelConfig.CInit cInit, boolean conjSym, boolean bidirectional, double cDeviation) {
        Map<String, float[]> values = start(config(cInit, conjSym, bidirectional), 1);
        String layer = "encoder/layers_0/seq/";
        // 1 / sqrt(64) for the complex element, over sqrt(2) for each part
        assertEquals(0.125 / Math.sqrt(2), deviation(values.get(layer + "B")), 0.004);
        float[] c = values.getOrDefault(layer + "C", values.get(layer + "C1"));
        assertEquals(cDeviation, deviation(c), 0.05 * cDeviation);
    }

    @Test
    void keepsTheConjugatesWithNegativeImaginaryParts() {
        Map<String, float[]> values = start(config(ModelConfig.CInit.LECUN_NORMAL, true, true), 1);
        float[] re = values.get("encoder/layers_1/seq/Lambda_re");
        float[] im = values.get("encoder/layers_1/seq/Lambda_im");
        assertEquals(P / 2, im.length);
        double[] n16 = {-80.966, -25.629, -13.834, -8.362, -5.090, -2.900, -1.372, -.352};
        for (int p = 0; p < im.length; p++) {
            assertEquals(n16[p % 8], im[p], 5e-4);
            assertEquals(-.5, re[p], 1e-6);
        }
    }

    @Test
    void drawsTheRestAsTheOfficialCodeDoes() {
        Map<String, float[]> values = start(config(ModelConfig.CInit.LECUN_NORMAL, true, true), 7);
        assertEquals(1 / Math.sqrt(H), deviation(values.get("encoder/layers_0/out1/kernel")), 0.01);
        float[] kernel = values.get("encoder/layers_0/out2/kernel");
        double most = 2 / Math.sqrt(H) / .8796256610342398;
        for (float x : kernel) {
            assertTrue(Math.abs(x) <= most * 1.000001, "cut off at two deviations: " + x);
        }
        for (float x : values.get("encoder/layers_0/seq/log_step")) {
            assertTrue(x >= Math.log(.001) - 1e-5 && x <= Math.log(.1) + 1e-5, "log step " + x);
        }
        assertEquals(1, deviation(values.get("encoder/layers_0/norm/scale")));
        assertEquals(0, deviation(values.get("decoder/bias")));
        assertEquals(1, deviation(values.get("encoder/layers_0/seq/D")), .25);
    }

    @Test
    void dependsOnTheSeedAlone() {
        ModelConfig config = config(ModelConfig.CInit.LECUN_NORMAL, true, true);
        String name = "encoder/layers_0/seq/B";
        assertArrayEquals(start(config, 3).get(name), start(config, 3).get(name));
        assertNotEquals(start(config, 3).get(name)[0], start(config, 4).get(name)[0]);
        assertNotEquals(
                start(config, 3).get(name)[0], start(config, 3).get("encoder/layers_1/seq/B")[0]);
    }
}
