package s5.cpu.scan;

import static jdk.incubator.vector.FloatVector.fromArray;

import static s5.cpu.VectorMath.S;
import static s5.cpu.VectorMath.V;

import jdk.incubator.vector.FloatVector;

/** {@link Recurrence} in the Vector API; states that fill no vector are left to the plain loop. */
final class VectorRecurrence {
    private VectorRecurrence() {}

    static void step(float[] lambdaBar, float[] states, int at, float[] bu, float[] x, int row) {
        int p = lambdaBar.length / 2;
        int in = row * 2 * p;
        int end = S.loopBound(p);
        for (int j = 0; j < end; j += V) {
            FloatVector lr = fromArray(S, lambdaBar, j);
            FloatVector li = fromArray(S, lambdaBar, p + j);
            FloatVector xr = fromArray(S, states, at + j);
            FloatVector xi = fromArray(S, states, at + p + j);
            FloatVector re = lr.fma(xr, li.neg().fma(xi, fromArray(S, bu, in + j)));
            FloatVector im = lr.fma(xi, li.fma(xr, fromArray(S, bu, in + p + j)));
            re.intoArray(states, at + j);
            im.intoArray(states, at + p + j);
            re.intoArray(x, in + j);
            im.intoArray(x, in + p + j);
        }
        Recurrence.plain(lambdaBar, states, at, bu, x, row, end);
    }
}
