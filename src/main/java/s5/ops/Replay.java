package s5.ops;

/**
 * Calls {@link Ops} for every operation of a program; goes when no backend implements {@link Ops}
 * any more.
 */
final class Replay {
    private Replay() {}

    static void run(Program program, Ops ops) {
        for (Op op : program.ops()) {
            switch (op) {
                case InputOp.Embed o -> ops.embed(o.tokens(), o.w(), o.bias(), o.out());
                case InputOp.EmbedAdjoint o ->
                        ops.embedAdjoint(o.tokens(), o.dOut(), o.dW(), o.dBias());
                case InputOp.Dense o -> ops.dense(o.x(), o.w(), o.bias(), o.out());
                case InputOp.DenseAdjoint o ->
                        ops.denseAdjoint(o.x(), o.w(), o.dOut(), o.dW(), o.dBias(), o.dX());
                case InputOp.Append o -> ops.append(o.x(), o.column(), o.out());
                case InputOp.AppendAdjoint o -> ops.appendAdjoint(o.dOut(), o.dX());
                case ImageOp.ConvReluPool o ->
                        ops.convReluPool(
                                o.x(),
                                o.kernel(),
                                o.bias(),
                                o.size(),
                                o.stride(),
                                o.out(),
                                o.winner());
                case ImageOp.ConvReluPoolAdjoint o ->
                        ops.convReluPoolAdjoint(
                                o.x(),
                                o.kernel(),
                                o.winner(),
                                o.dOut(),
                                o.size(),
                                o.stride(),
                                o.dKernel(),
                                o.dBias(),
                                o.dX());
                case Matmul o ->
                        ops.matmul(
                                o.a(),
                                o.transposeA(),
                                o.b(),
                                o.transposeB(),
                                o.accumulate(),
                                o.c());
                case NormOp.BatchNorm o ->
                        ops.batchNorm(
                                o.x(),
                                o.scale(),
                                o.bias(),
                                o.runningMean(),
                                o.runningVar(),
                                o.momentum(),
                                o.mean(),
                                o.rstd(),
                                o.y());
                case NormOp.BatchNormFrozen o ->
                        ops.batchNormFrozen(
                                o.x(), o.scale(), o.bias(), o.runningMean(), o.runningVar(), o.y());
                case NormOp.BatchNormAdjoint o ->
                        ops.batchNormAdjoint(
                                o.x(),
                                o.scale(),
                                o.mean(),
                                o.rstd(),
                                o.dY(),
                                o.residual(),
                                o.dScale(),
                                o.dBias(),
                                o.dX());
                case NormOp.LayerNorm o ->
                        ops.layerNorm(o.x(), o.scale(), o.bias(), o.mean(), o.rstd(), o.y());
                case NormOp.LayerNormAdjoint o ->
                        ops.layerNormAdjoint(
                                o.x(),
                                o.scale(),
                                o.mean(),
                                o.rstd(),
                                o.dY(),
                                o.residual(),
                                o.dScale(),
                                o.dBias(),
                                o.dX());
                case ScanOp.Discretize o ->
                        ops.discretize(
                                o.poles().re(),
                                o.poles().im(),
                                o.poles().logStep(),
                                o.b(),
                                Ops.Discretization.valueOf(o.discretizer().method().name()),
                                o.discretizer().clip(),
                                o.discretizer().stepRescale(),
                                o.lambdaBar(),
                                o.bBar());
                case ScanOp.DiscretizeAdjoint o ->
                        ops.discretizeAdjoint(
                                o.poles().re(),
                                o.poles().im(),
                                o.poles().logStep(),
                                o.b(),
                                Ops.Discretization.valueOf(o.discretizer().method().name()),
                                o.discretizer().clip(),
                                o.discretizer().stepRescale(),
                                o.dLambdaBar(),
                                o.dBBar(),
                                o.dPoles().re(),
                                o.dPoles().im(),
                                o.dPoles().logStep(),
                                o.dB());
                case ScanOp.Readout o -> ops.readout(o.c(), o.factor(), o.cMatrix());
                case ScanOp.ReadoutAdjoint o ->
                        ops.readoutAdjoint(o.dCMatrix(), o.factor(), o.dC());
                case ScanOp.Scan o ->
                        ops.scan(o.lambdaBar(), o.bu(), o.length(), o.bidirectional(), o.x());
                case ScanOp.ScanAdjoint o ->
                        ops.scanAdjoint(
                                o.lambdaBar(),
                                o.x(),
                                o.dX(),
                                o.length(),
                                o.bidirectional(),
                                o.dBu(),
                                o.dLambdaBar());
                case TimedOp.InputMatrix o -> ops.inputMatrix(o.b(), o.bMatrix());
                case TimedOp.InputMatrixAdjoint o -> ops.inputMatrixAdjoint(o.dBMatrix(), o.dB());
                case TimedOp.ScanTimed o ->
                        ops.scanTimed(
                                o.poles().re(),
                                o.poles().im(),
                                o.poles().logStep(),
                                o.dt(),
                                o.w(),
                                Ops.Discretization.valueOf(o.discretizer().method().name()),
                                o.discretizer().clip(),
                                o.discretizer().stepRescale(),
                                o.bidirectional(),
                                o.x());
                case TimedOp.ScanTimedAdjoint o ->
                        ops.scanTimedAdjoint(
                                o.poles().re(),
                                o.poles().im(),
                                o.poles().logStep(),
                                o.dt(),
                                o.w(),
                                Ops.Discretization.valueOf(o.discretizer().method().name()),
                                o.discretizer().clip(),
                                o.discretizer().stepRescale(),
                                o.bidirectional(),
                                o.x(),
                                o.dX(),
                                o.dW(),
                                o.dPoles().re(),
                                o.dPoles().im(),
                                o.dPoles().logStep());
                case LayerOp.DropoutMask o ->
                        ops.dropoutMask(o.counters(), o.site(), o.rate(), o.mask());
                case LayerOp.SkipGelu o ->
                        ops.skipGelu(o.cx(), o.d(), o.u(), o.mask(), o.y(), o.g());
                case LayerOp.SkipGeluAdjoint o ->
                        ops.skipGeluAdjoint(
                                o.y(),
                                o.d(),
                                o.u(),
                                o.mask(),
                                o.dG(),
                                o.direct(),
                                o.dY(),
                                o.dD(),
                                o.dU());
                case LayerOp.Gate o ->
                        ops.gate(o.v(), o.vBias(), o.z(), o.zBias(), o.mask(), o.skip(), o.out());
                case LayerOp.GateAdjoint o ->
                        ops.gateAdjoint(
                                o.v(),
                                o.vBias(),
                                o.z(),
                                o.zBias(),
                                o.mask(),
                                o.dOut(),
                                o.dV(),
                                o.dVBias(),
                                o.dZ(),
                                o.dZBias());
                case LayerOp.Add o -> ops.add(o.a(), o.b(), o.out());
                case LayerOp.Gelu o -> ops.gelu(o.x(), o.out());
                case LayerOp.GeluAdjoint o -> ops.geluAdjoint(o.x(), o.dOut(), o.dX());
                case LayerOp.Activate o ->
                        ops.activate(o.x(), Ops.Curve.valueOf(o.curve().name()), o.out());
                case LayerOp.ActivateAdjoint o ->
                        ops.activateAdjoint(
                                o.out(), Ops.Curve.valueOf(o.curve().name()), o.dOut(), o.dX());
                case HeadOp.Pool o ->
                        ops.pool(
                                o.x(),
                                o.lengths(),
                                Ops.Pooling.valueOf(o.pooling().name()),
                                o.out());
                case HeadOp.PoolAdjoint o ->
                        ops.poolAdjoint(
                                o.dOut(),
                                o.lengths(),
                                Ops.Pooling.valueOf(o.pooling().name()),
                                o.dX());
                case HeadOp.PairFeatures o -> ops.pairFeatures(o.e(), o.out());
                case HeadOp.PairFeaturesAdjoint o ->
                        ops.pairFeaturesAdjoint(o.e(), o.dOut(), o.dE());
                case HeadOp.CrossEntropy o ->
                        ops.crossEntropy(
                                o.logits(),
                                o.labels(),
                                o.counters(),
                                o.logProbs(),
                                o.metrics(),
                                o.dLogits());
                case HeadOp.GaussianLoss o ->
                        ops.gaussianLoss(
                                o.mean(),
                                o.z(),
                                o.target(),
                                o.counters(),
                                o.length(),
                                o.prediction(),
                                o.metrics(),
                                o.dMean(),
                                o.dZ());
                case Adam o ->
                        ops.adam(o.p(), o.g(), o.m(), o.v(), o.rates(), o.rate(), o.weightDecay());
                case Op.Fused o -> throw new IllegalArgumentException("no Ops for " + o);
            }
        }
    }
}
