package s5.cpu.scan;

import static jdk.incubator.vector.FloatVector.fromArray;

import static s5.cpu.VectorMath.S;
import static s5.cpu.VectorMath.V;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

import java.util.Arrays;

/**
 * The scan in the Vector API, neighbouring states in the lanes. Memory is what limits it, so it
 * goes row after row, and through a row in the direction of the rows: the processor foresees only
 * what lies in one direction. States that fill no vector go into a masked one, since models with 4
 * or 8 states are common.
 */
final class VectorScans implements Scans {

    @Override
    public void scan(Scan a, int at, int first, int step, int p, int pTo) {
        float[] lambdaBar = a.lambdaBar();
        float[] bu = a.bu();
        float[] x = a.x();
        int states = a.states();
        int width = a.width();
        int end = p + S.loopBound(pTo - p);
        VectorMask<Float> mask = S.indexInRange(end, pTo);
        int in = first * 2 * states;
        int out = first * width + at;
        System.arraycopy(bu, in + p, x, out + p, pTo - p);
        System.arraycopy(bu, in + states + p, x, out + states + p, pTo - p);
        for (int k = 1; k < a.rows(); k++) {
            in += step * 2 * states;
            out += step * width;
            int before = out - step * width;
            for (int i = p; i < end; i += V) {
                int j = step > 0 ? i : p + end - V - i;
                FloatVector lr = fromArray(S, lambdaBar, j);
                FloatVector li = fromArray(S, lambdaBar, states + j);
                FloatVector xr = fromArray(S, x, before + j);
                FloatVector xi = fromArray(S, x, before + states + j);
                FloatVector re = fromArray(S, bu, in + j);
                FloatVector im = fromArray(S, bu, in + states + j);
                lr.fma(xr, li.neg().fma(xi, re)).intoArray(x, out + j);
                lr.fma(xi, li.fma(xr, im)).intoArray(x, out + states + j);
            }
            if (end < pTo) {
                FloatVector lr = fromArray(S, lambdaBar, end, mask);
                FloatVector li = fromArray(S, lambdaBar, states + end, mask);
                FloatVector xr = fromArray(S, x, before + end, mask);
                FloatVector xi = fromArray(S, x, before + states + end, mask);
                FloatVector re = fromArray(S, bu, in + end, mask);
                FloatVector im = fromArray(S, bu, in + states + end, mask);
                lr.fma(xr, li.neg().fma(xi, re)).intoArray(x, out + end, mask);
                lr.fma(xi, li.fma(xr, im)).intoArray(x, out + states + end, mask);
            }
        }
    }

    @Override
    public void scanAdjoint(
            ScanAdjoint a, int at, int first, int step, float[] own, int sumAt, int p, int pTo) {
        double[] sum = a.sum();
        int states = a.states();
        int rows = a.rows();
        // own: the gradient carried from row to row, then the sums; each real, then imaginary
        // parts.
        Arrays.fill(own, 0, 4 * states, 0f);
        for (int k = 0; k < rows; k++) {
            int row = first + k * step;
            int in = row * a.width() + at;
            // The last row has no state before it: any other row will do when its sum is dropped.
            boolean last = k == rows - 1;
            int before = last ? in : in + step * a.width();
            adjointRow(a, before, in, row * 2 * states, at > 0, last, step < 0, own, p, pTo);
            if (k % PlainScans.SCAN_SUM == PlainScans.SCAN_SUM - 1 || last) {
                for (int j = p; j < pTo; j++) {
                    sum[sumAt + j] += own[2 * states + j];
                    sum[sumAt + states + j] += own[3 * states + j];
                    own[2 * states + j] = 0f;
                    own[3 * states + j] = 0f;
                }
            }
        }
    }

    private static void adjointRow(
            ScanAdjoint a,
            int before,
            int in,
            int out,
            boolean accumulate,
            boolean last,
            boolean down,
            float[] own,
            int p,
            int pTo) {
        float[] lambdaBar = a.lambdaBar();
        float[] x = a.x();
        float[] dX = a.dX();
        float[] dBu = a.dBu();
        int states = a.states();
        int end = p + S.loopBound(pTo - p);
        for (int i = p; i < end; i += V) {
            int j = down ? p + end - V - i : i;
            FloatVector lr = fromArray(S, lambdaBar, j);
            FloatVector li = fromArray(S, lambdaBar, states + j);
            FloatVector gr = fromArray(S, own, j);
            FloatVector gi = fromArray(S, own, states + j);
            FloatVector re = lr.fma(gr, li.fma(gi, fromArray(S, dX, in + j)));
            FloatVector im = lr.fma(gi, li.neg().fma(gr, fromArray(S, dX, in + states + j)));
            re.intoArray(own, j);
            im.intoArray(own, states + j);
            if (accumulate) {
                fromArray(S, dBu, out + j).add(re).intoArray(dBu, out + j);
                fromArray(S, dBu, out + states + j).add(im).intoArray(dBu, out + states + j);
            } else {
                re.intoArray(dBu, out + j);
                im.intoArray(dBu, out + states + j);
            }
            if (!last) {
                FloatVector xr = fromArray(S, x, before + j);
                FloatVector xi = fromArray(S, x, before + states + j);
                FloatVector sumR = fromArray(S, own, 2 * states + j);
                FloatVector sumI = fromArray(S, own, 3 * states + j);
                xr.fma(re, xi.fma(im, sumR)).intoArray(own, 2 * states + j);
                xr.fma(im, xi.neg().fma(re, sumI)).intoArray(own, 3 * states + j);
            }
        }
        if (end < pTo) {
            VectorMask<Float> mask = S.indexInRange(end, pTo);
            FloatVector lr = fromArray(S, lambdaBar, end, mask);
            FloatVector li = fromArray(S, lambdaBar, states + end, mask);
            FloatVector gr = fromArray(S, own, end, mask);
            FloatVector gi = fromArray(S, own, states + end, mask);
            FloatVector re = lr.fma(gr, li.fma(gi, fromArray(S, dX, in + end, mask)));
            FloatVector im =
                    lr.fma(gi, li.neg().fma(gr, fromArray(S, dX, in + states + end, mask)));
            re.intoArray(own, end, mask);
            im.intoArray(own, states + end, mask);
            FloatVector sumRe = accumulate ? re.add(fromArray(S, dBu, out + end, mask)) : re;
            FloatVector sumIm =
                    accumulate ? im.add(fromArray(S, dBu, out + states + end, mask)) : im;
            sumRe.intoArray(dBu, out + end, mask);
            sumIm.intoArray(dBu, out + states + end, mask);
            if (!last) {
                FloatVector xr = fromArray(S, x, before + end, mask);
                FloatVector xi = fromArray(S, x, before + states + end, mask);
                FloatVector sumR = fromArray(S, own, 2 * states + end, mask);
                FloatVector sumI = fromArray(S, own, 3 * states + end, mask);
                xr.fma(re, xi.fma(im, sumR)).intoArray(own, 2 * states + end, mask);
                xr.fma(im, xi.neg().fma(re, sumI)).intoArray(own, 3 * states + end, mask);
            }
        }
    }
}
