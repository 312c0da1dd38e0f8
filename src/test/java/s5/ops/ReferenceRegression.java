package s5.ops;

import static s5.ops.Matrices.columnSums;
import static s5.ops.Matrices.matrix;

import org.ejml.data.DMatrixRMaj;

import s5.ops.Matrices.Formula;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The reference's operations at the two ends of the regression model. */
abstract class ReferenceRegression extends ReferenceMemory implements Ops {
    ReferenceRegression(
            ReferenceBackend backend, Map<Tensor, double[]> scratch, List<Runnable> calls) {
        super(backend, scratch, calls);
    }

    @Override
    public void append(Tensor x, Tensor column, Tensor out) {
        calls.add(() -> {
            DMatrixRMaj xs = matrixOf(x);
            double[] last = vector(column);
            Formula element = (i, j) -> j < x.columns() ? xs.get(i, j) : last[i];
            store(out, matrix(x.rows(), x.columns() + 1, element));
        });
    }

    @Override
    public void appendAdjoint(Tensor dOut, Tensor dX) {
        calls.add(() -> {
            DMatrixRMaj d = matrixOf(dOut);
            store(dX, matrix(dX.rows(), dX.columns(), d::get));
        });
    }

    @Override
    public void activate(Tensor x, Curve curve, Tensor out) {
        calls.add(() -> store(out, Arrays.stream(vector(x)).map(v -> value(curve, v)).toArray()));
    }

    private static double value(Curve curve, double x) {
        return curve == Curve.RELU ? Math.max(0, x) : Math.tanh(x);
    }

    @Override
    public void activateAdjoint(Tensor out, Curve curve, Tensor dOut, Tensor dX) {
        calls.add(() -> {
            DMatrixRMaj y = matrixOf(out);
            DMatrixRMaj d = matrixOf(dOut);
            Formula relu = (i, j) -> y.get(i, j) > 0 ? d.get(i, j) : 0;
            Formula tanh = (i, j) -> d.get(i, j) * (1 - y.get(i, j) * y.get(i, j));
            store(dX, matrix(out.rows(), out.columns(), curve == Curve.RELU ? relu : tanh));
        });
    }

    // ---- images
    // ----------------------------------------------------------------------------------

    /**
     * The sizes of a convolution, and which weight meets which pixel in which output.
     *
     * @param images (n, S S K)
     * @param kernel (W, W, K, M)
     */
    private record Convolution(Tensor images, Tensor kernel, int size, int stride) {
        int in() {
            return kernel.dim(2);
        }

        int out() {
            return kernel.dim(3);
        }

        int side() {
            return ((size - 1) / stride + 1) / 2;
        }

        /** A weight and the pixel it is multiplied with; both are indices of flat arrays. */
        interface Pair {
            void meet(int pixel, int weight);
        }

        /** All pairs behind output (i, j) of channel m, before pooling. */
        void pairs(int image, int i, int j, int m, Pair action) {
            int width = kernel.dim(0);
            int r = (width - 1) / 2;
            for (int a = 0; a < width; a++) {
                for (int b = 0; b < width; b++) {
                    int y = stride * i + a - r;
                    int x = stride * j + b - r;
                    for (int k = 0; k < in(); k++) {
                        if (y >= 0 && y < size && x >= 0 && x < size) {
                            int pixel = ((image * size + y) * size + x) * in() + k;
                            action.meet(pixel, ((a * width + b) * in() + k) * out() + m);
                        }
                    }
                }
            }
        }

        /** A pooled output: where it is, and its index in a flat array. */
        interface Window {
            void at(int image, int i, int j, int m, int index);
        }

        void windows(Window action) {
            int index = 0;
            for (int image = 0; image < images.rows(); image++) {
                for (int i = 0; i < side(); i++) {
                    for (int j = 0; j < side(); j++) {
                        for (int m = 0; m < out(); m++) {
                            action.at(image, i, j, m, index++);
                        }
                    }
                }
            }
        }
    }

    @Override
    public void convReluPool(
            Tensor x, Tensor kernel, Tensor bias, int size, int stride, Tensor out, Tensor winner) {
        Convolution c = new Convolution(x, kernel, size, stride);
        calls.add(() -> {
            double[] pixels = vector(x);
            double[] weights = vector(kernel);
            double[] biases = vector(bias);
            double[] largest = new double[out.size()];
            double[] which = new double[out.size()];
            Arrays.fill(which, -1);
            c.windows((image, i, j, m, index) -> {
                for (int q = 0; q < 4; q++) {
                    double[] sum = {biases[m]};
                    c.pairs(
                            image,
                            2 * i + q / 2,
                            2 * j + q % 2,
                            m,
                            (pixel, weight) -> sum[0] += pixels[pixel] * weights[weight]);
                    if (sum[0] > largest[index]) {
                        largest[index] = sum[0];
                        which[index] = q;
                    }
                }
            });
            store(out, largest);
            if (winner != null) {
                store(winner, which);
            }
        });
    }

    @Override
    public void convReluPoolAdjoint(
            Tensor x,
            Tensor kernel,
            Tensor winner,
            Tensor dOut,
            int size,
            int stride,
            Tensor dKernel,
            Tensor dBias,
            Tensor dX) {
        Convolution c = new Convolution(x, kernel, size, stride);
        calls.add(() -> {
            double[] pixels = vector(x);
            double[] weights = vector(kernel);
            double[] which = vector(winner);
            double[] d = vector(dOut);
            double[] byWeight = new double[kernel.size()];
            double[] byBias = new double[c.out()];
            double[] byPixel = new double[x.size()];
            c.windows((image, i, j, m, index) -> {
                if (Math.round(which[index]) >= 0) {
                    int q = (int) Math.round(which[index]);
                    byBias[m] += d[index];
                    c.pairs(
                            image,
                            2 * i + q / 2,
                            2 * j + q % 2,
                            m,
                            (pixel, weight) -> {
                                byWeight[weight] += d[index] * pixels[pixel];
                                byPixel[pixel] += d[index] * weights[weight];
                            });
                }
            });
            store(dKernel, byWeight);
            store(dBias, byBias);
            if (dX != null) {
                store(dX, byPixel);
            }
        });
    }

    // ---- loss
    // ------------------------------------------------------------------------------------

    @Override
    public void gaussianLoss(
            Tensor mean,
            Tensor z,
            Tensor target,
            Tensor counters,
            int length,
            Tensor prediction,
            Tensor metrics,
            Tensor dMean,
            Tensor dZ) {
        calls.add(() -> {
            int k = mean.columns();
            int rows = integers(counters)[Counters.ROWS];
            int slot = integers(counters)[Counters.SLOT];
            int counting = rows * length;
            DMatrixRMaj mu = matrixOf(mean);
            DMatrixRMaj zs = matrixOf(z);
            DMatrixRMaj y = matrixOf(target);
            Formula var = (i, j) -> zs.get(i, j) < 0 ? Math.exp(zs.get(i, j)) : zs.get(i, j) + 1;
            Formula v = (i, j) -> Math.max(var.at(i, j), LEAST_VARIANCE);
            Formula error = (i, j) -> mu.get(i, j) - y.get(i, j);
            Formula loss =
                    (i, j) ->
                            (Math.log(v.at(i, j))
                                            + error.at(i, j) * error.at(i, j) / v.at(i, j)
                                            + Math.log(2 * Math.PI))
                                    / 2;
            Formula square = (i, j) -> error.at(i, j) * error.at(i, j);
            double[] m = vector(metrics);
            m[2 * slot] = Arrays.stream(columnSums(matrix(counting, k, loss))).sum() / counting;
            m[2 * slot + 1] =
                    -Arrays.stream(columnSums(matrix(counting, k, square))).sum() / (length * k);
            Formula both = (i, j) -> j < k ? mu.get(i, j) : var.at(i, j - k);
            Formula byMean = (i, j) -> i < counting ? error.at(i, j) / v.at(i, j) / counting : 0;
            Formula byV = (i, j) -> (1 / v.at(i, j) - Math.pow(error.at(i, j) / v.at(i, j), 2)) / 2;
            Formula vByZ =
                    (i, j) ->
                            var.at(i, j) < LEAST_VARIANCE
                                    ? 0
                                    : zs.get(i, j) < 0 ? Math.exp(zs.get(i, j)) : 1;
            Formula byZ = (i, j) -> i < counting ? byV.at(i, j) * vByZ.at(i, j) / counting : 0;
            store(prediction, matrix(mean.rows(), 2 * k, both));
            store(metrics, m);
            if (dMean != null) {
                store(dMean, matrix(mean.rows(), k, byMean));
                store(dZ, matrix(mean.rows(), k, byZ));
            }
        });
    }
}
