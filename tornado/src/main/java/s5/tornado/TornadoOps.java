package s5.tornado;

import s5.ops.Tensor;

import java.util.List;

/** Records operations: each is handed to the class that holds its family. */
final class TornadoOps extends PendulumOps {
    private final InputOps input;
    private final ProductOps product;
    private final NormOps norm;
    private final SsmOps ssm;
    private final LayerOps layer;
    private final HeadOps head;
    private final AdamOp optimizer;

    TornadoOps(Recorder recorder) {
        super(recorder);
        input = new InputOps(recorder);
        product = new ProductOps(recorder);
        norm = new NormOps(recorder);
        ssm = new SsmOps(recorder);
        layer = new LayerOps(recorder);
        head = new HeadOps(recorder);
        optimizer = new AdamOp(recorder);
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
        product.matmul(a, transposeA, b, transposeB, accumulate, c);
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
        layer.dropoutMask(counters, site, rate, mask);
    }

    @Override
    public void skipGelu(Tensor cx, Tensor d, Tensor u, Tensor mask, Tensor y, Tensor g) {
        layer.skipGelu(cx, d, u, mask, y, g);
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
        layer.skipGeluAdjoint(y, d, u, mask, dG, direct, dY, dD, dU);
    }

    @Override
    public void gate(
            Tensor v, Tensor vBias, Tensor z, Tensor zBias, Tensor mask, Tensor skip, Tensor out) {
        layer.gate(v, vBias, z, zBias, mask, skip, out);
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
        layer.gateAdjoint(v, vBias, z, zBias, mask, dOut, dV, dVBias, dZ, dZBias);
    }

    @Override
    public void add(Tensor a, Tensor b, Tensor out) {
        layer.add(a, b, out);
    }

    @Override
    public void gelu(Tensor x, Tensor out) {
        layer.gelu(x, out);
    }

    @Override
    public void geluAdjoint(Tensor x, Tensor dOut, Tensor dX) {
        layer.geluAdjoint(x, dOut, dX);
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
}
