package s5.infer;

import s5.Prediction;
import s5.S5Stream;

import java.util.Objects;

/** A stream by itself. */
final class OneStream implements S5Stream {
    private final CpuModel model;
    private final StepWeights weights;
    private final StepEngine engine;
    private final States states;
    private final Input input;

    OneStream(CpuModel model, StepWeights weights, States states) {
        this.model = model;
        this.weights = weights;
        this.states = states;
        engine = new StepEngine(weights, 1, states.kept());
        input = new Input(model, weights, engine, states);
    }

    @Override
    public void push(float... values) {
        Objects.requireNonNull(values, "values");
        input.checkUntimed();
        read(values, 1);
    }

    @Override
    public void push(float[] values, double dt) {
        Objects.requireNonNull(values, "values");
        input.checkTimed();
        input.checkStep(0, dt);
        read(values, dt);
    }

    private void read(float[] values, double dt) {
        model.open();
        input.checkNumbers(values, 1);
        input.numbers(0, 0, values, 0, dt);
        step();
    }

    private void step() {
        if (engine.run(states, null, 0, 1) > 0) {
            throw input.overflow("stream: ", 0, "");
        }
    }

    @Override
    public void push(int token) {
        model.open();
        input.checkToken(token);
        input.checkUntimed();
        input.token(0, 0, token);
        step();
    }

    @Override
    public Prediction prediction() {
        return input.prediction(0);
    }

    @Override
    public long position() {
        model.open();
        return states.count()[0];
    }

    @Override
    public void reset() {
        model.open();
        states.reset(0);
    }

    @Override
    public byte[] state() {
        model.open();
        return states.toBytes(0);
    }

    @Override
    public void restore(byte[] state) {
        Objects.requireNonNull(state, "state");
        model.open();
        states.restore(0, state);
    }

    @Override
    public S5Stream fork() {
        model.open();
        return new OneStream(model, weights, states.copy());
    }
}
