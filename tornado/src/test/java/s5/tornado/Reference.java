package s5.tornado;

import s5.ops.ScanOp;

/** The operations in double precision, by their formulas and nothing else. */
final class Reference {
    private Reference() {}

    /** {@link ScanOp.Scan}: x (B L, 2P d). */
    static double[] scan(
            float[] lambda, float[] u, int sequences, int length, int states, int directions) {
        int in = 2 * states;
        int out = in * directions;
        double[] x = new double[sequences * length * out];
        for (int b = 0; b < sequences; b++) {
            for (int d = 0; d < directions; d++) {
                for (int p = 0; p < states; p++) {
                    double re = 0;
                    double im = 0;
                    for (int step = 0; step < length; step++) {
                        int row = b * length + (d == 0 ? step : length - 1 - step);
                        double t = lambda[p] * re - lambda[states + p] * im + u[row * in + p];
                        im = lambda[p] * im + lambda[states + p] * re + u[row * in + states + p];
                        re = t;
                        x[row * out + d * in + p] = re;
                        x[row * out + d * in + states + p] = im;
                    }
                }
            }
        }
        return x;
    }

    /** {@link ScanOp.ScanAdjoint}: dU (B L, 2P), then dLambdaBar (2P). */
    static double[][] scanAdjoint(
            float[] lambda,
            float[] x,
            float[] dX,
            int sequences,
            int length,
            int states,
            int directions) {
        int in = 2 * states;
        int out = in * directions;
        double[] dU = new double[sequences * length * in];
        double[] dLambda = new double[in];
        for (int b = 0; b < sequences; b++) {
            for (int d = 0; d < directions; d++) {
                for (int p = 0; p < states; p++) {
                    double re = 0;
                    double im = 0;
                    for (int step = length - 1; step >= 0; step--) {
                        int row = b * length + (d == 0 ? step : length - 1 - step);
                        int at = row * out + d * in + p;
                        double t = lambda[p] * re + lambda[states + p] * im + dX[at];
                        im = lambda[p] * im - lambda[states + p] * re + dX[at + states];
                        re = t;
                        dU[row * in + p] += re;
                        dU[row * in + states + p] += im;
                        if (step > 0) {
                            int before = at + (d == 0 ? -out : out);
                            dLambda[p] += x[before] * re + x[before + states] * im;
                            dLambda[states + p] += x[before] * im - x[before + states] * re;
                        }
                    }
                }
            }
        }
        return new double[][] {dU, dLambda};
    }

    /**
     * Normalization over columns or rows: means, then biased variances.
     *
     * @param alongRows whether each row has its own statistics
     */
    static double[][] statistics(float[] x, int rows, int columns, boolean alongRows) {
        int groups = alongRows ? rows : columns;
        int count = alongRows ? columns : rows;
        double[] mean = new double[groups];
        double[] var = new double[groups];
        for (int i = 0; i < rows * columns; i++) {
            mean[alongRows ? i / columns : i % columns] += (double) x[i] / count;
        }
        for (int i = 0; i < rows * columns; i++) {
            int g = alongRows ? i / columns : i % columns;
            var[g] += (x[i] - mean[g]) * (x[i] - mean[g]) / count;
        }
        return new double[][] {mean, var};
    }

    /** {@code (x - mean) / sqrt(var + epsilon) * scale + bias}. */
    static double[] normalize(
            float[] x,
            double[] mean,
            double[] var,
            double epsilon,
            float[] scale,
            float[] bias,
            int columns,
            boolean alongRows) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int g = alongRows ? i / columns : i % columns;
            y[i] =
                    (x[i] - mean[g]) / Math.sqrt(var[g] + epsilon) * scale[i % columns]
                            + bias[i % columns];
        }
        return y;
    }

    /** Adjoint of normalization: dX, dScale, dBias. */
    static double[][] normalizeAdjoint(
            float[] x,
            float[] scale,
            float[] dY,
            float[] residual,
            double epsilon,
            int rows,
            int columns,
            boolean alongRows) {
        double[][] statistics = statistics(x, rows, columns, alongRows);
        int groups = alongRows ? rows : columns;
        int count = alongRows ? columns : rows;
        double[] dScale = new double[columns];
        double[] dBias = new double[columns];
        double[] xhat = new double[x.length];
        double[] sum = new double[groups];
        double[] product = new double[groups];
        for (int i = 0; i < x.length; i++) {
            int g = alongRows ? i / columns : i % columns;
            int h = i % columns;
            xhat[i] = (x[i] - statistics[0][g]) / Math.sqrt(statistics[1][g] + epsilon);
            dBias[h] += dY[i];
            dScale[h] += dY[i] * xhat[i];
            sum[g] += (double) dY[i] * scale[h] / count;
            product[g] += dY[i] * scale[h] * xhat[i] / count;
        }
        double[] dX = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int g = alongRows ? i / columns : i % columns;
            dX[i] =
                    (residual == null ? 0 : residual[i])
                            + ((double) dY[i] * scale[i % columns] - sum[g] - xhat[i] * product[g])
                                    / Math.sqrt(statistics[1][g] + epsilon);
        }
        return new double[][] {dX, dScale, dBias};
    }

    /** {@code op(a) op(b) (+ start)}. */
    static double[] matmul(
            float[] a,
            boolean transposeA,
            float[] b,
            boolean transposeB,
            float[] start,
            int m,
            int n,
            int k) {
        double[] out = new double[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = start == null ? 0 : start[i * n + j];
                for (int l = 0; l < k; l++) {
                    sum +=
                            (double) a[transposeA ? l * m + i : i * k + l]
                                    * b[transposeB ? j * k + l : l * n + j];
                }
                out[i * n + j] = sum;
            }
        }
        return out;
    }
}
