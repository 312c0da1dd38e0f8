package s5.ops;

import java.util.List;

/**
 * Records calls of {@link Ops} as operations of a program; goes when nothing calls {@link Ops} any
 * more.
 */
public final class ProgramOps implements Ops {
    private final Program program;

    public ProgramOps(Program program) {
        this.program = program;
    }

    @Override
    public void embed(Tensor tokens, Tensor w, Tensor bias, Tensor out) {
        program.add(new InputOp.Embed(tokens, w, bias, out));
    }

    @Override
    public void embedAdjoint(Tensor tokens, Tensor dOut, Tensor dW, Tensor dBias) {
        program.add(new InputOp.EmbedAdjoint(tokens, dOut, dW, dBias));
    }

    @Override
    public void dense(Tensor x, Tensor w, Tensor bias, Tensor out) {
        program.add(new InputOp.Dense(x, w, bias, out));
    }

    @Override
    public void denseAdjoint(Tensor x, Tensor w, Tensor dOut, Tensor dW, Tensor dBias, Tensor dX) {
        program.add(new InputOp.DenseAdjoint(x, w, dOut, dW, dBias, dX));
    }

    @Override
    public void append(Tensor x, Tensor column, Tensor out) {
        program.add(new InputOp.Append(x, column, out));
    }

    @Override
    public void appendAdjoint(Tensor dOut, Tensor dX) {
        program.add(new InputOp.AppendAdjoint(dOut, dX));
    }

    @Override
    public void convReluPool(
            Tensor x, Tensor kernel, Tensor bias, int size, int stride, Tensor out, Tensor winner) {
        program.add(new ImageOp.ConvReluPool(x, kernel, bias, size, stride, out, winner));
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
        program.add(
                new ImageOp.ConvReluPoolAdjoint(
                        x, kernel, winner, dOut, size, stride, dKernel, dBias, dX));
    }

    @Override
    public void matmul(
            Tensor a,
            boolean transposeA,
            Tensor b,
            boolean transposeB,
            boolean accumulate,
            Tensor c) {
        program.add(new Matmul(a, transposeA, b, transposeB, accumulate, c));
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
        program.add(
                new NormOp.BatchNorm(
                        x, scale, bias, runningMean, runningVar, momentum, mean, rstd, y));
    }

    @Override
    public void batchNormFrozen(
            Tensor x, Tensor scale, Tensor bias, Tensor runningMean, Tensor runningVar, Tensor y) {
        program.add(new NormOp.BatchNormFrozen(x, scale, bias, runningMean, runningVar, y));
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
        program.add(
                new NormOp.BatchNormAdjoint(x, scale, mean, rstd, dY, residual, dScale, dBias, dX));
    }

    @Override
    public void layerNorm(Tensor x, Tensor scale, Tensor bias, Tensor mean, Tensor rstd, Tensor y) {
        program.add(new NormOp.LayerNorm(x, scale, bias, mean, rstd, y));
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
        program.add(
                new NormOp.LayerNormAdjoint(x, scale, mean, rstd, dY, residual, dScale, dBias, dX));
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
        program.add(
                new ScanOp.Discretize(
                        new Poles(lambdaRe, lambdaIm, logStep),
                        b,
                        new Discretizer(
                                Discretizer.Method.valueOf(method.name()), clip, stepRescale),
                        lambdaBar,
                        bBar));
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
        program.add(
                new ScanOp.DiscretizeAdjoint(
                        new Poles(lambdaRe, lambdaIm, logStep),
                        b,
                        new Discretizer(
                                Discretizer.Method.valueOf(method.name()), clip, stepRescale),
                        dLambdaBar,
                        dBBar,
                        new Poles(dLambdaRe, dLambdaIm, dLogStep),
                        dB));
    }

    @Override
    public void readout(List<Tensor> c, float factor, Tensor cMatrix) {
        program.add(new ScanOp.Readout(c, factor, cMatrix));
    }

    @Override
    public void readoutAdjoint(Tensor dCMatrix, float factor, List<Tensor> dC) {
        program.add(new ScanOp.ReadoutAdjoint(dCMatrix, factor, dC));
    }

    @Override
    public void scan(Tensor lambdaBar, Tensor bu, int length, boolean bidirectional, Tensor x) {
        program.add(new ScanOp.Scan(lambdaBar, bu, length, bidirectional, x));
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
        program.add(
                new ScanOp.ScanAdjoint(lambdaBar, x, dX, length, bidirectional, dBu, dLambdaBar));
    }

    @Override
    public void inputMatrix(Tensor b, Tensor bMatrix) {
        program.add(new TimedOp.InputMatrix(b, bMatrix));
    }

    @Override
    public void inputMatrixAdjoint(Tensor dBMatrix, Tensor dB) {
        program.add(new TimedOp.InputMatrixAdjoint(dBMatrix, dB));
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
        program.add(
                new TimedOp.ScanTimed(
                        new Poles(lambdaRe, lambdaIm, logStep),
                        dt,
                        w,
                        new Discretizer(
                                Discretizer.Method.valueOf(method.name()), clip, stepRescale),
                        bidirectional,
                        x));
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
        program.add(
                new TimedOp.ScanTimedAdjoint(
                        new Poles(lambdaRe, lambdaIm, logStep),
                        dt,
                        w,
                        new Discretizer(
                                Discretizer.Method.valueOf(method.name()), clip, stepRescale),
                        bidirectional,
                        x,
                        dX,
                        dW,
                        new Poles(dLambdaRe, dLambdaIm, dLogStep)));
    }

    @Override
    public void dropoutMask(Tensor counters, int site, float rate, Tensor mask) {
        program.add(new LayerOp.DropoutMask(counters, site, rate, mask));
    }

    @Override
    public void skipGelu(Tensor cx, Tensor d, Tensor u, Tensor mask, Tensor y, Tensor g) {
        program.add(new LayerOp.SkipGelu(cx, d, u, mask, y, g));
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
        program.add(new LayerOp.SkipGeluAdjoint(y, d, u, mask, dG, direct, dY, dD, dU));
    }

    @Override
    public void gate(
            Tensor v, Tensor vBias, Tensor z, Tensor zBias, Tensor mask, Tensor skip, Tensor out) {
        program.add(new LayerOp.Gate(v, vBias, z, zBias, mask, skip, out));
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
        program.add(
                new LayerOp.GateAdjoint(v, vBias, z, zBias, mask, dOut, dV, dVBias, dZ, dZBias));
    }

    @Override
    public void add(Tensor a, Tensor b, Tensor out) {
        program.add(new LayerOp.Add(a, b, out));
    }

    @Override
    public void gelu(Tensor x, Tensor out) {
        program.add(new LayerOp.Gelu(x, out));
    }

    @Override
    public void geluAdjoint(Tensor x, Tensor dOut, Tensor dX) {
        program.add(new LayerOp.GeluAdjoint(x, dOut, dX));
    }

    @Override
    public void activate(Tensor x, Curve curve, Tensor out) {
        program.add(new LayerOp.Activate(x, LayerOp.Curve.valueOf(curve.name()), out));
    }

    @Override
    public void activateAdjoint(Tensor out, Curve curve, Tensor dOut, Tensor dX) {
        program.add(
                new LayerOp.ActivateAdjoint(out, LayerOp.Curve.valueOf(curve.name()), dOut, dX));
    }

    @Override
    public void pool(Tensor x, Tensor lengths, Pooling pooling, Tensor out) {
        program.add(new HeadOp.Pool(x, lengths, HeadOp.Pooling.valueOf(pooling.name()), out));
    }

    @Override
    public void poolAdjoint(Tensor dOut, Tensor lengths, Pooling pooling, Tensor dX) {
        program.add(
                new HeadOp.PoolAdjoint(dOut, lengths, HeadOp.Pooling.valueOf(pooling.name()), dX));
    }

    @Override
    public void pairFeatures(Tensor e, Tensor out) {
        program.add(new HeadOp.PairFeatures(e, out));
    }

    @Override
    public void pairFeaturesAdjoint(Tensor e, Tensor dOut, Tensor dE) {
        program.add(new HeadOp.PairFeaturesAdjoint(e, dOut, dE));
    }

    @Override
    public void crossEntropy(
            Tensor logits,
            Tensor labels,
            Tensor counters,
            Tensor logProbs,
            Tensor metrics,
            Tensor dLogits) {
        program.add(new HeadOp.CrossEntropy(logits, labels, counters, logProbs, metrics, dLogits));
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
        program.add(
                new HeadOp.GaussianLoss(
                        mean, z, target, counters, length, prediction, metrics, dMean, dZ));
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
        program.add(new Adam(p, g, m, v, rates, rate, weightDecay));
    }
}
