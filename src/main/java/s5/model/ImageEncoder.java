package s5.model;

import s5.ops.ImageOp.ConvReluPool;
import s5.ops.ImageOp.ConvReluPoolAdjoint;
import s5.ops.InputOp.Append;
import s5.ops.InputOp.AppendAdjoint;
import s5.ops.LayerOp.Activate;
import s5.ops.LayerOp.ActivateAdjoint;
import s5.ops.LayerOp.Curve;
import s5.ops.Program;
import s5.ops.Tensor;

import java.util.List;
import java.util.stream.Stream;

/**
 * A small convolutional network on the image at each position (the official CRN_CNN, after the
 * encoder of Continuous Recurrent Units):
 *
 * <pre>
 *   image ─► conv 5x5, 12 ─► relu ─► pool 2 ─► conv 3x3, 12, stride 2 ─► relu ─► pool 2
 *         ─► dense 30 ─► relu ─► [time step behind it] ─► dense H
 * </pre>
 */
final class ImageEncoder implements Encoder {
    private static final int CHANNELS = 12;
    private static final int HIDDEN = 30;

    private final Conv conv0;
    private final Conv conv1;
    private final Dense dense0;
    private final Dense dense1;
    private final boolean append;
    private Tensor active;

    /**
     * @param side of the images
     * @param append whether the last layer sees the time step before each position
     */
    ImageEncoder(int side, int features, boolean append) {
        String name = "encoder/encoder";
        conv0 = new Conv(name + "/Conv_0", side, 1, 5, 1);
        conv1 = new Conv(name + "/Conv_1", conv0.side(), CHANNELS, 3, 2);
        dense0 = new Dense(name + "/Dense_0", conv1.side() * conv1.side() * CHANNELS, HIDDEN);
        dense1 = new Dense(name + "/Dense_1", append ? HIDDEN + 1 : HIDDEN, features);
        this.append = append;
    }

    @Override
    public List<Parameter> parameters() {
        return Stream.of(
                        conv0.parameters(),
                        conv1.parameters(),
                        dense0.parameters(),
                        dense1.parameters())
                .flatMap(List::stream)
                .toList();
    }

    @Override
    public Tensor forward(Pass pass, Inputs in) {
        Program program = pass.program();
        Tensor hidden = dense0.forward(program, conv1.forward(pass, conv0.forward(pass, in.x())));
        active = Tensor.scratch("encoder/encoder/active", pass.rows(), HIDDEN);
        program.add(new Activate(hidden, Curve.RELU, active));
        Tensor features = active;
        if (append) {
            features = Tensor.scratch("encoder/encoder/appended", pass.rows(), HIDDEN + 1);
            program.add(new Append(active, in.dt(), features));
        }
        return dense1.forwardEach(program, features);
    }

    @Override
    public void backward(Pass pass, Tensor dOut) {
        Program program = pass.program();
        Tensor dActive = dense1.backward(program, dOut);
        if (append) {
            Tensor dFeatures = dActive;
            dActive = Tensor.scratch("encoder/encoder/dactive", pass.rows(), HIDDEN);
            program.add(new AppendAdjoint(dFeatures, dActive));
        }
        program.add(new ActivateAdjoint(active, Curve.RELU, dActive, dActive));
        Tensor dPooled = dense0.backward(program, dActive);
        Tensor dPooled0 = Tensor.scratch("encoder/encoder/dpooled", conv1.x.shape());
        conv1.backward(program, dPooled, dPooled0);
        conv0.backward(program, dPooled0, null);
    }

    /** Convolution, ReLU and pooling. */
    private static final class Conv {
        private final String name;
        private final Parameter kernel;
        private final Parameter bias;
        private final int size;
        private final int stride;
        private Tensor x;
        private Tensor winner;

        Conv(String name, int size, int in, int width, int stride) {
            this.name = name;
            this.size = size;
            this.stride = stride;
            kernel = Parameter.of(name + "/kernel", width, width, in, CHANNELS);
            bias = Parameter.of(name + "/bias", CHANNELS);
        }

        List<Parameter> parameters() {
            return List.of(kernel, bias);
        }

        /** The side of the result. */
        int side() {
            return ((size - 1) / stride + 1) / 2;
        }

        Tensor forward(Pass pass, Tensor x) {
            this.x = x;
            int outputs = side() * side() * CHANNELS;
            Tensor out = Tensor.scratch(name + "/out", pass.rows(), outputs);
            winner =
                    pass.training() ? Tensor.scratch(name + "/winner", pass.rows(), outputs) : null;
            pass.program()
                    .add(
                            new ConvReluPool(
                                    x, kernel.value(), bias.value(), size, stride, out, winner));
            return out;
        }

        void backward(Program program, Tensor dOut, Tensor dX) {
            program.add(
                    new ConvReluPoolAdjoint(
                            x,
                            kernel.value(),
                            winner,
                            dOut,
                            size,
                            stride,
                            kernel.gradient(),
                            bias.gradient(),
                            dX));
        }
    }
}
