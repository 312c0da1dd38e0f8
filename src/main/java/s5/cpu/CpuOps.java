package s5.cpu;

import s5.ops.Ops;
import s5.ops.Tensor;

import java.util.List;

/** Records operations: each is handed to the class that holds its family. */
final class CpuOps implements Ops {
    private final InputOps input;
    private final NormOps norm;
    private final SsmOps ssm;
    private final ActivationOps activation;
    private final HeadOps head;
    private final AdamOp optimizer;
    private final ImageOps images;
    private final TimedOps timed;
    private final RegressionOps regression;

    CpuOps(Recorder recorder) {
        input = new InputOps(recorder);
        norm = new NormOps(recorder);
        ssm = new SsmOps(recorder);
        activation = new ActivationOps(recorder);
        head = new HeadOps(recorder);
        optimizer = new AdamOp(recorder);
        images = new ImageOps(recorder);
        timed = new TimedOps(recorder);
        regression = new RegressionOps(recorder);
    }

    @Override
    public void embed(Tensor tokens, Tensor w, Tensor bias, Tensor out) {
        input.embed(tokens, w, bias, out);
    }

    @Override
    public void embedAdjoint(Tensor tokens, Tensor dOut, Tensor dW, Tensor dBias) {
        input.embedAdjoint(tokens, dOut, dW, dBias);
    }

    @Override
    public void dense(Tensor x, Tensor w, Tensor bias, Tensor out) {
        input.dense(x, w, bias, out);
    }

    @Override
    public void denseAdjoint(Tensor x, Tensor w, Tensor dOut, Tensor dW, Tensor dBias, Tensor dX) {
        input.denseAdjoint(x, w, dOut, dW, dBias, dX);
    }

    @Override
    public void matmul(
            Tensor a,
            boolean transposeA,
            Tensor b,
            boolean transposeB,
            boolean accumulate,
            Tensor c) {
        input.matmul(a, transposeA, b, transposeB, accumulate, c);
    }

    @Override
    public void batchNorm(
            Tensor x,
            Tensor scale,
            Tensor bias,
            Tensor runningMean,
            Tensor runningVar,
            float momentum,
            Tensor mean,
            Tensor rstd,
            Tensor y) {
        norm.batchNorm(x, scale, bias, runningMean, runningVar, momentum, mean, rstd, y);
    }

    @Override
    public void batchNormFrozen(
            Tensor x, Tensor scale, Tensor bias, Tensor runningMean, Tensor runningVar, Tensor y) {
        norm.batchNormFrozen(x, scale, bias, runningMean, runningVar, y);
    }

    @Override
    public void batchNormAdjoint(
            Tensor x,
            Tensor scale,
            Tensor mean,
            Tensor rstd,
            Tensor dY,
            Tensor residual,
            Tensor dScale,
            Tensor dBias,
            Tensor dX) {
        norm.batchNormAdjoint(x, scale, mean, rstd, dY, residual, dScale, dBias, dX);
    }

    @Override
    public void layerNorm(Tensor x, Tensor scale, Tensor bias, Tensor mean, Tensor rstd, Tensor y) {
        norm.layerNorm(x, scale, bias, mean, rstd, y);
    }

    @Override
    public void layerNormAdjoint(
            Tensor x,
            Tensor scale,
            Tensor mean,
            Tensor rstd,
            Tensor dY,
            Tensor residual,
            Tensor dScale,
            Tensor dBias,
            Tensor dX) {
        norm.layerNormAdjoint(x, scale, mean, rstd, dY, residual, dScale, dBias, dX);
    }

    @Override
    public void discretize(
            Tensor lambdaRe,
            Tensor lambdaIm,
            Tensor logStep,
            Tensor b,
            Discretization method,
            boolean clip,
            float stepRescale,
            Tensor lambdaBar,
            Tensor bBar) {
        ssm.discretize(lambdaRe, lambdaIm, logStep, b, method, clip, stepRescale, lambdaBar, bBar);
    }

    @Override
    public void discretizeAdjoint(
            Tensor lambdaRe,
            Tensor lambdaIm,
            Tensor logStep,
            Tensor b,
            Discretization method,
            boolean clip,
            float stepRescale,
            Tensor dLambdaBar,
            Tensor dBBar,
            Tensor dLambdaRe,
            Tensor dLambdaIm,
            Tensor dLogStep,
            Tensor dB) {
        ssm.discretizeAdjoint(
                lambdaRe,
                lambdaIm,
                logStep,
                b,
                method,
                clip,
                stepRescale,
                dLambdaBar,
                dBBar,
                dLambdaRe,
                dLambdaIm,
                dLogStep,
                dB);
    }

    @Override
    public void readout(List<Tensor> c, float factor, Tensor cMatrix) {
        ssm.readout(c, factor, cMatrix);
    }

    @Override
    public void readoutAdjoint(Tensor dCMatrix, float factor, List<Tensor> dC) {
        ssm.readoutAdjoint(dCMatrix, factor, dC);
    }

    @Override
    public void scan(Tensor lambdaBar, Tensor bu, int length, boolean bidirectional, Tensor x) {
        ssm.scan(lambdaBar, bu, length, bidirectional, x);
    }

    @Override
    public void scanAdjoint(
            Tensor lambdaBar,
            Tensor x,
            Tensor dX,
            int length,
            boolean bidirectional,
            Tensor dBu,
            Tensor dLambdaBar) {
        ssm.scanAdjoint(lambdaBar, x, dX, length, bidirectional, dBu, dLambdaBar);
    }

    @Override
    public void dropoutMask(Tensor counters, int site, float rate, Tensor mask) {
        activation.dropoutMask(counters, site, rate, mask);
    }

    @Override
    public void skipGelu(Tensor cx, Tensor d, Tensor u, Tensor mask, Tensor y, Tensor g) {
        activation.skipGelu(cx, d, u, mask, y, g);
    }

    @Override
    public void skipGeluAdjoint(
            Tensor y,
            Tensor d,
            Tensor u,
            Tensor mask,
            Tensor dG,
            Tensor direct,
            Tensor dY,
            Tensor dD,
            Tensor dU) {
        activation.skipGeluAdjoint(y, d, u, mask, dG, direct, dY, dD, dU);
    }

    @Override
    public void gate(
            Tensor v, Tensor vBias, Tensor z, Tensor zBias, Tensor mask, Tensor skip, Tensor out) {
        activation.gate(v, vBias, z, zBias, mask, skip, out);
    }

    @Override
    public void gateAdjoint(
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
        activation.gateAdjoint(v, vBias, z, zBias, mask, dOut, dV, dVBias, dZ, dZBias);
    }

    @Override
    public void add(Tensor a, Tensor b, Tensor out) {
        activation.add(a, b, out);
    }

    @Override
    public void gelu(Tensor x, Tensor out) {
        activation.gelu(x, out);
    }

    @Override
    public void geluAdjoint(Tensor x, Tensor dOut, Tensor dX) {
        activation.geluAdjoint(x, dOut, dX);
    }

    @Override
    public void pool(Tensor x, Tensor lengths, Pooling pooling, Tensor out) {
        head.pool(x, lengths, pooling, out);
    }

    @Override
    public void poolAdjoint(Tensor dOut, Tensor lengths, Pooling pooling, Tensor dX) {
        head.poolAdjoint(dOut, lengths, pooling, dX);
    }

    @Override
    public void pairFeatures(Tensor e, Tensor out) {
        head.pairFeatures(e, out);
    }

    @Override
    public void pairFeaturesAdjoint(Tensor e, Tensor dOut, Tensor dE) {
        head.pairFeaturesAdjoint(e, dOut, dE);
    }

    @Override
    public void crossEntropy(
            Tensor logits,
            Tensor labels,
            Tensor counters,
            Tensor logProbs,
            Tensor metrics,
            Tensor dLogits) {
        head.crossEntropy(logits, labels, counters, logProbs, metrics, dLogits);
    }

    @Override
    public void adam(
            List<Tensor> p,
            List<Tensor> g,
            List<Tensor> m,
            List<Tensor> v,
            Tensor rates,
            int rate,
            float weightDecay) {
        optimizer.adam(p, g, m, v, rates, rate, weightDecay);
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
        images.convReluPool(x, kernel, bias, size, stride, out, winner);
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
        images.convReluPoolAdjoint(x, kernel, winner, dOut, size, stride, dKernel, dBias, dX);
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
