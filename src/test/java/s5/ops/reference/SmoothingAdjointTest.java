package s5.ops.reference;

import static s5.ops.reference.AdjointCheck.name;
import static s5.ops.reference.AdjointCheck.out;
import static s5.ops.reference.AdjointCheck.test;
import static s5.ops.reference.AdjointCheck.triples;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import s5.ops.Counters;
import s5.ops.HeadOp;
import s5.ops.HeadOp.SmoothLabels;
import s5.ops.Program;
import s5.ops.Tensor;

import java.util.Arrays;
import java.util.stream.Stream;

/** The gradient that smoothed labels leave is that of the loss that they leave. */
class SmoothingAdjointTest {
    @TestFactory
    Stream<DynamicTest> smoothLabels() {
        return triples()
                .filter(s -> s[2] <= s[0])
                .map(s -> test(name("smoothLabels", s), c -> smooth(c, s[0], s[1], s[2])));
    }

    private static void smooth(AdjointCheck c, int batch, int classes, int rows) {
        Tensor logits = c.in("logits", batch, classes);
        int[] labels = new int[batch];
        Arrays.setAll(labels, i -> c.index(classes));
        Tensor label = c.integers("labels", labels);
        int[] values = new int[Counters.SIZE];
        values[Counters.ROWS] = rows;
        values[Counters.SLOT] = 1;
        Tensor counters = c.integers("counters", values);
        Tensor logProbs = out("logProbs", batch, classes);
        Tensor metrics = Tensor.output("metrics", 3, 2);
        c.weights(metrics, 2); // the mean loss in row 1
        Tensor dLogits = c.gradient(logits);
        c.verify(
                Program.of(
                        new HeadOp.CrossEntropy(
                                logits, label, counters, logProbs, metrics, dLogits),
                        new SmoothLabels(
                                logProbs, label, null, counters, 0, 0.25f, dLogits, metrics)),
                new Program());
    }
}
