package s5.tornado;

import static s5.tornado.Recorder.list;

import s5.ops.Tensor;

/** Convolution with ReLU and pooling. */
final class ImageOps {
    private final Recorder recorder;

    ImageOps(Recorder recorder) {
        this.recorder = recorder;
    }

    /** The sizes of {@link ImageKernels}. */
    private record Sizes(int size, int inputs, int width, int outputs, int stride, int side) {

        static Sizes of(
                String op, Tensor x, Tensor kernel, Tensor bias, int size, int stride, Tensor out) {
            int width = kernel.dim(0);
            int inputs = kernel.dim(2);
            int outputs = kernel.dim(3);
            int side = stride > 0 ? ((size - 1) / stride + 1) / 2 : 0;
            Check.require(
                    width % 2 == 1 && side > 0,
                    "%s: no windows of %s on images of side %d at stride %d",
                    op,
                    kernel,
                    size,
                    stride);
            Check.shape(op, kernel, width, width, inputs, outputs);
            Check.shape(op, x, x.rows(), size * size * inputs);
            Check.sizes(op, outputs, bias);
            Check.shape(op, out, x.rows(), side * side * outputs);
            return new Sizes(size, inputs, width, outputs, stride, side);
        }
    }

    void convReluPool(
            Tensor x, Tensor kernel, Tensor bias, int size, int stride, Tensor out, Tensor winner) {
        String op = "convReluPool";
        Sizes z = Sizes.of(op, x, kernel, bias, size, stride, out);
        Check.shape(op, winner, out.shape());
        recorder.whole(x, out, winner);
        int lanes = Math.ceilDiv(z.outputs(), ImageKernels.CHANNELS);
        int threads = out.size() / z.outputs() * lanes;
        recorder.add(
                op,
                list(x, kernel, bias),
                list(out, winner),
                t ->
                        t.graph.task(
                                t.id(Launch.over(threads)),
                                ImageKernels::convForward,
                                t.context,
                                t.array(x),
                                t.array(kernel),
                                t.at(kernel),
                                t.array(bias),
                                t.at(bias),
                                t.array(out),
                                t.writtenOr(winner, x),
                                winner == null ? 0 : 1,
                                z.size(),
                                z.inputs(),
                                z.width(),
                                z.outputs(),
                                z.stride(),
                                z.side(),
                                lanes,
                                threads));
    }

    void convReluPoolAdjoint(
            Tensor x,
            Tensor kernel,
            Tensor winner,
            Tensor dOut,
            int size,
            int stride,
            Tensor dKernel,
            Tensor dBias,
            Tensor dX) {
        String op = "convReluPoolAdjoint";
        Sizes z = Sizes.of(op, x, kernel, dBias, size, stride, dOut);
        Check.shape(op, winner, dOut.shape());
        Check.shape(op, dKernel, kernel.shape());
        Check.shape(op, dX, x.shape());
        recorder.whole(x, winner, dOut, dX);
        ColumnPlan plan =
                ColumnPlan.sums(
                        dOut.size() / z.outputs(), (z.width() * z.inputs() + 1) * z.outputs());
        int sums = kernel.size() + z.outputs();
        Tensor partial = recorder.temporary("sums", plan.rowGroups(), sums);
        recorder.add(
                op,
                list(x, kernel, winner, dOut),
                list(dKernel, dBias, dX, partial),
                t -> {
                    t.graph.task(
                            t.id(plan.launch()),
                            ImageKernels::convWeights,
                            t.context,
                            t.array(x),
                            t.array(winner),
                            t.array(dOut),
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
                    t.kernels.columnTotalsOfTwo(
                            t.id(),
                            t.array(partial),
                            plan.rowGroups(),
                            kernel.size(),
                            z.outputs(),
                            t.part(dKernel),
                            t.part(dBias));
                    if (dX != null) {
                        t.graph.task(
                                t.id(Launch.over(dX.size())),
                                ImageKernels::convImages,
                                t.context,
                                t.array(kernel),
                                t.at(kernel),
                                t.array(winner),
                                t.array(dOut),
                                t.array(dX),
                                z.size(),
                                z.inputs(),
                                z.width(),
                                z.outputs(),
                                z.stride(),
                                z.side(),
                                dX.size());
                    }
                });
    }
}
