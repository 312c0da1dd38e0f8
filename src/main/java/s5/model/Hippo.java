package s5.model;

import java.util.Arrays;

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
     * Diagonalizes the normal part for N states, in closed form but for one root an eigenvalue.
     *
     * <p>With {@code a_n = n + 1/2} the normal part is {@code S = -1/2 + K}, K being skew-symmetric
     * with {@code K_nm = -sqrt(a_n a_m)} below the diagonal. For {@code K v = i omega v} let {@code
     * R_n} be the sum of {@code sqrt(2 a_m) v_m} over m up to n, less half of it over all m. Row n
     * then says {@code R_n = R_{n-1} (i omega - a_n) / (i omega + a_n)}: a turn, with no change of
     * size. From {@code -R} before the first to {@code R} behind the last these turns must add up
     * to half a circle: {@code sum over n of atan(omega / a_n) = pi (j - (N - 1) / 2)} for one of j
     * = 0 .. N - 1, and each has one root. The eigenvector is {@code v_n = R_{n-1} sqrt(2 a_n) /
     * (a_n + i omega)}.
     *
     * @param n N, the states
     * @return eigenvalues and eigenvectors
     */
    public static Hippo of(int n) {
        double[] lambdaRe = new double[n];
        double[] lambdaIm = new double[n];
        double[] vRe = new double[n * n];
        double[] vIm = new double[n * n];
        Arrays.fill(lambdaRe, -0.5);
        double omega = 0;
        for (int j = n / 2; j < n; j++) {
            omega = frequency(n, Math.PI * (j - (n - 1) / 2.0), omega);
            lambdaIm[j] = omega;
            lambdaIm[n - 1 - j] = -omega;
            vector(n, j, omega, vRe, vIm);
            vector(n, n - 1 - j, -omega, vRe, vIm);
        }
        return new Hippo(n, lambdaRe, lambdaIm, vRe, vIm);
    }

    /**
     * Where the angles {@code atan(omega / a_n)} add up to {@code angle}, which is not negative, by
     * Newton's method. Their sum is concave there, so that from below it comes ever closer and
     * never goes past.
     *
     * @param below a frequency that is not too high
     */
    private static double frequency(int n, double angle, double below) {
        double omega = below;
        while (true) {
            double sum = 0;
            double slope = 0;
            for (int i = 0; i < n; i++) {
                double a = i + 0.5;
                sum += Math.atan(omega / a);
                slope += a / (a * a + omega * omega);
            }
            double next = omega + (angle - sum) / slope;
            if (!(next > omega * (1 + 1e-15))) {
                return omega;
            }
            omega = next;
        }
    }

    /** Writes the eigenvector of length 1 into column j. */
    private static void vector(int n, int j, double omega, double[] vRe, double[] vIm) {
        double turnRe = 1;
        double turnIm = 0;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            double a = i + 0.5;
            double size = a * a + omega * omega;
            double weight = Math.sqrt(2 * a) / size;
            vRe[i * n + j] = weight * (turnRe * a + turnIm * omega);
            vIm[i * n + j] = weight * (turnIm * a - turnRe * omega);
            squares += 2 * a / size;
            double re = (omega * omega - a * a) / size;
            double im = 2 * a * omega / size;
            double turned = turnRe * re - turnIm * im;
            turnIm = turnRe * im + turnIm * re;
            turnRe = turned;
        }
        double scale = 1 / Math.sqrt(squares);
        for (int i = 0; i < n; i++) {
            vRe[i * n + j] *= scale;
            vIm[i * n + j] *= scale;
        }
    }
}
