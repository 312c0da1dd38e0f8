package s5.infer;

import s5.Prediction;
import s5.UserError;
import s5.config.Memory;
import s5.cpu.CpuBackend;
import s5.data.Shape;
import s5.model.Inputs;
import s5.model.Model;
import s5.model.Outputs;
import s5.ops.Counters;
import s5.ops.Program;
import s5.ops.Step;
import s5.ops.Tensor;
import s5.train.Footprint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Scratch that evaluates one sequence at a time: an evaluation for each of the lengths that came
 * last, and the two ends for streams. For one thread at a time.
 */
final class Runner {
    /** Lengths that are kept. */
    private static final int LENGTHS = 64;

    private final Trained model;
    private final CpuBackend backend;
    private final Map<Integer, Evaluation> evaluations = new LinkedHashMap<>(16, .75f, true);
    private StreamEnds ends; // null before the first use

    Runner(Trained model) {
        this.model = model;
        backend = model.backend();
    }

    /** The evaluation of one sequence of a length. */
    private record Evaluation(Inputs in, Outputs out, Step step, int length) {}

    /** The network's two ends at a position. */
    private record StreamEnds(
            Inputs in, Outputs out, Tensor features, Tensor pooled, Step input, Step output) {}

    Prediction predict(Reading sequence) {
        return predict(sequence, model.answers());
    }

    /** The same, told by others than the model's own answers. */
    Prediction predict(Reading sequence, Answers answers) {
        Shape shape = model.shape();
        int length = model.seesPadding() ? shape.length() : sequence.length();
        try {
            Evaluation run = evaluations.get(length);
            if (run == null) {
                run = compile(length);
                evaluations.put(length, run);
                trim();
            }
            write(run, sequence);
            run.step.run();
            float[] raw = backend.read(run.out.prediction());
            return answers.of(raw, 0, sequence.length(), sequence.cut());
        } catch (OutOfMemoryError e) {
            throw new UserError(
                    Memory.exhausted(
                            e, "a sequence of %,d positions: %s".formatted(length, less())),
                    e);
        }
    }

    private Evaluation compile(int length) {
        Shape shape = model.shape().withLength(length);
        Inputs in;
        Outputs out;
        Program program;
        try {
            in = Inputs.of(shape, 1, length);
            out = Outputs.of(shape, 1, length);
            program = model.program(in, out, length);
        } catch (UserError e) {
            throw new UserError(
                    "sequence: %,d positions are more than this model has arrays for; %s"
                            .formatted(length, less()),
                    e);
        }
        checkRoom(length, Footprint.scratch(program));
        Step step = backend.compile("predict", program);
        return new Evaluation(one(in), out, step, length);
    }

    /** What takes less memory than a long sequence. */
    private String less() {
        return model.config().bidirectional()
                ? "predict it in pieces"
                : "predict it in pieces, or push it through a stream, which needs no more memory"
                        + " for more positions";
    }

    /** Demands that the memory of this JVM may hold what one of a usual length never fills. */
    private void checkRoom(int length, long bytes) {
        long most = Runtime.getRuntime().maxMemory();
        if (length > model.shape().length() && bytes > most) {
            throw new UserError(
                    "sequence: %,d positions take %.1f GB in this model, and this JVM has %.1f GB; %s"
                            .formatted(length, bytes / 1e9, most / 1e9, less()));
        }
    }

    private void trim() {
        if (evaluations.size() > LENGTHS) {
            Iterator<Evaluation> all = evaluations.values().iterator();
            Evaluation oldest = all.next();
            all.remove();
            oldest.step.close();
            backend.forget(tensors(oldest.in, oldest.out));
        }
    }

    private static List<Tensor> tensors(Inputs in, Outputs out) {
        List<Tensor> all = new ArrayList<>();
        for (Tensor t :
                new Tensor[] {
                    in.x(),
                    in.lengths(),
                    in.dt(),
                    in.labels(),
                    in.targets(),
                    in.counters(),
                    in.rates(),
                    out.prediction(),
                    out.metrics()
                }) {
            if (t != null) {
                all.add(t);
            }
        }
        return all;
    }

    /** Says that the batch has one sample. */
    private Inputs one(Inputs in) {
        int[] counters = new int[Counters.SIZE];
        counters[Counters.ROWS] = 1;
        backend.write(in.counters(), counters);
        return in;
    }

    private void write(Evaluation run, Reading sequence) {
        Shape shape = model.shape();
        Inputs in = run.in;
        if (shape.tokens()) {
            int[] tokens = new int[in.x().size()];
            int[] lengths = new int[shape.documents()];
            for (int d = 0; d < lengths.length; d++) {
                int[] ids = sequence.tokens().get(d);
                System.arraycopy(ids, 0, tokens, d * run.length, ids.length);
                lengths[d] = ids.length;
            }
            backend.write(in.x(), tokens);
            if (in.lengths() != null) {
                backend.write(in.lengths(), lengths);
            }
        } else {
            float[] values = sequence.values();
            int size = in.x().size();
            backend.write(in.x(), padded(values, sequence.length() * shape.inputs(), size, 0));
            if (in.lengths() != null) {
                backend.write(in.lengths(), new int[] {sequence.length()});
            }
        }
        if (in.dt() != null) {
            backend.write(in.dt(), padded(sequence.dt(), sequence.length(), run.length, 1));
        }
    }

    private static float[] padded(float[] values, int count, int size, float padding) {
        if (count == size) {
            return values;
        }
        float[] all = new float[size];
        System.arraycopy(values, 0, all, 0, count);
        Arrays.fill(all, count, size, padding);
        return all;
    }

    // ---- streams

    private StreamEnds ends() {
        if (ends == null) {
            Shape shape = model.shape().withLength(1);
            Inputs in = Inputs.of(shape, 1, 1);
            Outputs out = Outputs.of(shape, 1, 1);
            Model.Ends programs = model.ends(in, out);
            ends =
                    new StreamEnds(
                            one(in),
                            out,
                            programs.features(),
                            programs.pooled(),
                            backend.compile("stream input", programs.input()),
                            backend.compile("stream output", programs.output()));
            if (in.lengths() != null) {
                backend.write(in.lengths(), new int[] {1});
            }
        }
        return ends;
    }

    /**
     * The features of one position of numbers, for input layers that have no step of their own.
     *
     * @param values (inputs)
     * @param dt the time before it
     * @return (H)
     */
    float[] features(float[] values, float dt) {
        StreamEnds run = ends();
        backend.write(run.in.x(), values);
        if (run.in.dt() != null) {
            backend.write(run.in.dt(), new float[] {dt});
        }
        run.input.run();
        return backend.read(run.features);
    }

    /**
     * What the head says.
     *
     * @param pooled (H): what the pooling left
     */
    Prediction answer(float[] pooled) {
        StreamEnds run = ends();
        backend.write(run.pooled, pooled);
        run.output.run();
        return Answers.single(model.answers().of(backend.read(run.out.prediction()), 0, 1, false));
    }
}
