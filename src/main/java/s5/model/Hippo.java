package s5.model;

import java.util.stream.IntStream;

/**
 * The HiPPO-LegS matrix, made normal and diagonalized: {@code A + q q' = V diag(lambda) V^H};
 * paper, section 3.2 and appendix B.1.
 *
 * @param n N, the states
 * @param lambdaRe (N) real parts, all -1/2
 * @param lambdaIm (N) imaginary parts, ascending
 * @param vRe (N, N) real parts of the unitary V, row-major; eigenvector j is column j, its phase
 *     arbitrary
 * @param vIm (N, N) imaginary parts of V
 */
public record Hippo(int n, double[] lambdaRe, double[] lambdaIm, double[] vRe, double[] vIm) {

    /**
     * {@return the HiPPO-LegS matrix itself, (N, N), row-major: {@code A = -(tril(p p') - diag(n))}
     * with {@code p_n = sqrt(1 + 2n)}}
     *
     * @param n N, the states
     */
    public static double[] matrix(int n) {
        double[] a = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                a[i * n + j] = -Math.sqrt((1 + 2.0 * i) * (1 + 2.0 * j)) + (i == j ? i : 0);
            }
        }
        return a;
    }

    /**
     * Diagonalizes the normal part for N states.
     *
     * @param n N, the states
     * @return eigenvalues and eigenvectors
     */
    public static Hippo of(int n) {
        double[] s = matrix(n);
        double trace = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                s[i * n + j] += Math.sqrt((i + 0.5) * (j + 0.5));
            }
            trace += s[i * n + i];
        }
        // S + 1/2 is skew-symmetric, so -i S has the Hermitian part -i (S - S') / 2
        double[] im = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                im[i * n + j] = -(s[i * n + j] - s[j * n + i]) / 2;
            }
        }
        double[] re = new double[n * n];
        double[] vRe = new double[n * n];
        double[] vIm = new double[n * n];
        jacobi(n, re, im, vRe, vIm);
        int[] order =
                IntStream.range(0, n)
                        .boxed()
                        .sorted((i, j) -> Double.compare(re[i * n + i], re[j * n + j]))
                        .mapToInt(Integer::intValue)
                        .toArray();
        double[] lambdaRe = new double[n];
        double[] lambdaIm = new double[n];
        double[] sortedRe = new double[n * n];
        double[] sortedIm = new double[n * n];
        for (int j = 0; j < n; j++) {
            lambdaRe[j] = trace / n;
            lambdaIm[j] = re[order[j] * n + order[j]];
            for (int i = 0; i < n; i++) {
                sortedRe[i * n + j] = vRe[i * n + order[j]];
                sortedIm[i * n + j] = vIm[i * n + order[j]];
            }
        }
        return new Hippo(n, lambdaRe, lambdaIm, sortedRe, sortedIm);
    }

    /**
     * Cyclic Jacobi for a Hermitian matrix: leaves the eigenvalues on the diagonal of {@code re}
     * and the eigenvectors in the columns of v. Each rotation makes one pair of off-diagonal
     * elements zero; a few sweeps over all pairs make all of them so.
     */
    private static void jacobi(int n, double[] re, double[] im, double[] vRe, double[] vIm) {
        double norm = 0;
        for (int i = 0; i < n * n; i++) {
            norm += re[i] * re[i] + im[i] * im[i];
        }
        for (int i = 0; i < n; i++) {
            vRe[i * n + i] = 1;
        }
        for (int sweep = 0; sweep < 60; sweep++) {
            double off = 0;
            for (int p = 0; p < n; p++) {
                for (int q = p + 1; q < n; q++) {
                    double x = re[p * n + q];
                    double y = im[p * n + q];
                    off += x * x + y * y;
                }
            }
            if (off <= 1e-30 * norm) {
                return;
            }
            for (int p = 0; p < n; p++) {
                for (int q = p + 1; q < n; q++) {
                    rotate(n, p, q, re, im, vRe, vIm);
                }
            }
        }
        throw new IllegalStateException("Jacobi did not converge for N = " + n);
    }

    /**
     * Makes element (p, q) zero: {@code A := J^H A J}, {@code V := V J}, with J a rotation by (c, s
     * e^{i phi}) in the plane p, q.
     */
    private static void rotate(
            int n, int p, int q, double[] re, double[] im, double[] vRe, double[] vIm) {
        double x = re[p * n + q];
        double y = im[p * n + q];
        double size = Math.hypot(x, y);
        if (size == 0) {
            return;
        }
        double tau = (re[q * n + q] - re[p * n + p]) / (2 * size);
        double t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.hypot(1, tau));
        double c = 1 / Math.hypot(1, t);
        double sRe = c * t * x / size;
        double sIm = c * t * y / size;
        for (int i = 0; i < n; i++) {
            columns(n, i, p, q, c, sRe, sIm, re, im);
            columns(n, i, p, q, c, sRe, sIm, vRe, vIm);
        }
        for (int j = 0; j < n; j++) {
            double pRe = re[p * n + j];
            double pIm = im[p * n + j];
            double qRe = re[q * n + j];
            double qIm = im[q * n + j];
            re[p * n + j] = c * pRe - (sRe * qRe - sIm * qIm);
            im[p * n + j] = c * pIm - (sRe * qIm + sIm * qRe);
            re[q * n + j] = c * qRe + (sRe * pRe + sIm * pIm);
            im[q * n + j] = c * qIm + (sRe * pIm - sIm * pRe);
        }
        // exact where rounding leaves dust
        re[p * n + q] = 0;
        im[p * n + q] = 0;
        re[q * n + p] = 0;
        im[q * n + p] = 0;
        im[p * n + p] = 0;
        im[q * n + q] = 0;
    }

    /**
     * Row i times J: column p becomes {@code c a_p - conj(s) a_q}, column q becomes {@code s a_p +
     * c a_q}.
     */
    private static void columns(
            int n,
            int i,
            int p,
            int q,
            double c,
            double sRe,
            double sIm,
            double[] re,
            double[] im) {
        double pRe = re[i * n + p];
        double pIm = im[i * n + p];
        double qRe = re[i * n + q];
        double qIm = im[i * n + q];
        re[i * n + p] = c * pRe - (sRe * qRe + sIm * qIm);
        im[i * n + p] = c * pIm - (sRe * qIm - sIm * qRe);
        re[i * n + q] = c * qRe + (sRe * pRe - sIm * pIm);
        im[i * n + q] = c * qIm + (sRe * pIm + sIm * pRe);
    }
}
