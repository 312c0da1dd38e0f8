package s5.infer;

import s5.Prediction;
import s5.UserError;
import s5.data.Shape;
import s5.data.own.Preparation;

import java.util.Arrays;

/** What goes into streams and what they say; whether it is theirs. */
final class Input {
    private final CpuModel model;
    private final Shape shape;
    private final Trained trained;
    private final Preparation preparation; // null where the user's numbers are the model's
    private final int channels;
    private final StepEngine engine;
    private final States states;

    Input(CpuModel model, StepWeights weights, StepEngine engine, States states) {
        this.model = model;
        this.engine = engine;
        this.states = states;
        trained = weights.model();
        shape = trained.shape();
        preparation = trained.preparation();
        channels = trained.channels();
    }

    void checkUntimed() {
        if (shape.timed()) {
            throw new IllegalArgumentException("a model that reads times needs the time step, too");
        }
    }

    void checkTimed() {
        if (trained.timeless()) {
            throw new IllegalArgumentException(
                    "a time step for a model of positions one step apart");
        }
    }

    /** Demands a time step that the model can read, or knows. */
    void checkStep(int stream, double dt) {
        boolean first = states.count()[stream] == 0;
        if (!(first ? dt >= 0 : dt > 0) || Double.isInfinite(dt)) {
            throw new IllegalArgumentException("a time step of " + dt + ", which is not above 0");
        }
        if (!shape.timed() && !first) {
            preparation.checkUnread(dt, states.count()[stream], "stream");
        }
    }

    /** Demands that they are the numbers of so many positions. */
    void checkNumbers(float[] values, int positions) {
        if (shape.tokens()) {
            throw new IllegalArgumentException("numbers for a model of tokens");
        }
        if (values.length != (long) positions * channels) {
            throw new IllegalArgumentException(
                    "%d numbers for %d positions of %d each"
                            .formatted(values.length, positions, channels));
        }
        for (int i = 0; i < values.length; i++) {
            Reading.check(values[i], i % channels, i / channels, trained);
        }
    }

    /**
     * Puts a position of numbers into a row of the engine.
     *
     * @param stream that the row is of
     * @param from where the numbers begin
     * @param since the time step before it
     */
    void numbers(int row, int stream, float[] values, int from, double since) {
        engine.begin(row, states, stream);
        double step = preparation == null || !shape.timed() ? 1 : preparation.step();
        float dt = states.count()[stream] == 0 ? 1 : (float) (since / step); // as in training
        engine.time(row, dt);
        if (preparation != null) {
            preparation.position(
                    values,
                    from,
                    states.held(),
                    stream * states.columns(),
                    engine.input(),
                    row * shape.inputs());
            return;
        }
        if (shape.image() == 0) {
            System.arraycopy(values, from, engine.input(), row * channels, channels);
            return;
        }
        float[] image = Arrays.copyOfRange(values, from, from + shape.inputs());
        Runners runners = model.runners();
        Runner runner = runners.borrow();
        try {
            engine.features(row, runner.features(image, dt));
        } finally {
            runners.giveBack(runner);
        }
    }

    /** Puts a token into a row of the engine. */
    void token(int row, int stream, int token) {
        engine.begin(row, states, stream);
        engine.token(row, token);
    }

    void checkToken(int token) {
        if (!shape.tokens()) {
            throw new IllegalArgumentException(
                    "token %d for a model of numbers, %d at each position; push((float) number) reads one"
                            .formatted(token, channels));
        }
        Reading.checkToken(token, shape);
    }

    /** What to say of a stream that a step has left where it was. */
    UserError overflow(String which, int stream, String others) {
        return new UserError(
                "%swhat came at position %d would have left it infinite or NaN, and was not read%s; are the numbers like those that the model was trained on?"
                        .formatted(which, states.count()[stream], others));
    }

    Prediction prediction(int stream) {
        Runners runners = model.runners();
        Runner runner = runners.borrow();
        try {
            return runner.answer(states.pooled(stream));
        } finally {
            runners.giveBack(runner);
        }
    }
}
