package s5.download;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An HTTP server on this machine that behaves as told, one behaviour a request, the last for all.
 */
final class TestServer implements AutoCloseable {
    /** Answers a request. */
    interface Behaviour {
        void answer(HttpExchange exchange) throws IOException;
    }

    /** What was asked for: path, and the headers Range and If-Range, "-" where there was none. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Behaviour> behaviours;

    TestServer(Behaviour... behaviours) throws IOException {
        this.behaviours = new ArrayList<>(Arrays.asList(behaviours));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.add(
                "%s %s %s"
                        .formatted(
                                exchange.getRequestURI().getPath(),
                                header(exchange, "Range"),
                                header(exchange, "If-Range")));
        Behaviour behaviour;
        synchronized (behaviours) {
            behaviour = behaviours.size() > 1 ? behaviours.removeFirst() : behaviours.getFirst();
        }
        try (exchange) {
            behaviour.answer(exchange);
        }
    }

    private static String header(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "-" : value;
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:%d%s".formatted(server.getAddress().getPort(), path));
    }

    /** A proper server: knows ranges, and by its ETag whether they are of the same version. */
    static Behaviour proper(byte[] content, String tag) {
        return exchange -> {
            exchange.getResponseHeaders().set("ETag", tag);
            String range = header(exchange, "Range");
            String version = header(exchange, "If-Range");
            if (range.equals("-") || (!version.equals("-") && !version.equals(tag))) {
                send(exchange, 200, content, content.length);
                return;
            }
            int from = Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
            if (from >= content.length) {
                exchange.getResponseHeaders().set("Content-Range", "bytes */" + content.length);
                exchange.sendResponseHeaders(416, -1);
                return;
            }
            exchange.getResponseHeaders()
                    .set(
                            "Content-Range",
                            "bytes %d-%d/%d".formatted(from, content.length - 1, content.length));
            byte[] rest = Arrays.copyOfRange(content, from, content.length);
            send(exchange, 206, rest, rest.length);
        };
    }

    /** Announces all of the content, and ends after some of it. */
    static Behaviour breaking(byte[] content, String tag, int after) {
        return exchange -> {
            exchange.getResponseHeaders().set("ETag", tag);
            send(exchange, 200, Arrays.copyOf(content, after), content.length);
        };
    }

    /** Sends a status and a body, whatever was asked for. */
    static Behaviour fixed(int status, String type, byte[] body) {
        return exchange -> {
            exchange.getResponseHeaders().set("Content-Type", type);
            send(exchange, status, body, body.length);
        };
    }

    static void send(HttpExchange exchange, int status, byte[] body, int announced)
            throws IOException {
        exchange.sendResponseHeaders(status, announced);
        exchange.getResponseBody().write(body);
        exchange.getResponseBody().flush();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
