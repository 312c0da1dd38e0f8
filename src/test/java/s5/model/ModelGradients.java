package s5.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import s5.data.Batch;
import s5.ops.Counters;
import s5.ops.HeadOp.Fit;
import s5.ops.Program;
import s5.ops.Step;
import s5.ops.reference.ReferenceBackend;

import java.util.Map;
import java.util.Random;

/** Compares a model's gradients with finite differences of its loss, in double precision. */
final class ModelGradients {
    private static final double STEP = 1e-4;

    private ModelGradients() {}

    /**
     * Checks every parameter along a random direction.
     *
     * @param batch full, or not
     * @param weights of the classes in the loss; null for none
     */
    static void check(Model model, Batch batch, float[] weights) {
        int samples = batch.capacity;
        int length = batch.shape.length();
        Inputs plain = Inputs.of(batch.shape, samples, length);
        Inputs in = weights == null ? plain : plain.weighted(weights.length);
        Outputs out = Outputs.of(batch.shape, samples, length);
        Program program = model.training(in, out, samples, length, Fit.NLL);
        Map<String, float[]> start = new Initialization(model.config(), 1).parameters(model);
        Random random = new Random(5);
        try (ReferenceBackend backend = new ReferenceBackend();
                Step step = backend.compile("training", program)) {
            in.write(backend, batch);
            if (weights != null) {
                backend.write(in.weights(), weights);
            }
            int[] counters = new int[Counters.SIZE];
            counters[Counters.ROWS] = batch.rows;
            backend.write(in.counters(), counters);
            model.parameters().forEach(p -> backend.write(p.value(), start.get(p.name())));
            step.run();
            for (Parameter p : model.parameters()) {
                double[] at = backend.readDouble(p.value());
                double[] direction = random.doubles(at.length, -1, 1).toArray();
                step.run();
                double[] gradient = backend.readDouble(p.gradient());
                double product = 0;
                double size = 0;
                for (int i = 0; i < at.length; i++) {
                    product += gradient[i] * direction[i];
                    size += gradient[i] * gradient[i];
                }
                double[] losses = new double[4];
                double[] steps = {-2, -1, 1, 2};
                for (int s = 0; s < 4; s++) {
                    double[] moved = at.clone();
                    for (int i = 0; i < at.length; i++) {
                        moved[i] += steps[s] * STEP * direction[i];
                    }
                    backend.write(p.value(), moved);
                    step.run();
                    losses[s] = backend.readDouble(out.metrics())[0];
                }
                backend.write(p.value(), at);
                double difference =
                        (8 * (losses[2] - losses[1]) - losses[3] + losses[0]) / (12 * STEP);
                assertEquals(difference, product, 1e-6 * Math.sqrt(size) + 1e-9, p.name());
            }
        }
    }
}
