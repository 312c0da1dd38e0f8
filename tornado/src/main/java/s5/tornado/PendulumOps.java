package s5.tornado;

import s5.UserError;
import s5.ops.Ops;
import s5.ops.Tensor;

/**
 * The operations of the pendulum experiment, which have no kernels yet: asking for them is an error
 * that says so.
 */
abstract class PendulumOps implements Ops {
    private static UserError missing() {
        return new UserError(
                "images with time steps of their own (pendulum) do not run on TornadoVM yet; set"
                        + " device=cpu");
    }

    @Override
    public void append(Tensor x, Tensor column, Tensor out) {
        throw missing();
    }

    @Override
    public void appendAdjoint(Tensor dOut, Tensor dX) {
        throw missing();
    }

    @Override
    public void convReluPool(
            Tensor x, Tensor kernel, Tensor bias, int size, int stride, Tensor out, Tensor winner) {
        throw missing();
    }

    @Override
    public void convReluPoolAdjoint(
            Tensor x,
            Tensor kernel,
            Tensor winner,
            Tensor dOut,
            int size,
            int stride,
            Tensor dKernel,
            Tensor dBias,
            Tensor dX) {
        throw missing();
    }

    @Override
    public void inputMatrix(Tensor b, Tensor bMatrix) {
        throw missing();
    }

    @Override
    public void inputMatrixAdjoint(Tensor dBMatrix, Tensor dB) {
        throw missing();
    }

    @Override
    public void scanTimed(
            Tensor lambdaRe,
            Tensor lambdaIm,
            Tensor logStep,
            Tensor dt,
            Tensor w,
            Discretization method,
            boolean clip,
            float stepRescale,
            boolean bidirectional,
            Tensor x) {
        throw missing();
    }

    @Override
    public void scanTimedAdjoint(
            Tensor lambdaRe,
            Tensor lambdaIm,
            Tensor logStep,
            Tensor dt,
            Tensor w,
            Discretization method,
            boolean clip,
            float stepRescale,
            boolean bidirectional,
            Tensor x,
            Tensor dX,
            Tensor dW,
            Tensor dLambdaRe,
            Tensor dLambdaIm,
            Tensor dLogStep) {
        throw missing();
    }

    @Override
    public void activate(Tensor x, Curve curve, Tensor out) {
        throw missing();
    }

    @Override
    public void activateAdjoint(Tensor out, Curve curve, Tensor dOut, Tensor dX) {
        throw missing();
    }

    @Override
    public void gaussianLoss(
            Tensor mean,
            Tensor z,
            Tensor target,
            Tensor counters,
            int length,
            Tensor prediction,
            Tensor metrics,
            Tensor dMean,
            Tensor dZ) {
        throw missing();
    }
}
