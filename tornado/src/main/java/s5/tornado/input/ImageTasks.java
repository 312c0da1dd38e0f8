package s5.tornado.input;

import s5.ops.ImageOp;
import s5.ops.Tensor;
import s5.tornado.Launch;
import s5.tornado.Recorder;
import s5.tornado.sum.ColumnPlan;
import s5.tornado.sum.ColumnSums;
import s5.tornado.sum.ColumnSums.Sum;

/** Convolution with ReLU and pooling. */
public final class ImageTasks {
    private ImageTasks() {}

    /** Says how an operation of this family is done. */
    public static void plan(ImageOp op, Recorder recorder) {
        switch (op) {
            case ImageOp.ConvReluPool o -> forward(o, recorder);
            case ImageOp.ConvReluPoolAdjoint o -> adjoint(o, recorder);
        }
    }

    /** The sizes of {@link ImageKernels}. */
    private record Sizes(int size, int inputs, int width, int outputs, int stride, int side) {

        static Sizes of(Tensor kernel, int size, int stride) {
            int side = ((size - 1) / stride + 1) / 2;
            return new Sizes(size, kernel.dim(2), kernel.dim(0), kernel.dim(3), stride, side);
        }
    }

    private static void forward(ImageOp.ConvReluPool op, Recorder recorder) {
        Sizes z = Sizes.of(op.kernel(), op.size(), op.stride());
        recorder.whole(op.x(), op.out(), op.winner());
        int lanes = Math.ceilDiv(z.outputs(), ImageKernels.CHANNELS);
        int threads = op.out().size() / z.outputs() * lanes;
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.id(Launch.over(threads)),
                                ImageKernels::convForward,
                                t.context,
                                t.array(op.x()),
                                t.array(op.kernel()),
                                t.at(op.kernel()),
                                t.array(op.bias()),
                                t.at(op.bias()),
                                t.array(op.out()),
                                t.writtenOr(op.winner(), op.x()),
                                op.winner() == null ? 0 : 1,
                                z.size(),
                                z.inputs(),
                                z.width(),
                                z.outputs(),
                                z.stride(),
                                z.side(),
                                lanes,
                                threads));
    }

    private static void adjoint(ImageOp.ConvReluPoolAdjoint op, Recorder recorder) {
        Sizes z = Sizes.of(op.kernel(), op.size(), op.stride());
        recorder.whole(op.x(), op.winner(), op.dOut(), op.dX());
        ColumnPlan plan =
                ColumnPlan.sums(
                        op.dOut().size() / z.outputs(), (z.width() * z.inputs() + 1) * z.outputs());
        int sums = op.kernel().size() + z.outputs();
        Tensor partial = recorder.temporary("sums", plan.rowGroups(), sums);
        recorder.add(
                op,
                t -> {
                    t.graph.task(
                            t.id(plan.launch()),
                            ImageKernels::convWeights,
                            t.context,
                            t.array(op.x()),
                            t.array(op.winner()),
                            t.array(op.dOut()),
                            t.array(partial),
                            z.size(),
                            z.inputs(),
                            z.width(),
                            z.outputs(),
                            z.stride(),
                            z.side(),
                            plan.rows(),
                            plan.columns(),
                            plan.lanes(),
                            plan.columnGroups(),
                            plan.sweeps(),
                            plan.groupRows());
                    ColumnSums.totals(
                            t,
                            t.id(),
                            partial,
                            plan.rowGroups(),
                            new Sum(op.dKernel(), op.kernel().size()),
                            new Sum(op.dBias(), z.outputs()));
                    if (op.dX() != null) {
                        t.graph.task(
                                t.id(Launch.over(op.dX().size())),
                                ImageKernels::convImages,
                                t.context,
                                t.array(op.kernel()),
                                t.at(op.kernel()),
                                t.array(op.winner()),
                                t.array(op.dOut()),
                                t.array(op.dX()),
                                z.size(),
                                z.inputs(),
                                z.width(),
                                z.outputs(),
                                z.stride(),
                                z.side(),
                                op.dX().size());
                    }
                },
                partial);
    }
}
