package s5.ops.reference;

import static s5.ops.reference.AdjointCheck.either;
import static s5.ops.reference.AdjointCheck.name;
import static s5.ops.reference.AdjointCheck.out;
import static s5.ops.reference.AdjointCheck.pairs;
import static s5.ops.reference.AdjointCheck.test;
import static s5.ops.reference.AdjointCheck.triples;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import s5.ops.Discretizer;
import s5.ops.Discretizer.Method;
import s5.ops.Poles;
import s5.ops.ScanOp;
import s5.ops.Tensor;

import java.util.List;
import java.util.stream.Stream;

/** Every state space adjoint of the reference is the derivative of its forward operation. */
class StateSpaceAdjointTest {
    // ---- state space
    // -----------------------------------------------------------------------------

    @TestFactory
    Stream<DynamicTest> discretize() {
        return pairs().flatMap(s ->
                Stream.of(Method.values())
                        .flatMap(m ->
                                Stream.of("usual", "clip", "tiny", "large")
                                        .map(kind ->
                                                test(
                                                        name("discretize", s, m, kind),
                                                        c -> discretize(c, s[0], s[1], m, kind)))));
    }

    private static void discretize(AdjointCheck c, int p, int h, Method method, String kind) {
        Tensor re =
                switch (kind) {
                    // On both sides of the limit, but not so near that a difference crosses it.
                    case "clip" ->
                            c.in(
                                    () -> (c.index(2) == 0 ? 1 : -1) * c.uniform(0.1, 1),
                                    "lambdaRe",
                                    p);
                    case "tiny" -> c.in(() -> 1e-5 * c.normal(), "lambdaRe", p);
                    default -> c.in(() -> c.uniform(-1, -0.1), "lambdaRe", p);
                };
        double reach =
                switch (kind) {
                    case "tiny" -> 1e-5;
                    case "large" -> 100;
                    default -> 10;
                };
        Tensor im = c.in(() -> c.uniform(-reach, reach), "lambdaIm", p);
        Tensor logStep = c.in(() -> c.uniform(Math.log(0.001), Math.log(0.1)), "logStep", p, 1);
        Tensor b = c.in("b", p, h, 2);
        Poles poles = new Poles(re, im, logStep);
        Discretizer discretizer =
                new Discretizer(method, kind.equals("clip"), p % 2 == 0 ? 2 : 0.5f);
        Tensor lambdaBar = out("lambdaBar", 2 * p);
        Tensor bBar = out("bBar", h, 2 * p);
        Tensor dLambdaBar = c.weights(lambdaBar);
        Tensor dBBar = c.weights(bBar);
        Poles dPoles = c.gradient(poles);
        Tensor dB = c.gradient(b);
        c.verify(
                new ScanOp.Discretize(poles, b, discretizer, lambdaBar, bBar),
                new ScanOp.DiscretizeAdjoint(poles, b, discretizer, dLambdaBar, dBBar, dPoles, dB));
    }

    @TestFactory
    Stream<DynamicTest> readout() {
        return pairs().flatMap(s ->
                Stream.of("one", "two", "shared")
                        .map(kind ->
                                test(name("readout", s, kind), c -> readout(c, s[0], s[1], kind))));
    }

    private static void readout(AdjointCheck c, int p, int h, String kind) {
        Tensor c1 = c.in("c1", h, kind.equals("shared") ? 2 * p : p, 2);
        Tensor dC1 = c.gradient(c1);
        Tensor c2 = kind.equals("two") ? c.in("c2", h, p, 2) : c1;
        Tensor dC2 = kind.equals("two") ? c.gradient(c2) : dC1;
        boolean one = kind.equals("one");
        Tensor cMatrix = out("cMatrix", one ? 2 * p : 4 * p, h);
        Tensor dCMatrix = c.weights(cMatrix);
        c.verify(
                new ScanOp.Readout(one ? List.of(c1) : List.of(c1, c2), 2, cMatrix),
                new ScanOp.ReadoutAdjoint(dCMatrix, 2, one ? List.of(dC1) : List.of(dC1, dC2)));
    }

    @TestFactory
    Stream<DynamicTest> scan() {
        return Stream.concat(triples(), Stream.of(new int[] {2, 33, 3}, new int[] {1, 130, 1}))
                .flatMap(s ->
                        either().map(both ->
                                test(name("scan", s, both), c -> scan(c, s[0], s[1], s[2], both))));
    }

    private static void scan(AdjointCheck c, int batch, int length, int p, boolean both) {
        // Absolute values up to 0.92.
        Tensor lambdaBar = c.in(() -> c.uniform(-0.65, 0.65), "lambdaBar", 2 * p);
        Tensor bu = c.in("bu", batch * length, 2 * p);
        Tensor x = out("x", batch * length, both ? 4 * p : 2 * p);
        Tensor dX = c.weights(x);
        Tensor dLambdaBar = c.gradient(lambdaBar);
        Tensor dBu = c.gradient(bu);
        c.verify(
                new ScanOp.Scan(lambdaBar, bu, length, both, x),
                new ScanOp.ScanAdjoint(lambdaBar, x, dX, length, both, dBu, dLambdaBar));
    }
}
