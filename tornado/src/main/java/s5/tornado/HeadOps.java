package s5.tornado;

import static s5.tornado.Recorder.list;

import s5.ops.Counters;
import s5.ops.Ops.Pooling;
import s5.ops.Tensor;

import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Pooling, pairs of documents and the loss. */
final class HeadOps {
    /** Groups wanted for the sums of a pooling. */
    private static final int GROUPS = 1024;

    private final Recorder recorder;

    HeadOps(Recorder recorder) {
        this.recorder = recorder;
    }

    void pool(Tensor x, Tensor lengths, Pooling pooling, Tensor out) {
        String op = "pool";
        int sequences = out.rows();
        int columns = out.columns();
        int length = Check.length(op, x, sequences);
        Check.shape(op, x, x.rows(), columns);
        Check.integers(op, lengths, sequences);
        recorder.whole(x, out);
        if (pooling == Pooling.LAST) {
            Check.require(lengths == null, "%s: lengths go with MEAN only", op);
            recorder.add(
                    op,
                    list(x),
                    list(out),
                    t ->
                            t.graph.task(
                                    t.id(Launch.over(out.size())),
                                    HeadKernels::poolLast,
                                    t.context,
                                    t.array(x),
                                    t.array(out),
                                    length,
                                    columns,
                                    out.size()));
            return;
        }
        ColumnPlan rows = ColumnPlan.elements(length, columns);
        int unit = rows.groupRows();
        int wanted = Math.max(1, GROUPS / (sequences * rows.columnGroups()));
        int chunkRows = Math.ceilDiv(Math.ceilDiv(length, wanted), unit) * unit;
        int chunks = Math.ceilDiv(length, chunkRows);
        Tensor partial = recorder.temporary("sums", sequences * chunks, columns);
        recorder.add(
                op,
                list(x, lengths),
                list(out, partial),
                t -> {
                    IntArray counts = t.integersOr(lengths);
                    t.graph.task(
                            t.id(
                                    new Launch(
                                            sequences * chunks * rows.columnGroups(),
                                            rows.launch().local())),
                            HeadKernels::poolPartials,
                            t.context,
                            t.array(x),
                            counts,
                            t.at(lengths),
                            t.array(partial),
                            length,
                            chunks,
                            columns,
                            rows.lanes(),
                            rows.columnGroups(),
                            rows.sweeps(),
                            chunkRows);
                    t.graph.task(
                            t.id(Launch.over(out.size())),
                            HeadKernels::poolMeans,
                            t.context,
                            t.array(partial),
                            counts,
                            t.at(lengths),
                            t.array(out),
                            length,
                            chunks,
                            columns,
                            out.size());
                });
    }

    void poolAdjoint(Tensor dOut, Tensor lengths, Pooling pooling, Tensor dX) {
        String op = "poolAdjoint";
        int sequences = dOut.rows();
        int columns = dOut.columns();
        int length = Check.length(op, dX, sequences);
        Check.shape(op, dX, dX.rows(), columns);
        Check.integers(op, lengths, sequences);
        recorder.whole(dOut, dX);
        ColumnPlan plan = ColumnPlan.elements(dX.rows(), columns);
        recorder.add(
                op,
                list(dOut, lengths),
                list(dX),
                t ->
                        t.graph.task(
                                t.id(plan.launch()),
                                HeadKernels::poolBackward,
                                t.context,
                                t.array(dOut),
                                t.integersOr(lengths),
                                t.at(lengths),
                                pooling == Pooling.LAST ? 1 : 0,
                                t.array(dX),
                                length,
                                dX.rows(),
                                columns,
                                plan.lanes(),
                                plan.columnGroups(),
                                plan.sweeps()));
    }

    void pairFeatures(Tensor e, Tensor out) {
        String op = "pairFeatures";
        Check.shape(op, e, 2 * out.rows(), e.columns());
        Check.shape(op, out, out.rows(), 4 * e.columns());
        recorder.whole(e, out);
        recorder.add(
                op,
                list(e),
                list(out),
                t ->
                        t.graph.task(
                                t.id(Launch.over(e.size() / 2)),
                                HeadKernels::pairForward,
                                t.context,
                                t.array(e),
                                t.array(out),
                                e.columns(),
                                e.size() / 2));
    }

    void pairFeaturesAdjoint(Tensor e, Tensor dOut, Tensor dE) {
        String op = "pairFeaturesAdjoint";
        Check.shape(op, e, 2 * dOut.rows(), e.columns());
        Check.shape(op, dOut, dOut.rows(), 4 * e.columns());
        Check.sizes(op, e.size(), dE);
        recorder.whole(e, dOut, dE);
        recorder.add(
                op,
                list(e, dOut),
                list(dE),
                t ->
                        t.graph.task(
                                t.id(Launch.over(e.size() / 2)),
                                HeadKernels::pairBackward,
                                t.context,
                                t.array(e),
                                t.array(dOut),
                                t.array(dE),
                                e.columns(),
                                e.size() / 2));
    }

    void crossEntropy(
            Tensor logits,
            Tensor labels,
            Tensor counters,
            Tensor logProbs,
            Tensor metrics,
            Tensor dLogits) {
        String op = "crossEntropy";
        int rows = logits.rows();
        Check.integers(op, labels, rows);
        Check.integers(op, counters, Counters.SIZE);
        Check.sizes(op, logits.size(), logProbs, dLogits);
        Check.shape(op, metrics, metrics.rows(), 2);
        recorder.whole(logits, logProbs, dLogits);
        recorder.add(
                op,
                list(logits, labels, counters, metrics),
                list(logProbs, metrics, dLogits),
                list(metrics),
                t ->
                        t.graph.task(
                                t.id(new Launch(1, Launch.GROUP)),
                                HeadKernels::crossEntropyRows,
                                t.context,
                                t.array(logits),
                                t.integers(labels),
                                t.at(labels),
                                t.integers(counters),
                                t.at(counters),
                                t.array(logProbs),
                                t.array(metrics),
                                t.at(metrics),
                                t.writtenOr(dLogits, logits),
                                dLogits == null ? 0 : 1,
                                rows,
                                logits.columns()));
    }
}
