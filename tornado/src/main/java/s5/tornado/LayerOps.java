package s5.tornado;

import static s5.tornado.Recorder.list;

import s5.ops.Counters;
import s5.ops.Tensor;

/** Dropout, the non-linear parts of a layer, and addition. */
final class LayerOps {
    private final Recorder recorder;

    LayerOps(Recorder recorder) {
        this.recorder = recorder;
    }

    void dropoutMask(Tensor counters, int site, float rate, Tensor mask) {
        String op = "dropoutMask";
        Check.integers(op, counters, Counters.SIZE);
        recorder.whole(mask);
        recorder.add(
                op,
                list(counters),
                list(mask),
                t ->
                        t.graph.task(
                                t.id(ElementKernels.launch(mask.size())),
                                ElementKernels::dropoutFactors,
                                t.context,
                                t.integers(counters),
                                t.at(counters),
                                site,
                                rate,
                                mask.columns(),
                                t.array(mask),
                                mask.size()));
    }

    private static int length(String op, Tensor x, Tensor mask) {
        if (mask == null) {
            return x.rows();
        }
        Check.shape(op, mask, mask.rows(), x.columns());
        return Check.length(op, x, mask.rows());
    }

    void skipGelu(Tensor cx, Tensor d, Tensor u, Tensor mask, Tensor y, Tensor g) {
        String op = "skipGelu";
        int rows = cx.rows();
        int columns = cx.columns();
        Check.sizes(op, columns, d);
        Check.sizes(op, cx.size(), u, y, g);
        int length = length(op, cx, mask);
        recorder.whole(cx, u, mask, y, g);
        ColumnPlan plan = ColumnPlan.sums(rows, columns);
        recorder.add(
                op,
                list(cx, d, u, mask),
                list(y, g),
                list(cx),
                t ->
                        t.graph.task(
                                t.id(plan.launch()),
                                LayerKernels::skipGeluForward,
                                t.context,
                                t.array(cx),
                                t.array(d),
                                t.at(d),
                                t.array(u),
                                t.arrayOr(mask, u),
                                mask == null ? 0 : 1,
                                t.writtenOr(y, cx),
                                y == null ? 0 : 1,
                                t.array(g),
                                length,
                                rows,
                                columns,
                                plan.lanes(),
                                plan.columnGroups(),
                                plan.sweeps(),
                                plan.groupRows()));
    }

    void skipGeluAdjoint(
            Tensor y,
            Tensor d,
            Tensor u,
            Tensor mask,
            Tensor dG,
            Tensor direct,
            Tensor dY,
            Tensor dD,
            Tensor dU) {
        String op = "skipGeluAdjoint";
        int rows = y.rows();
        int columns = y.columns();
        Check.sizes(op, columns, d, dD);
        Check.sizes(op, y.size(), u, dG, direct, dY, dU);
        int length = length(op, y, mask);
        recorder.whole(y, u, mask, dG, direct, dY, dU);
        ColumnPlan plan = ColumnPlan.sums(rows, columns);
        Tensor partial = recorder.temporary("sums", plan.partialSize(1));
        recorder.add(
                op,
                list(y, d, u, mask, dG, direct),
                list(dY, dD, dU, partial),
                list(dG, direct),
                t -> {
                    t.graph.task(
                            t.id(plan.launch()),
                            LayerKernels::skipGeluBackward,
                            t.context,
                            t.array(y),
                            t.array(d),
                            t.at(d),
                            t.array(u),
                            t.arrayOr(mask, u),
                            mask == null ? 0 : 1,
                            t.array(dG),
                            t.arrayOr(direct, dG),
                            direct == null ? 0 : 1,
                            t.array(dY),
                            t.array(dU),
                            t.array(partial),
                            length,
                            rows,
                            columns,
                            plan.lanes(),
                            plan.columnGroups(),
                            plan.sweeps(),
                            plan.groupRows());
                    t.kernels.columnTotals(
                            t.id(), t.array(partial), plan.rowGroups(), columns, t.part(dD));
                });
    }

    void gate(
            Tensor v, Tensor vBias, Tensor z, Tensor zBias, Tensor mask, Tensor skip, Tensor out) {
        String op = "gate";
        int rows = v.rows();
        int columns = v.columns();
        Check.sizes(op, columns, vBias, zBias);
        Check.sizes(op, v.size(), z, skip, out);
        int length = length(op, v, mask);
        recorder.whole(v, z, mask, skip, out);
        ColumnPlan plan = ColumnPlan.sums(rows, columns);
        recorder.add(
                op,
                list(v, vBias, z, zBias, mask, skip),
                list(out),
                t ->
                        t.graph.task(
                                t.id(plan.launch()),
                                LayerKernels::gateForward,
                                t.context,
                                t.array(v),
                                t.arrayOr(vBias, zBias),
                                t.at(vBias),
                                t.array(z),
                                t.array(zBias),
                                t.at(zBias),
                                t.arrayOr(mask, z),
                                mask == null ? 0 : 1,
                                t.array(skip),
                                t.array(out),
                                length,
                                rows,
                                columns,
                                plan.lanes(),
                                plan.columnGroups(),
                                plan.sweeps(),
                                plan.groupRows()));
    }

    void gateAdjoint(
            Tensor v,
            Tensor vBias,
            Tensor z,
            Tensor zBias,
            Tensor mask,
            Tensor dOut,
            Tensor dV,
            Tensor dVBias,
            Tensor dZ,
            Tensor dZBias) {
        String op = "gateAdjoint";
        int rows = v.rows();
        int columns = v.columns();
        Check.sizes(op, columns, vBias, zBias, dVBias, dZBias);
        Check.sizes(op, v.size(), z, dOut, dV, dZ);
        int length = length(op, v, mask);
        recorder.whole(v, z, mask, dOut, dV, dZ);
        ColumnPlan plan = ColumnPlan.sums(rows, columns);
        Tensor partial = recorder.temporary("sums", plan.partialSize(2));
        recorder.add(
                op,
                list(v, vBias, z, zBias, mask, dOut),
                list(dV, dVBias, dZ, dZBias, partial),
                t -> {
                    t.graph.task(
                            t.id(plan.launch()),
                            LayerKernels::gateBackward,
                            t.context,
                            t.array(v),
                            t.arrayOr(vBias, zBias),
                            t.at(vBias),
                            t.array(z),
                            t.array(zBias),
                            t.at(zBias),
                            t.arrayOr(mask, z),
                            mask == null ? 0 : 1,
                            t.array(dOut),
                            t.array(dV),
                            t.array(dZ),
                            t.array(partial),
                            length,
                            rows,
                            columns,
                            plan.lanes(),
                            plan.columnGroups(),
                            plan.sweeps(),
                            plan.groupRows());
                    t.kernels.columnTotalsOfTwo(
                            t.id(),
                            t.array(partial),
                            plan.rowGroups(),
                            columns,
                            columns,
                            t.part(dVBias),
                            t.part(dZBias));
                });
    }

    void add(Tensor a, Tensor b, Tensor out) {
        String op = "add";
        Check.sizes(op, a.size(), b, out);
        recorder.whole(a, b, out);
        recorder.add(
                op,
                list(a, b),
                list(out),
                t ->
                        t.graph.task(
                                t.id(ElementKernels.launch(out.size())),
                                ElementKernels::addElements,
                                t.context,
                                t.array(a),
                                t.array(b),
                                t.array(out),
                                out.size()));
    }

    void gelu(Tensor x, Tensor out) {
        String op = "gelu";
        Check.sizes(op, x.size(), out);
        recorder.whole(x, out);
        recorder.add(
                op,
                list(x),
                list(out),
                t ->
                        t.graph.task(
                                t.id(ElementKernels.launch(out.size())),
                                ElementKernels::geluForward,
                                t.context,
                                t.array(x),
                                t.array(out),
                                out.size()));
    }

    void geluAdjoint(Tensor x, Tensor dOut, Tensor dX) {
        String op = "geluAdjoint";
        Check.sizes(op, x.size(), dOut, dX);
        recorder.whole(x, dOut, dX);
        recorder.add(
                op,
                list(x, dOut),
                list(dX),
                list(dOut),
                t ->
                        t.graph.task(
                                t.id(ElementKernels.launch(x.size())),
                                ElementKernels::geluBackward,
                                t.context,
                                t.array(x),
                                t.array(dOut),
                                t.array(dX),
                                x.size()));
    }
}
