package s5.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HippoTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 8, 16, 33, 64, 128, 256})
    void diagonalizesTheNormalPart(int n) {
        Hippo hippo = Hippo.of(n);
        double[] s = Hippo.matrix(n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                s[i * n + j] += Math.sqrt((i + 0.5) * (j + 0.5));
            }
        }
        // V diag(lambda) V^H must be S, whose entries reach n; V^H V must be 1
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double re = 0;
                double im = 0;
                double unitRe = 0;
                double unitIm = 0;
                for (int k = 0; k < n; k++) {
                    double aRe = hippo.vRe()[i * n + k];
                    double aIm = hippo.vIm()[i * n + k];
                    double bRe = hippo.vRe()[j * n + k];
                    double bIm = -hippo.vIm()[j * n + k];
                    double pRe = aRe * bRe - aIm * bIm;
                    double pIm = aRe * bIm + aIm * bRe;
                    re += pRe * hippo.lambdaRe()[k] - pIm * hippo.lambdaIm()[k];
                    im += pRe * hippo.lambdaIm()[k] + pIm * hippo.lambdaRe()[k];
                    unitRe += pRe;
                    unitIm += pIm;
                }
                assertEquals(s[i * n + j], re, 1e-11 * n, "real part at " + i + ", " + j);
                assertEquals(0, im, 1e-11 * n, "imaginary part at " + i + ", " + j);
                assertEquals(i == j ? 1 : 0, unitRe, 1e-12 * n);
                assertEquals(0, unitIm, 1e-12 * n);
            }
        }
    }

    @Test
    void hasTheKnownEigenvalues() {
        double[] n4 = {-4.6033, -.5565, .5565, 4.6033};
        assertArrayEquals(n4, Hippo.of(4).lambdaIm(), 1e-4);
        double[] n16 = {-80.966, -25.629, -13.834, -8.362, -5.090, -2.900, -1.372, -.352};
        double[] all = Hippo.of(16).lambdaIm();
        assertArrayEquals(n16, java.util.Arrays.copyOf(all, 8), 5e-4);
        for (double re : Hippo.of(16).lambdaRe()) {
            assertEquals(-0.5, re, 1e-12);
        }
    }
}
