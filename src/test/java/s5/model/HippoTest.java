package s5.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;

class HippoTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 8, 16, 33, 64, 128, 256, 512})
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

    /** 2,048 states are no reason to wait: the arithmetic is that of a few dense layers. */
    @Test
    void isOrthonormalWhereItIsLarge() {
        int n = 2_048;
        Hippo hippo = assertTimeout(Duration.ofSeconds(30), () -> Hippo.of(n));
        for (int j : new int[] {0, 1, 700, n / 2, n - 1}) {
            for (int k : new int[] {0, 1, 701, n / 2, n - 1}) {
                double re = 0;
                double im = 0;
                for (int i = 0; i < n; i++) {
                    double aRe = hippo.vRe()[i * n + j];
                    double aIm = hippo.vIm()[i * n + j];
                    double bRe = hippo.vRe()[i * n + k];
                    double bIm = hippo.vIm()[i * n + k];
                    re += aRe * bRe + aIm * bIm;
                    im += aRe * bIm - aIm * bRe;
                }
                assertEquals(j == k ? 1 : 0, re, 1e-11, j + ", " + k);
                assertEquals(0, im, 1e-11, j + ", " + k);
            }
        }
        assertEquals(0, residual(hippo, n - 1), 1e-9 * hippo.lambdaIm()[n - 1]);
    }

    /** The largest element of {@code S v - lambda v}, S being the normal part. */
    private static double residual(Hippo hippo, int j) {
        int n = hippo.n();
        double worst = 0;
        for (int i = 0; i < n; i++) {
            double re =
                    -hippo.lambdaRe()[j] * hippo.vRe()[i * n + j]
                            + hippo.lambdaIm()[j] * hippo.vIm()[i * n + j];
            double im =
                    -hippo.lambdaRe()[j] * hippo.vIm()[i * n + j]
                            - hippo.lambdaIm()[j] * hippo.vRe()[i * n + j];
            for (int k = 0; k < n; k++) {
                double s =
                        Math.signum(k - i) * Math.sqrt((i + 0.5) * (k + 0.5)) - (i == k ? 0.5 : 0);
                re += s * hippo.vRe()[k * n + j];
                im += s * hippo.vIm()[k * n + j];
            }
            worst = Math.max(worst, Math.max(Math.abs(re), Math.abs(im)));
        }
        return worst;
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
