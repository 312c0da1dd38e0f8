package s5.train;

import s5.config.Config;
import s5.data.Shape;
import s5.model.Inputs;
import s5.model.Model;
import s5.model.Outputs;
import s5.model.Parameter;
import s5.ops.Call;
import s5.ops.Liveness;
import s5.ops.Ops;
import s5.ops.Tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

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

    /** That of a run with these settings on samples of that shape. */
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
        for (Parameter p : model.parameters()) {
            trained += 4L * Float.BYTES * p.value().size(); // value, gradient, two moments
        }
        for (Tensor t : model.statistics()) {
            trained += (long) Float.BYTES * t.size();
        }
        long input = (long) Float.BYTES * inputs.x().size();
        return new Footprint(
                trained,
                scratch(ops -> model.recordTraining(ops, inputs, outputs, samples, length)),
                scratch(ops ->
                        model.recordEvaluation(
                                ops, evaluationInputs, evaluationOutputs, evaluated, length, 1)),
                input);
    }

    private static long scratch(Consumer<Ops> program) {
        List<Call> calls = new ArrayList<>();
        Set<Tensor> seen = new HashSet<>();
        program.accept(
                WatchedOps.of(
                        null,
                        t -> t,
                        (name, tensors) -> {
                            // What a tensor's first operation does with it is write it.
                            List<Tensor> written = tensors.stream().filter(seen::add).toList();
                            List<Tensor> read =
                                    tensors.stream().filter(t -> !written.contains(t)).toList();
                            calls.add(new Call(name, read, written));
                        }));
        return Float.BYTES * Arrays.stream(Liveness.of(calls).slotSizes()).asLongStream().sum();
    }
}
