package s5.cpu.input;

import static jdk.incubator.vector.FloatVector.fromArray;

import static s5.cpu.VectorMath.S;
import static s5.cpu.VectorMath.V;
import static s5.cpu.VectorMath.all;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Convolutions in the Vector API: the output channels of a pixel stand in the lanes, and the four
 * outputs of a window share each load of weights.
 */
final class VectorConvolutions implements Convolutions {

    @Override
    public int padded(int n) {
        return (n + V - 1) / V * V;
    }

    @Override
    public void forward(
            ImageSizes z, float[] framed, float[] weights, float[] out, float[] winner, int at) {
        int lanes = padded(z.out());
        for (int window = 0; window < z.windows(); window++) {
            int o0 = z.origin(window, 0);
            int o1 = z.origin(window, 1);
            int o2 = z.origin(window, 2);
            int o3 = z.origin(window, 3);
            for (int m = 0; m < z.out(); m += V) {
                FloatVector c0 = fromArray(S, weights, z.taps() * lanes + m);
                FloatVector c1 = c0;
                FloatVector c2 = c0;
                FloatVector c3 = c0;
                int weight = m;
                for (int a = 0; a < z.width(); a++) {
                    int row = a * z.row();
                    for (int i = row; i < row + z.run(); i++) {
                        FloatVector w = fromArray(S, weights, weight);
                        c0 = w.fma(all(framed[o0 + i]), c0);
                        c1 = w.fma(all(framed[o1 + i]), c1);
                        c2 = w.fma(all(framed[o2 + i]), c2);
                        c3 = w.fma(all(framed[o3 + i]), c3);
                        weight += lanes;
                    }
                }
                FloatVector best = all(0f);
                FloatVector which = all(-1f);
                VectorMask<Float> more = c0.compare(VectorOperators.GT, best);
                best = best.blend(c0, more);
                which = which.blend(0f, more);
                more = c1.compare(VectorOperators.GT, best);
                best = best.blend(c1, more);
                which = which.blend(1f, more);
                more = c2.compare(VectorOperators.GT, best);
                best = best.blend(c2, more);
                which = which.blend(2f, more);
                more = c3.compare(VectorOperators.GT, best);
                best = best.blend(c3, more);
                which = which.blend(3f, more);
                int to = at + window * z.out() + m;
                VectorMask<Float> mask = S.indexInRange(m, z.out());
                best.intoArray(out, to, mask);
                if (winner != null) {
                    which.intoArray(winner, to, mask);
                }
            }
        }
    }

    /** A weight's sum gets the gradient of the winner, and zero times the other three's pixels. */
    @Override
    public void byWeights(ImageSizes z, float[] framed, Gradient gradient, float[] sum, int to) {
        float[] winner = gradient.winner();
        float[] dOut = gradient.dOut();
        int at = gradient.at();
        int lanes = padded(z.out());
        for (int window = 0; window < z.windows(); window++) {
            int o0 = z.origin(window, 0);
            int o1 = z.origin(window, 1);
            int o2 = z.origin(window, 2);
            int o3 = z.origin(window, 3);
            for (int m = 0; m < z.out(); m += V) {
                VectorMask<Float> mask = S.indexInRange(m, z.out());
                FloatVector which = fromArray(S, winner, at + window * z.out() + m, mask);
                FloatVector g = fromArray(S, dOut, at + window * z.out() + m, mask);
                FloatVector none = all(0f);
                FloatVector g0 = none.blend(g, which.compare(VectorOperators.EQ, 0f));
                FloatVector g1 = none.blend(g, which.compare(VectorOperators.EQ, 1f));
                FloatVector g2 = none.blend(g, which.compare(VectorOperators.EQ, 2f));
                FloatVector g3 = none.blend(g, which.compare(VectorOperators.EQ, 3f));
                int weight = to + m;
                for (int a = 0; a < z.width(); a++) {
                    int row = a * z.row();
                    for (int i = row; i < row + z.run(); i++) {
                        FloatVector s = fromArray(S, sum, weight);
                        s = g0.fma(all(framed[o0 + i]), s);
                        s = g1.fma(all(framed[o1 + i]), s);
                        s = g2.fma(all(framed[o2 + i]), s);
                        s = g3.fma(all(framed[o3 + i]), s);
                        s.intoArray(sum, weight);
                        weight += lanes;
                    }
                }
                VectorMask<Float> any = which.compare(VectorOperators.GE, 0f);
                fromArray(S, sum, weight).add(none.blend(g, any)).intoArray(sum, weight);
            }
        }
    }

    @Override
    public void byImage(
            ImageSizes z, float[] kernel, int from, Gradient gradient, float[] dFramed, int to) {
        float[] winner = gradient.winner();
        int at = gradient.at();
        int run = padded(z.run());
        for (int i = 0; i < z.outputs(); i++) {
            int which = (int) winner[at + i];
            if (which < 0) {
                continue;
            }
            FloatVector g = all(gradient.dOut()[at + i]);
            int origin = to + z.origin(i / z.out(), which);
            int weight = from + i % z.out() * z.width() * run;
            for (int a = 0; a < z.width(); a++) {
                int pixel = origin + a * z.row();
                for (int j = 0; j < run; j += V) {
                    g.fma(fromArray(S, kernel, weight + j), fromArray(S, dFramed, pixel + j))
                            .intoArray(dFramed, pixel + j);
                }
                weight += run;
            }
        }
    }
}
