package s5.tornado;

import s5.ops.Ops;
import s5.ops.Tensor;

/** The operations that only models with time steps of their own or images use. */
abstract class PendulumOps implements Ops {
    private final RegressionOps regression;
    private final ImageOps image;
    private final TimedOps timed;

    PendulumOps(Recorder recorder) {
        regression = new RegressionOps(recorder);
        image = new ImageOps(recorder);
        timed = new TimedOps(recorder);
    }

    @Override
    public void append(Tensor x, Tensor column, Tensor out) {
        regression.append(x, column, out);
    }

    @Override
    public void appendAdjoint(Tensor dOut, Tensor dX) {
        regression.appendAdjoint(dOut, dX);
    }

    @Override
    public void convReluPool(
            Tensor x, Tensor kernel, Tensor bias, int size, int stride, Tensor out, Tensor winner) {
        image.convReluPool(x, kernel, bias, size, stride, out, winner);
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
        image.convReluPoolAdjoint(x, kernel, winner, dOut, size, stride, dKernel, dBias, dX);
    }

    @Override
    public void inputMatrix(Tensor b, Tensor bMatrix) {
        timed.inputMatrix(b, bMatrix);
    }

    @Override
    public void inputMatrixAdjoint(Tensor dBMatrix, Tensor dB) {
        timed.inputMatrixAdjoint(dBMatrix, dB);
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
        timed.scanTimed(
                lambdaRe, lambdaIm, logStep, dt, w, method, clip, stepRescale, bidirectional, x);
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
        timed.scanTimedAdjoint(
                lambdaRe,
                lambdaIm,
                logStep,
                dt,
                w,
                method,
                clip,
                stepRescale,
                bidirectional,
                x,
                dX,
                dW,
                dLambdaRe,
                dLambdaIm,
                dLogStep);
    }

    @Override
    public void activate(Tensor x, Curve curve, Tensor out) {
        regression.activate(x, curve, out);
    }

    @Override
    public void activateAdjoint(Tensor out, Curve curve, Tensor dOut, Tensor dX) {
        regression.activateAdjoint(out, curve, dOut, dX);
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
        regression.gaussianLoss(mean, z, target, counters, length, prediction, metrics, dMean, dZ);
    }
}
