package s5.run;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request to end a run soon: Ctrl-C or a signal (INT, TERM, or HUP when the terminal goes).
 * Whoever works looks at {@link #requested} between two steps. A second request, Ctrl-C or TERM,
 * ends the process at once. Signals that come together are one request, as when a terminal is
 * closed over Ctrl-C or a service manager sends two; and HUP says only that nobody looks any more.
 *
 * <p>Signals are caught by sun.misc.Signal, not by a shutdown hook: while hooks run, those of
 * TornadoVM take the device away from under the step that is to be finished.
 */
public final class Stop implements AutoCloseable {
    private static final int HANGUP = 1;
    private static final Map<String, Integer> SIGNALS = Map.of("INT", 2, "TERM", 15, "HUP", HANGUP);

    /** Nanoseconds in which signals are one request: nobody has read the answer to the first. */
    private static final long TOGETHER = 1_000_000_000L;

    private final Map<Object, Object> before = new LinkedHashMap<>(); // signals and their handlers
    private volatile int signal;
    private long first; // when the first signal came

    Stop() {}

    /**
     * Catches the signals until it is closed.
     *
     * @param note is run once, on a thread of its own, when the first comes: to tell the user
     * @return what tells whether one came; to be closed
     */
    public static Stop onSignals(Runnable note) {
        Stop stop = new Stop();
        SIGNALS.forEach((name, number) -> stop.handle(name, number, note));
        return stop;
    }

    /**
     * By reflection, since javac warns of sun.misc.Signal in a way that no annotation can switch
     * off. Its module, jdk.unsupported, exports it for good.
     */
    private void handle(String name, int number, Runnable note) {
        try {
            Class<?> type = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object which = type.getConstructor(String.class).newInstance(name);
            InvocationHandler asked =
                    (proxy, method, arguments) -> {
                        if (!method.getName().equals("handle")) {
                            return method.invoke(this, arguments); // toString and the like
                        }
                        switch (request(number, System.nanoTime())) {
                            case FIRST -> note.run();
                            case SAME -> {}
                            case AGAIN -> {
                                close();
                                raise(type, which);
                            }
                        }
                        return null;
                    };
            Object handler =
                    Proxy.newProxyInstance(
                            Stop.class.getClassLoader(), new Class<?>[] {handlerType}, asked);
            Object old = type.getMethod("handle", type, handlerType).invoke(null, which, handler);
            synchronized (before) {
                before.put(which, old);
            }
        } catch (InvocationTargetException e) {
            if (!(e.getCause() instanceof IllegalArgumentException)) {
                throw new IllegalStateException("signal " + name, e);
            }
            // The system has no such signal, or java has -Xrs: it ends the process as ever.
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("signal " + name, e);
        }
    }

    /** What a signal is. */
    enum Request {
        /** The run is to end. */
        FIRST,
        /** Nothing new. */
        SAME,
        /** The process is to end at once. */
        AGAIN
    }

    /**
     * Asks to end the run.
     *
     * @param number of the signal
     * @param now in nanoseconds
     */
    synchronized Request request(int number, long now) {
        if (signal == 0) {
            first = now;
            signal = number;
            return Request.FIRST;
        }
        return number == HANGUP || now - first < TOGETHER ? Request.SAME : Request.AGAIN;
    }

    /** Sends a signal to this process, whose handler is the one of before now. */
    private static void raise(Class<?> type, Object which) throws ReflectiveOperationException {
        type.getMethod("raise", type).invoke(null, which);
    }

    /** {@return whether the run should end} */
    public boolean requested() {
        return signal != 0;
    }

    /** {@return what a process ended by the signal exits with: 130 for Ctrl-C, 143 for TERM} */
    public int exitCode() {
        return 128 + signal;
    }

    /** Leaves the signals to whoever had them before. */
    @Override
    public void close() {
        synchronized (before) {
            before.forEach((which, handler) -> {
                try {
                    Class<?> type = Class.forName("sun.misc.Signal");
                    Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
                    type.getMethod("handle", type, handlerType).invoke(null, which, handler);
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException(which.toString(), e);
                }
            });
            before.clear();
        }
    }
}
