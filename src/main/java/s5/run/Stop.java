package s5.run;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request to end a run soon: Ctrl-C or a signal (INT, TERM, or HUP when the terminal goes).
 * Whoever works looks at {@link #requested} between two steps. The second request is answered as if
 * there were no first: the process ends.
 *
 * <p>Signals are caught by sun.misc.Signal, not by a shutdown hook: while hooks run, those of
 * TornadoVM take the device away from under the step that is to be finished.
 */
public final class Stop implements AutoCloseable {
    private static final Map<String, Integer> SIGNALS = Map.of("INT", 2, "TERM", 15, "HUP", 1);

    private final Map<Object, Object> before = new LinkedHashMap<>(); // signals and their handlers
    private volatile int signal;

    private Stop() {}

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
                        boolean first = signal == 0;
                        request(number);
                        close();
                        if (first) {
                            note.run();
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

    /** Asks to end the run. */
    private void request(int signal) {
        if (this.signal == 0) {
            this.signal = signal;
        }
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
