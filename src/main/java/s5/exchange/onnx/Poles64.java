package s5.exchange.onnx;

import s5.ops.Discretizer;
import s5.ops.Discretizer.Method;

/**
 * Lambda and Delta of a layer in double precision.
 *
 * @param re (P)
 * @param im (P)
 * @param step (P): Delta, the rescaling included
 */
record Poles64(double[] re, double[] im, double[] step) {

    static Poles64 of(float[] re, float[] im, float[] logStep, Discretizer discretizer) {
        int p = re.length;
        Poles64 poles = new Poles64(new double[p], new double[p], new double[p]);
        for (int i = 0; i < p; i++) {
            poles.re[i] =
                    discretizer.clip() ? Math.min(re[i], Discretizer.CLIP_EIGENVALUES) : re[i];
            poles.im[i] = im[i];
            poles.step[i] = discretizer.stepRescale() * Math.exp(logStep[i]);
        }
        return poles;
    }

    /** (2P): Lambda_bar, real parts, then imaginary parts. */
    double[] bar(Method method) {
        int p = re.length;
        double[] bar = new double[2 * p];
        for (int i = 0; i < p; i++) {
            double x = re[i] * step[i];
            double y = im[i] * step[i];
            if (method == Method.ZOH) {
                bar[i] = Math.exp(x) * Math.cos(y);
                bar[p + i] = Math.exp(x) * Math.sin(y);
            } else {
                double size = (1 - x / 2) * (1 - x / 2) + y * y / 4;
                bar[i] = ((1 + x / 2) * (1 - x / 2) - y * y / 4) / size;
                bar[p + i] = y / size;
            }
        }
        return bar;
    }

    /** (2P): what B_bar is of B, real parts, then imaginary parts. */
    double[] factor(Method method) {
        int p = re.length;
        double[] factor = new double[2 * p];
        for (int i = 0; i < p; i++) {
            double x = re[i] * step[i];
            double y = im[i] * step[i];
            if (method == Method.ZOH) {
                double half = Math.sin(y / 2);
                double a = Math.expm1(x) * Math.cos(y) - 2 * half * half;
                double b = Math.exp(x) * Math.sin(y);
                double size = re[i] * re[i] + im[i] * im[i];
                boolean zero = size == 0; // the limit
                factor[i] = zero ? step[i] : (a * re[i] + b * im[i]) / size;
                factor[p + i] = zero ? 0 : (b * re[i] - a * im[i]) / size;
            } else {
                double size = (1 - x / 2) * (1 - x / 2) + y * y / 4;
                factor[i] = step[i] * (1 - x / 2) / size;
                factor[p + i] = step[i] * y / 2 / size;
            }
        }
        return factor;
    }
}
