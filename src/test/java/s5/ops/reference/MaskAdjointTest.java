package s5.ops.reference;

import static s5.ops.reference.AdjointCheck.either;
import static s5.ops.reference.AdjointCheck.name;
import static s5.ops.reference.AdjointCheck.out;
import static s5.ops.reference.AdjointCheck.test;
import static s5.ops.reference.AdjointCheck.triples;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import s5.ops.LayerOp;
import s5.ops.NormOp;
import s5.ops.Tensor;

import java.util.Arrays;
import java.util.stream.Stream;

/** Adjoints of what knows of padding; weights of the loss are on padding, too. */
class MaskAdjointTest {
    private static Tensor lengths(AdjointCheck c, int batch, int length) {
        int[] counts = new int[batch];
        Arrays.setAll(counts, i -> 1 + c.index(length));
        return c.integers("lengths", counts);
    }

    @TestFactory
    Stream<DynamicTest> batchNorm() {
        return triples()
                .flatMap(s ->
                        either().map(r -> test(name("batchNorm", s, r), c -> batchNorm(c, s, r))));
    }

    private static void batchNorm(AdjointCheck c, int[] sizes, boolean withResidual) {
        int n = sizes[0] * sizes[1];
        int h = sizes[2];
        Tensor x = c.in("x", n, h);
        Tensor lengths = lengths(c, sizes[0], sizes[1]);
        Tensor scale = c.in("scale", h);
        Tensor bias = c.in("bias", h);
        Tensor runningMean = out("runningMean", h);
        Tensor runningVar = out("runningVar", h);
        Tensor mean = out("mean", h);
        Tensor rstd = out("rstd", h);
        Tensor y = out("y", n, h);
        Tensor dY = c.weights(y);
        Tensor residual = withResidual ? c.weights(x) : null;
        Tensor dScale = c.gradient(scale);
        Tensor dBias = c.gradient(bias);
        Tensor dX = c.gradient(x);
        c.verify(
                new NormOp.BatchNorm(
                        x, lengths, scale, bias, runningMean, runningVar, 0.9f, mean, rstd, y),
                new NormOp.BatchNormAdjoint(
                        x, lengths, scale, mean, rstd, dY, residual, dScale, dBias, dX));
    }

    /** Works in place: its input is its result, and so is the gradient. */
    @TestFactory
    Stream<DynamicTest> maskRows() {
        return triples()
                .map(s ->
                        test(
                                name("maskRows", s),
                                c -> {
                                    Tensor x = c.in("x", s[0] * s[1], s[2]);
                                    Tensor lengths = lengths(c, s[0], s[1]);
                                    Tensor dX = c.gradient(x, c.weights(x));
                                    c.verify(
                                            new LayerOp.MaskRows(x, lengths),
                                            new LayerOp.MaskRows(dX, lengths));
                                }));
    }
}
