package s5.train;

import s5.config.Config;
import s5.config.TrainOptions;
import s5.data.Shape;
import s5.model.Inputs;
import s5.model.Model;
import s5.model.Outputs;
import s5.model.Parameter;
import s5.ops.Liveness;
import s5.ops.Program;
import s5.ops.Tensor;

import java.util.Arrays;

/**
 * The memory that a run needs on its device, worked out without taking any: from the operations of
 * its steps, with intermediate results sharing memory as {@link Liveness} plans it.
 *
 * @param parameters bytes of the trained tensors, gradients, moments and running statistics
 * @param training bytes of the intermediate results of a training step
 * @param evaluation bytes of those of an evaluation step; a backend may keep them in the same place
 * @param input bytes of a batch to train on
 */
public record Footprint(long parameters, long training, long evaluation, long input) {

    /**
     * {@return the memory of a run with these settings on samples of that shape}
     *
     * @param config of the run
     * @param shape of a sample
     */
    public static Footprint of(Config config, Shape shape) {
        Model model = new Model(config.model(), shape);
        int length = shape.length();
        int samples = config.train().batch();
        Inputs inputs = Inputs.of(shape, samples, length);
        Outputs outputs = Outputs.of(shape, samples, length);
        int evaluated = config.train().evaluationBatch();
        Inputs evaluationInputs = Inputs.of(shape, evaluated, length);
        Outputs evaluationOutputs = Outputs.of(shape, evaluated, length);
        long trained = 0;
        TrainOptions options = config.train().options();
        int tensors = 3; // value, gradient, moment
        tensors += options.optimizer() == TrainOptions.Kind.SGD ? 0 : 1;
        tensors += options.accumulate() > 1 ? 1 : 0;
        tensors += options.ema() > 0 ? 1 : 0;
        for (Parameter p : model.parameters()) {
            trained += (long) tensors * Float.BYTES * p.value().size();
        }
        for (Tensor t : model.statistics()) {
            trained += (long) Float.BYTES * t.size();
        }
        long input = (long) Float.BYTES * inputs.x().size();
        return new Footprint(
                trained,
                scratch(model.training(inputs, outputs, samples, length)),
                scratch(
                        model.evaluation(
                                evaluationInputs, evaluationOutputs, evaluated, length, 1)),
                input);
    }

    /**
     * {@return bytes of the intermediate results of a step}
     *
     * @param program of the step
     */
    public static long scratch(Program program) {
        int[] slots = Liveness.of(program.ops()).slotSizes();
        return Float.BYTES * Arrays.stream(slots).asLongStream().sum();
    }
}
