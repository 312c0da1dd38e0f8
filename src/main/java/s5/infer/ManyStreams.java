package s5.infer;

import s5.Prediction;
import s5.S5Streams;

import java.util.BitSet;
import java.util.Objects;

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
    private int unread; // streams that the last push has left where they were
    private int firstUnread;

    ManyStreams(CpuModel model, StepWeights weights, States states) {
        this.model = model;
        this.states = states;
        int sessions = states.count().length;
        engine = new StepEngine(weights, Math.min(ROWS, sessions), states.kept());
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
        Objects.requireNonNull(values, "values");
        input.checkUntimed();
        push(null, sessions(), values, null);
    }

    @Override
    public void push(int[] sessions, float[] values) {
        Objects.requireNonNull(sessions, "sessions");
        Objects.requireNonNull(values, "values");
        input.checkUntimed();
        check(sessions);
        push(sessions, sessions.length, values, null);
    }

    @Override
    public void push(int[] sessions, float[] values, double[] dt) {
        Objects.requireNonNull(sessions, "sessions");
        Objects.requireNonNull(values, "values");
        Objects.requireNonNull(dt, "dt");
        input.checkTimed();
        check(sessions);
        if (dt.length != sessions.length) {
            throw new IllegalArgumentException(
                    "%d time steps for %d streams".formatted(dt.length, sessions.length));
        }
        for (int i = 0; i < dt.length; i++) {
            input.checkStep(sessions[i], dt[i]);
        }
        push(sessions, sessions.length, values, dt);
    }

    private void push(int[] sessions, int count, float[] values, double[] dt) {
        model.open();
        input.checkNumbers(values, count);
        unread = 0;
        for (int first = 0; first < count; first += engine.rows()) {
            int rows = Math.min(engine.rows(), count - first);
            for (int row = 0; row < rows; row++) {
                int i = first + row;
                int stream = sessions == null ? i : sessions[i];
                input.numbers(row, stream, values, i * channels, dt == null ? 1 : dt[i]);
            }
            step(sessions, first, rows);
        }
        checkRead();
    }

    /** Takes the streams of the engine's rows further, and counts those that stay. */
    private void step(int[] sessions, int first, int rows) {
        int stay = engine.run(states, sessions, first, rows);
        if (stay > 0 && unread == 0) {
            int row = 0;
            while (!engine.unread(row)) {
                row++;
            }
            firstUnread = sessions == null ? first + row : sessions[first + row];
        }
        unread += stay;
    }

    /** Says which stream has stayed where it was. */
    private void checkRead() {
        if (unread > 0) {
            String more = unread == 1 ? "" : " and %,d more".formatted(unread - 1);
            throw input.overflow(
                    "stream %d%s: ".formatted(firstUnread, more),
                    firstUnread,
                    "; the other streams have read theirs");
        }
    }

    @Override
    public void push(int[] sessions, int[] tokens) {
        Objects.requireNonNull(sessions, "sessions");
        Objects.requireNonNull(tokens, "tokens");
        model.open();
        check(sessions);
        if (tokens.length != sessions.length) {
            throw new IllegalArgumentException(
                    "%d tokens for %d streams".formatted(tokens.length, sessions.length));
        }
        for (int token : tokens) {
            input.checkToken(token);
        }
        input.checkUntimed();
        unread = 0;
        for (int first = 0; first < sessions.length; first += engine.rows()) {
            int rows = Math.min(engine.rows(), sessions.length - first);
            for (int row = 0; row < rows; row++) {
                input.token(row, sessions[first + row], tokens[first + row]);
            }
            step(sessions, first, rows);
        }
        checkRead();
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
        model.open();
        check(session);
        return states.count()[session];
    }

    @Override
    public void reset(int session) {
        model.open();
        check(session);
        states.reset(session);
    }

    @Override
    public byte[] state(int session) {
        model.open();
        check(session);
        return states.toBytes(session);
    }

    @Override
    public void restore(int session, byte[] state) {
        Objects.requireNonNull(state, "state");
        model.open();
        check(session);
        states.restore(session, state);
    }
}
