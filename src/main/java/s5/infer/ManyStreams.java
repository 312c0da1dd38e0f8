package s5.infer;

import s5.Prediction;
import s5.S5Streams;

import java.util.BitSet;

/** Streams that step together, some of them at a time. */
final class ManyStreams implements S5Streams {
    /**
     * Streams that step at a time: enough to make good use of weights, few enough for the cache,
     * and whole tiles of six or eight rows.
     */
    private static final int ROWS = 48;

    private final CpuModel model;
    private final StepEngine engine;
    private final States states;
    private final Input input;
    private final int channels;
    private final BitSet seen;

    ManyStreams(CpuModel model, StepWeights weights, States states) {
        this.model = model;
        this.states = states;
        int sessions = states.count().length;
        engine = new StepEngine(weights, Math.min(ROWS, sessions));
        input = new Input(model, weights, engine, states);
        channels = weights.model().channels();
        seen = new BitSet(sessions);
    }

    @Override
    public int sessions() {
        return states.count().length;
    }

    @Override
    public void push(float[] values) {
        input.checkUntimed();
        push(null, sessions(), values, null);
    }

    @Override
    public void push(int[] sessions, float[] values) {
        input.checkUntimed();
        check(sessions);
        push(sessions, sessions.length, values, null);
    }

    @Override
    public void push(int[] sessions, float[] values, double[] dt) {
        input.checkTimed();
        check(sessions);
        if (dt.length != sessions.length) {
            throw new IllegalArgumentException(
                    "%d time steps for %d streams".formatted(dt.length, sessions.length));
        }
        for (double step : dt) {
            Input.checkStep(step);
        }
        push(sessions, sessions.length, values, dt);
    }

    private void push(int[] sessions, int count, float[] values, double[] dt) {
        model.open();
        input.checkNumbers(values, count);
        for (int first = 0; first < count; first += engine.rows()) {
            int rows = Math.min(engine.rows(), count - first);
            for (int row = 0; row < rows; row++) {
                int i = first + row;
                int stream = sessions == null ? i : sessions[i];
                input.numbers(row, stream, values, i * channels, dt == null ? 1 : dt[i]);
            }
            engine.run(states, sessions, first, rows);
        }
    }

    @Override
    public void push(int[] sessions, int[] tokens) {
        model.open();
        input.checkUntimed();
        check(sessions);
        if (tokens.length != sessions.length) {
            throw new IllegalArgumentException(
                    "%d tokens for %d streams".formatted(tokens.length, sessions.length));
        }
        for (int token : tokens) {
            input.checkToken(token);
        }
        for (int first = 0; first < sessions.length; first += engine.rows()) {
            int rows = Math.min(engine.rows(), sessions.length - first);
            for (int row = 0; row < rows; row++) {
                input.token(row, tokens[first + row]);
            }
            engine.run(states, sessions, first, rows);
        }
    }

    /** Demands that there are such streams, and each once: nothing is read before that is known. */
    private void check(int[] sessions) {
        seen.clear();
        for (int session : sessions) {
            check(session);
            if (seen.get(session)) {
                throw new IllegalArgumentException("stream %d twice".formatted(session));
            }
            seen.set(session);
        }
    }

    private void check(int session) {
        if (session < 0 || session >= sessions()) {
            throw new IllegalArgumentException(
                    "stream %d of the streams 0 to %d".formatted(session, sessions() - 1));
        }
    }

    @Override
    public Prediction prediction(int session) {
        check(session);
        return input.prediction(session);
    }

    @Override
    public long position(int session) {
        check(session);
        return states.count()[session];
    }

    @Override
    public void reset(int session) {
        check(session);
        states.reset(session);
    }

    @Override
    public byte[] state(int session) {
        check(session);
        return states.toBytes(session);
    }

    @Override
    public void restore(int session, byte[] state) {
        check(session);
        states.restore(session, state);
    }
}
