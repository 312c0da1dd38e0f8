package s5.download;

import s5.Failure;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLException;

/** Requests to servers that are not trusted: not with texts, nor with where they send on to. */
final class Http {
    /** What may be done where a server does not have the right file. */
    static final String ELSEWHERE = "; base_url=URL names another place to get it from";

    private static final HttpClient CLIENT =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER) // get() does, with care
                    .connectTimeout(Duration.ofSeconds(30))
                    .build();

    private Http() {}

    /**
     * Asks for a file, where the server sends on to at last.
     *
     * @param version of which the first {@code have} bytes are there; if it still is the same one,
     *     only the rest is asked for; empty when it is not known
     * @throws Failure when there is no such server, or it sends on to where it should not
     * @throws UncheckedIOException when the connection broke
     */
    static HttpResponse<InputStream> get(URI place, String version, long have, Duration patience)
            throws IOException {
        URI uri = place;
        for (int hops = 0; ; hops++) {
            HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(patience);
            request.header("User-Agent", "s5").header("Accept-Encoding", "identity");
            if (!version.isEmpty()) {
                request.header("Range", "bytes=" + have + "-").header("If-Range", version);
            }
            HttpResponse<InputStream> response = send(request.build());
            String location = header(response, "Location");
            boolean sentOn = Set.of(301, 302, 303, 307, 308).contains(response.statusCode());
            if (hops == 5 || location.isEmpty() || !sentOn) {
                return response;
            }
            response.body().close();
            uri = sentOn(place, uri, location);
        }
    }

    /**
     * Where a server sends on to: another host by https only, and never from outside into the
     * user's own network, whose machines may do something when they are asked.
     *
     * @throws Failure when it sends elsewhere
     */
    static URI sentOn(URI asked, URI from, String location) {
        String why = "is no address";
        try {
            URI to = from.resolve(location);
            boolean same = asked.getHost().equalsIgnoreCase(to.getHost());
            if (to.getHost() == null
                    || !("https".equalsIgnoreCase(to.getScheme())
                            || (same && asked.getScheme().equals(to.getScheme())))) {
                why = "is neither https nor the host that was asked";
            } else if (!same && isInside(to.getHost())) {
                why = "is in a private network";
            } else {
                return to;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new Failure(
                "%s: the server sends on to %s, which %s%s"
                        .formatted(asked, printable(location), why, ELSEWHERE));
    }

    private static boolean isInside(String host) {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                byte[] bytes = address.getAddress();
                boolean v4 = bytes.length == 4;
                if (address.isLoopbackAddress()
                        || address.isLinkLocalAddress()
                        || address.isSiteLocalAddress()
                        || address.isAnyLocalAddress()
                        || address.isMulticastAddress()
                        || (v4 && bytes[0] == 100 && (bytes[1] & 0xc0) == 64) // 100.64.0.0/10
                        || (!v4 && (bytes[0] & 0xfe) == 0xfc)) { // fc00::/7
                    return true;
                }
            }
            return false;
        } catch (UnknownHostException e) {
            return false; // a proxy may know it, else there will be no connection
        }
    }

    private static HttpResponse<InputStream> send(HttpRequest request) {
        String uri = request.uri() + ": ";
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (SSLException e) {
            throw new Failure(uri + "no secure connection (" + reason(e) + ")");
        } catch (ConnectException e) {
            if (reason(e).contains("reset")) {
                throw broken(reason(e));
            }
            throw new Failure(
                    "%snothing answers at %s: there is no host %<s, or no network to reach it by (behind a proxy: JDK_JAVA_OPTIONS=-Dhttps.proxyHost=HOST)"
                            .formatted(uri, request.uri().getAuthority()));
        } catch (IOException e) {
            throw broken(reason(e));
        } catch (IllegalArgumentException e) { // of a length that is no number
            throw new Failure(uri + "the server's answer makes no sense (" + reason(e) + ")");
        } catch (InterruptedException e) {
            throw broken("interrupted");
        }
    }

    /**
     * Some bytes of a body, as many as come at once; -1 at its end.
     *
     * @throws UncheckedIOException when the connection broke, or nothing comes
     */
    static int read(InputStream body, byte[] buffer, Duration patience) {
        FutureTask<Integer> reading = new FutureTask<>(() -> body.read(buffer));
        Thread.ofVirtual().name("s5-download").start(reading);
        try {
            return reading.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw broken("nothing came for %d s".formatted(patience.toSeconds()));
        } catch (ExecutionException e) {
            throw broken(reason(e.getCause()));
        } catch (InterruptedException e) {
            throw broken("interrupted");
        }
    }

    /** The connection ended, or never came about: another attempt may succeed. */
    static UncheckedIOException broken(String reason) {
        return new UncheckedIOException(reason, new IOException());
    }

    /** A header's first value; empty when there is none. */
    static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    /** What tells this version of the file from others: a strong ETag, or the time of change. */
    static String version(HttpResponse<?> response) {
        String tag = header(response, "ETag");
        return tag.isEmpty() || tag.startsWith("W/") ? header(response, "Last-Modified") : tag;
    }

    static String reason(Throwable e) {
        return printable(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    }

    /** Somebody else's text, for a message of one line. */
    static String printable(String text) {
        String line = text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+", " ").strip();
        return line.length() <= 200 ? line : line.substring(0, 200) + "...";
    }
}
