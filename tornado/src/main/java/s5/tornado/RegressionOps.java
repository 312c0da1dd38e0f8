package s5.tornado;

import static s5.tornado.Recorder.list;

import s5.ops.Counters;
import s5.ops.Ops.Curve;
import s5.ops.Tensor;

/** What else the two ends of a regression model are made of. */
final class RegressionOps {
    private final Recorder recorder;

    RegressionOps(Recorder recorder) {
        this.recorder = recorder;
    }

    void append(Tensor x, Tensor column, Tensor out) {
        String op = "append";
        Check.shape(op, x, x.rows(), x.columns());
        Check.sizes(op, x.rows(), column);
        Check.shape(op, out, x.rows(), x.columns() + 1);
        recorder.whole(x, out);
        recorder.add(
                op,
                list(x, column),
                list(out),
                t ->
                        t.graph.task(
                                t.id(Launch.over(out.size())),
                                RegressionKernels::appendForward,
                                t.context,
                                t.array(x),
                                t.array(column),
                                t.at(column),
                                t.array(out),
                                x.columns(),
                                out.size()));
    }

    void appendAdjoint(Tensor dOut, Tensor dX) {
        String op = "appendAdjoint";
        Check.shape(op, dX, dX.rows(), dX.columns());
        Check.shape(op, dOut, dX.rows(), dX.columns() + 1);
        recorder.whole(dOut, dX);
        recorder.add(
                op,
                list(dOut),
                list(dX),
                t ->
                        t.graph.task(
                                t.id(Launch.over(dX.size())),
                                RegressionKernels::appendBackward,
                                t.context,
                                t.array(dOut),
                                t.array(dX),
                                dX.columns(),
                                dX.size()));
    }

    void activate(Tensor x, Curve curve, Tensor out) {
        String op = "activate";
        Check.shape(op, x, out.shape());
        recorder.whole(x, out);
        recorder.add(
                op,
                list(x),
                list(out),
                t ->
                        t.graph.task(
                                t.id(ElementKernels.launch(out.size())),
                                RegressionKernels::activateForward,
                                t.context,
                                t.array(x),
                                t.array(out),
                                curve == Curve.TANH ? 1 : 0,
                                out.size()));
    }

    void activateAdjoint(Tensor out, Curve curve, Tensor dOut, Tensor dX) {
        String op = "activateAdjoint";
        Check.shape(op, dOut, out.shape());
        Check.shape(op, dX, out.shape());
        recorder.whole(out, dOut, dX);
        recorder.add(
                op,
                list(out, dOut),
                list(dX),
                list(dOut),
                t ->
                        t.graph.task(
                                t.id(ElementKernels.launch(out.size())),
                                RegressionKernels::activateBackward,
                                t.context,
                                t.array(out),
                                t.array(dOut),
                                t.array(dX),
                                curve == Curve.TANH ? 1 : 0,
                                out.size()));
    }

    void gaussianLoss(
            Tensor mean,
            Tensor z,
            Tensor target,
            Tensor counters,
            int length,
            Tensor prediction,
            Tensor metrics,
            Tensor dMean,
            Tensor dZ) {
        String op = "gaussianLoss";
        int rows = mean.rows();
        int columns = mean.columns();
        Check.require(length > 0 && rows % length == 0, "%s: %s has no whole sequences", op, mean);
        Check.shape(op, mean, rows, columns);
        Check.shape(op, z, rows, columns);
        Check.shape(op, target, rows, columns);
        Check.integers(op, counters, Counters.SIZE);
        Check.shape(op, prediction, rows, 2 * columns);
        Check.shape(op, metrics, metrics.rows(), 2);
        Check.require((dMean == null) == (dZ == null), "%s: one gradient without the other", op);
        Check.shape(op, dMean, rows, columns);
        Check.shape(op, dZ, rows, columns);
        recorder.whole(mean, z, prediction, dMean, dZ);
        int size = mean.size();
        int groups = Math.min(RegressionKernels.GROUPS, Math.ceilDiv(size, Launch.GROUP));
        Tensor partial = recorder.temporary("sums", groups, 2);
        recorder.add(
                op,
                list(mean, z, target, counters, metrics),
                list(prediction, metrics, dMean, dZ, partial),
                list(metrics),
                t -> {
                    t.graph.task(
                            t.id(new Launch(groups, Launch.GROUP)),
                            RegressionKernels::gaussianElements,
                            t.context,
                            t.array(mean),
                            t.array(z),
                            t.array(target),
                            t.at(target),
                            t.integers(counters),
                            t.at(counters),
                            t.array(prediction),
                            t.array(partial),
                            t.writtenOr(dMean, mean),
                            t.writtenOr(dZ, z),
                            dMean == null ? 0 : 1,
                            length,
                            columns,
                            groups,
                            size);
                    t.graph.task(
                            t.id(new Launch(1, Launch.GROUP)),
                            RegressionKernels::gaussianTotals,
                            t.context,
                            t.array(partial),
                            t.integers(counters),
                            t.at(counters),
                            t.array(metrics),
                            t.at(metrics),
                            length,
                            columns,
                            groups);
                });
    }
}
