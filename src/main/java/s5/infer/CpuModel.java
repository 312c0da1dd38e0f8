package s5.infer;

import s5.Prediction;
import s5.S5Model;
import s5.S5Stream;
import s5.S5Streams;
import s5.Sequence;
import s5.UserError;
import s5.cpu.CpuBackend;
import s5.data.forecast.Windows;
import s5.train.Checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Function;
import java.util.function.Supplier;

/** A trained model on the CPU. */
public final class CpuModel implements S5Model {
    /** Whether a model is closed; models that share weights share it. */
    private static final class Life {
        private volatile boolean over;
    }

    private final Life life;
    private volatile Trained trained; // null when closed
    private volatile Runners runners; // as well
    private volatile StepWeights steps; // null before the first stream

    private CpuModel(Trained trained, Life life) {
        this.trained = trained;
        this.life = life;
        runners = new Runners(trained);
    }

    /**
     * {@return the model of a checkpoint} Uses the Vector API where this JVM has it; where it does
     * not, one line of the log says so.
     *
     * @param checkpoint of this program
     */
    public static S5Model of(Checkpoint checkpoint) {
        return of(checkpoint, CpuBackend.tellVector());
    }

    /**
     * {@return the model of a checkpoint}
     *
     * @param checkpoint of this program
     * @param vector whether to use the Vector API
     */
    public static S5Model of(Checkpoint checkpoint, boolean vector) {
        return new CpuModel(new Trained(checkpoint, vector), new Life());
    }

    /** The weights, for who begins to work with them now. */
    Trained open() {
        Trained now = trained;
        if (now == null || life.over) {
            trained = null; // closed by the one it shares weights with
            runners = null;
            steps = null;
            throw new IllegalStateException("the model is closed");
        }
        return now;
    }

    /** Scratch to work with now. */
    Runners runners() {
        Runners now = runners;
        open();
        return now;
    }

    @Override
    public Prediction predict(Sequence sequence) {
        Objects.requireNonNull(sequence, "sequence");
        return predict(read(sequence, open()), runners());
    }

    /** What is to be done with a sequence that has been found good. */
    private static Function<Runner, Prediction> read(Sequence sequence, Trained model) {
        if (model.forecast() != null) {
            return Next.of(sequence, model)::predict;
        }
        Reading read = Reading.of(sequence, model);
        return runner -> runner.predict(read);
    }

    private static Prediction predict(Function<Runner, Prediction> read, Runners runners) {
        Runner runner = runners.borrow();
        try {
            return read.apply(runner);
        } finally {
            runners.giveBack(runner);
        }
    }

    @Override
    public List<Prediction> predict(List<Sequence> sequences) {
        return predict(sequences, ForkJoinPool.commonPool());
    }

    @Override
    public List<Prediction> predict(List<Sequence> sequences, Executor pool) {
        Objects.requireNonNull(sequences, "sequences");
        Objects.requireNonNull(pool, "pool");
        Trained model = open();
        Runners scratch = runners();
        List<Function<Runner, Prediction>> read = read(sequences, model);
        Prediction[] answers = new Prediction[read.size()];
        Together.run(
                answers.length,
                pool,
                i -> {
                    open(); // a batch ends when the model is closed
                    answers[i] = at(i, () -> predict(read.get(i), scratch));
                });
        return List.of(answers);
    }

    private static List<Function<Runner, Prediction>> read(
            List<Sequence> sequences, Trained model) {
        List<Function<Runner, Prediction>> read = new ArrayList<>();
        for (int i = 0; i < sequences.size(); i++) {
            int place = i;
            Sequence sequence =
                    Objects.requireNonNull(sequences.get(i), () -> "sequences[" + place + "]");
            read.add(at(i, () -> read(sequence, model)));
        }
        return read;
    }

    /** Says which of many sequences a mistake is in. */
    private static <T> T at(int i, Supplier<T> work) {
        try {
            return work.get();
        } catch (UserError e) {
            throw new UserError("sequence %d: %s".formatted(i, e.getMessage()), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("sequence %d: %s".formatted(i, e.getMessage()), e);
        }
    }

    @Override
    public S5Model withStepRescale(double factor) {
        if (!(factor > 0) || Double.isInfinite(factor)) {
            throw new IllegalArgumentException("a step rescale of " + factor);
        }
        Trained model = open();
        return new CpuModel(new Trained(model, model.stepRescale() * factor), life);
    }

    @Override
    public S5Stream stream() {
        return new OneStream(this, steps(), States.of(steps(), 1));
    }

    @Override
    public S5Streams streams(int sessions) {
        if (sessions < 1) {
            throw new IllegalArgumentException(sessions + " streams");
        }
        return new ManyStreams(this, steps(), States.of(steps(), sessions));
    }

    private StepWeights steps() {
        Trained model = open();
        StepWeights now = steps;
        if (now == null) {
            now = StepWeights.of(model); // made twice at most, and equal
            steps = now;
        }
        return now;
    }

    @Override
    public List<String> classes() {
        Trained model = open();
        return model.shape().regression() ? List.of() : model.answers().names();
    }

    @Override
    public List<String> targets() {
        Trained model = open();
        if (model.forecast() != null) {
            return model.forecast().forecast().forecast().columns();
        }
        return model.shape().regression() ? model.answers().names() : List.of();
    }

    @Override
    public List<String> tokens() {
        return open().fitted().tokenNames();
    }

    @Override
    public int length() {
        Trained model = open();
        return model.forecast() != null
                ? model.forecast().forecast().context()
                : model.shape().length();
    }

    @Override
    public int inputs() {
        return open().channels();
    }

    @Override
    public String describe() {
        Trained model = open();
        if (model.forecast() != null) {
            Windows.Layout layout = model.forecast().forecast();
            return "rows of %d numbers; from the last %,d the next %,d of %s are told"
                    .formatted(
                            model.channels(),
                            layout.context(),
                            layout.horizon(),
                            String.join(", ", targets()));
        }
        return model.shape().describe();
    }

    @Override
    public void close() {
        life.over = true;
        Runners now = runners;
        trained = null;
        runners = null;
        steps = null;
        if (now != null) {
            now.clear();
        }
    }
}
