package s5.tornado.scan;

import s5.ops.Discretizer;
import s5.ops.Poles;
import s5.ops.ScanOp;
import s5.ops.Tensor;
import s5.ops.TimedOp;
import s5.tornado.Recorder;
import s5.tornado.Tasks;
import s5.tornado.sum.ColumnSums;
import s5.tornado.sum.ColumnSums.Sum;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Both scans by {@link PlainScanKernels} and {@link PlainTimedKernels}: {@code kernels: plain}. */
final class PlainScanTasks {
    private PlainScanTasks() {}

    /**
     * @param sequences B
     * @param length L
     * @param states P
     * @param directions d
     */
    private record Sizes(int sequences, int length, int states, int directions) {
        int chunks() {
            return Math.ceilDiv(length, PlainScanKernels.CHUNK);
        }

        /** Chunks of all sequences. */
        int rows() {
            return sequences * chunks();
        }

        /** A time step for each position makes for a product behind each end. */
        Tensor ends(Recorder recorder, int numbers) {
            return recorder.temporary("ends", rows() * directions, numbers * states);
        }
    }

    static void scan(ScanOp.Scan op, Recorder recorder) {
        recorder.whole(op.bu(), op.x());
        Sizes z = sizes(op.bu().rows(), op.length(), op.lambdaBar(), op.bidirectional());
        Tensor ends = z.ends(recorder, 2);
        recorder.add(
                op,
                t -> {
                    starts(z, false, op.lambdaBar(), op.bu(), ends, t);
                    t.graph.task(
                            t.loop(z.rows() * z.directions() * z.states()),
                            PlainScanKernels::plainStates,
                            t.array(op.lambdaBar()),
                            t.at(op.lambdaBar()),
                            t.array(op.bu()),
                            t.array(ends),
                            t.array(op.x()),
                            z.length(),
                            z.chunks(),
                            z.states(),
                            z.directions(),
                            z.rows() * z.directions());
                },
                ends);
    }

    private static Sizes sizes(int rows, int length, Tensor lambdaBar, boolean bidirectional) {
        return new Sizes(rows / length, length, lambdaBar.size() / 2, bidirectional ? 2 : 1);
    }

    /**
     * Adds what finds the state that each chunk starts from.
     *
     * @param given bu, or dX for the adjoint
     */
    private static void starts(
            Sizes z, boolean adjoint, Tensor lambdaBar, Tensor given, Tensor ends, Tasks t) {
        t.graph.task(
                t.loop(z.rows() * z.directions() * z.states()),
                PlainScanKernels::plainEnds,
                t.array(lambdaBar),
                t.at(lambdaBar),
                t.array(given),
                t.array(ends),
                z.length(),
                z.chunks(),
                z.states(),
                z.directions(),
                z.rows() * z.directions(),
                adjoint ? 1 : 0);
        t.graph.task(
                t.loop(z.sequences() * z.directions() * z.states()),
                PlainScanKernels::plainStarts,
                t.array(lambdaBar),
                t.at(lambdaBar),
                t.array(ends),
                z.chunks(),
                z.states(),
                z.directions(),
                z.sequences() * z.directions(),
                adjoint ? 1 : 0);
    }

    static void adjoint(ScanOp.ScanAdjoint op, Recorder recorder) {
        recorder.whole(op.x(), op.dX(), op.dBu());
        Sizes z = sizes(op.x().rows(), op.length(), op.lambdaBar(), op.bidirectional());
        Tensor ends = z.ends(recorder, 2);
        Tensor partial = recorder.temporary("sums", z.rows(), 2 * z.states());
        recorder.add(
                op,
                t -> {
                    starts(z, true, op.lambdaBar(), op.dX(), ends, t);
                    t.graph.task(
                            t.loop(z.rows() * z.states()),
                            PlainScanKernels::plainGradients,
                            t.array(op.lambdaBar()),
                            t.at(op.lambdaBar()),
                            t.array(op.x()),
                            t.array(op.dX()),
                            t.array(ends),
                            t.array(op.dBu()),
                            t.array(partial),
                            z.length(),
                            z.chunks(),
                            z.states(),
                            z.directions(),
                            z.rows());
                    Sum sum = new Sum(op.dLambdaBar(), 2 * z.states());
                    ColumnSums.totals(t, t.id(), partial, z.rows(), sum);
                },
                ends,
                partial);
    }

    static void timed(TimedOp.ScanTimed op, Recorder recorder) {
        recorder.whole(op.w(), op.x());
        Sizes z = sizes(op.dt(), op.poles(), op.bidirectional());
        Tensor ends = z.ends(recorder, 4);
        int flags = TimedTasks.flags(op.discretizer(), op.bidirectional());
        recorder.add(
                op,
                t -> {
                    timedStarts(
                            z,
                            false,
                            op.poles(),
                            op.dt(),
                            op.w(),
                            ends,
                            op.discretizer(),
                            flags,
                            t);
                    t.graph.task(
                            t.loop(z.rows() * z.directions() * z.states()),
                            PlainTimedKernels::plainTimedStates,
                            TimedTasks.parameters(op.poles(), t),
                            t.at(op.poles().re()),
                            t.at(op.poles().im()),
                            t.at(op.poles().logStep()),
                            t.array(op.dt()),
                            t.at(op.dt()),
                            t.array(op.w()),
                            t.array(ends),
                            t.array(op.x()),
                            flags,
                            op.discretizer().stepRescale(),
                            z.length(),
                            z.chunks(),
                            z.states(),
                            z.rows() * z.directions());
                },
                ends);
    }

    private static Sizes sizes(Tensor dt, Poles poles, boolean bidirectional) {
        return new Sizes(dt.rows(), dt.columns(), poles.re().size(), bidirectional ? 2 : 1);
    }

    private static void timedStarts(
            Sizes z,
            boolean adjoint,
            Poles poles,
            Tensor dt,
            Tensor given,
            Tensor ends,
            Discretizer discretizer,
            int flags,
            Tasks t) {
        FloatArray parameters = TimedTasks.parameters(poles, t);
        t.graph.task(
                t.loop(z.rows() * z.directions() * z.states()),
                PlainTimedKernels::plainTimedEnds,
                parameters,
                t.at(poles.re()),
                t.at(poles.im()),
                t.at(poles.logStep()),
                t.array(dt),
                t.at(dt),
                t.array(given),
                t.array(ends),
                flags,
                discretizer.stepRescale(),
                z.length(),
                z.chunks(),
                z.states(),
                z.rows() * z.directions(),
                adjoint ? 1 : 0);
        t.graph.task(
                t.loop(z.sequences() * z.directions() * z.states()),
                PlainTimedKernels::plainTimedStarts,
                t.array(ends),
                z.chunks(),
                z.states(),
                z.directions(),
                z.sequences() * z.directions(),
                adjoint ? 1 : 0);
    }

    static void timedAdjoint(TimedOp.ScanTimedAdjoint op, Recorder recorder) {
        recorder.whole(op.w(), op.x(), op.dX(), op.dW());
        Sizes z = sizes(op.dt(), op.poles(), op.bidirectional());
        Tensor ends = z.ends(recorder, 4);
        Tensor partial = recorder.temporary("sums", z.rows(), 3 * z.states());
        int flags = TimedTasks.flags(op.discretizer(), op.bidirectional());
        recorder.add(
                op,
                t -> {
                    timedStarts(
                            z,
                            true,
                            op.poles(),
                            op.dt(),
                            op.dX(),
                            ends,
                            op.discretizer(),
                            flags,
                            t);
                    t.graph.task(
                            t.loop(z.rows() * z.states()),
                            PlainTimedKernels::plainTimedGradients,
                            TimedTasks.parameters(op.poles(), t),
                            t.at(op.poles().re()),
                            t.at(op.poles().im()),
                            t.at(op.poles().logStep()),
                            t.array(op.dt()),
                            t.at(op.dt()),
                            t.array(op.w()),
                            t.array(op.x()),
                            t.array(op.dX()),
                            t.array(ends),
                            t.array(op.dW()),
                            t.array(partial),
                            flags,
                            op.discretizer().stepRescale(),
                            z.length(),
                            z.chunks(),
                            z.states(),
                            z.rows());
                    ColumnSums.totals(
                            t,
                            t.id(),
                            partial,
                            z.rows(),
                            new Sum(op.dPoles().re(), z.states()),
                            new Sum(op.dPoles().im(), z.states()),
                            new Sum(op.dPoles().logStep(), z.states()));
                },
                ends,
                partial);
    }
}
