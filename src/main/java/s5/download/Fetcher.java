package s5.download;

import s5.Failure;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.net.ssl.SSLException;

/**
 * Gets files over HTTP. A transfer that breaks off is taken up where it stopped, several times, and
 * again by the next run of the program; what arrives is checked, and gets its name at the very end.
 */
final class Fetcher {
    private static final Pattern RANGE = Pattern.compile("bytes (\\d+)-\\d+/(\\d+|\\*)");

    private final HttpClient client;
    private final Limits limits;
    private final Progress.Display display;
    private final PrintWriter out;
    private final ToLongFunction<Path> space;

    /**
     * How long to wait for whom.
     *
     * @param attempts that may fail one after the other without a byte arriving
     * @param pause before the second; it doubles each time
     * @param patience with a server that is connected and sends nothing
     */
    record Limits(int attempts, Duration pause, Duration patience) {
        static final Limits USUAL = new Limits(5, Duration.ofSeconds(2), Duration.ofSeconds(60));
    }

    /** The connection ended, or never came about: another attempt may succeed. */
    private static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        private Broken(String reason) {
            super(reason);
        }
    }

    /**
     * @param space bytes that can be written to the file system of a folder
     */
    Fetcher(Limits limits, Progress.Display display, PrintWriter out, ToLongFunction<Path> space) {
        this.limits = limits;
        this.display = display;
        this.out = out;
        this.space = space;
        this.client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NORMAL)
                        .connectTimeout(Duration.ofSeconds(30))
                        .build();
    }

    /**
     * Gets a file from the first of its places that has it.
     *
     * @param target where it goes; not there yet
     * @throws Failure when no place has it, the connection keeps breaking, what arrives is not the
     *     file, or the disk is full
     * @throws s5.UserError when the folder cannot be written
     */
    void fetch(RemoteFile file, Path target) {
        for (int i = 0; i < file.places().size(); i++) {
            URI place = file.places().get(i);
            out.println("getting " + place);
            out.flush();
            try {
                fetch(file, place, target);
                return;
            } catch (Failure e) {
                if (i + 1 == file.places().size()) {
                    throw e;
                }
                out.println(e.getMessage());
            }
        }
    }

    private void fetch(RemoteFile file, URI place, Path target) {
        try (PartFile part = PartFile.open(target)) {
            boolean pieces = part.size() > 0;
            pieces |= transfer(file, place, part);
            Optional<Failure> wrong = check(file, place, part);
            if (wrong.isPresent() && pieces) {
                out.println(target + ": the parts do not fit together; getting it anew");
                part.cut(0);
                transfer(file, place, part);
                wrong = check(file, place, part);
            }
            if (wrong.isPresent()) {
                part.cut(0);
                throw wrong.get();
            }
            part.finish();
        }
    }

    private Optional<Failure> check(RemoteFile file, URI place, PartFile part) {
        long size = part.size();
        if (file.size() > 0 && size != file.size()) {
            return Optional.of(
                    new Failure(
                            "%s: sent %,d bytes, the published file has %,d; base_url=URL names another place to get it from"
                                    .formatted(place, size, file.size())));
        }
        if (file.sha256().isEmpty()) {
            return Optional.empty();
        }
        String found;
        try (Progress progress = display.start("checking " + file.name(), 0, size)) {
            found = part.sha256(progress);
        }
        return found.equals(file.sha256())
                ? Optional.empty()
                : Optional.of(
                        new Failure(
                                "%s: wrong content: its SHA-256 is %s, the published one %s; it was removed, base_url=URL names another place to get it from"
                                        .formatted(place, found, file.sha256())));
    }

    /** Attempts until all is there; returns whether it took several. */
    private boolean transfer(RemoteFile file, URI place, PartFile part) {
        int failures = 0;
        for (int attempt = 1; ; attempt++) {
            long before = part.size();
            try {
                attempt(file, place, part);
                return attempt > 1;
            } catch (Broken e) {
                failures = part.size() > before ? 1 : failures + 1;
                if (failures >= limits.attempts) {
                    throw new Failure(
                            "%s: the connection broke off after %,d bytes (%s); run the command again to go on from there"
                                    .formatted(place, part.size(), e.getMessage()));
                }
                Duration pause = limits.pause.multipliedBy(1L << (failures - 1));
                out.printf(
                        "%s: broke off after %,d bytes (%s); going on in %.0f s%n",
                        file.name(), part.size(), e.getMessage(), pause.toMillis() * 1e-3);
                out.flush();
                sleep(pause);
            }
        }
    }

    private static void sleep(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted; run the command again to go on");
        }
    }

    /** One request: all of the file, or what is missing of it. */
    private void attempt(RemoteFile file, URI place, PartFile part) throws Broken {
        long have = part.size();
        Optional<String> validator = part.validator(place);
        // With a checksum pieces of unknown origin are of use, too: a mistake will be noticed.
        boolean rest = have > 0 && (validator.isPresent() || !file.sha256().isEmpty());
        HttpRequest.Builder request =
                HttpRequest.newBuilder(place)
                        .timeout(limits.patience)
                        .header("User-Agent", "s5")
                        .header("Accept-Encoding", "identity");
        if (rest) {
            request.header("Range", "bytes=" + have + "-");
            validator.ifPresent(text -> request.header("If-Range", text));
        }
        HttpResponse<InputStream> response = send(request.build());
        try (InputStream body = response.body()) {
            Optional<String> range = response.headers().firstValue("Content-Range");
            long from;
            switch (response.statusCode()) {
                case 200 -> from = 0;
                case 206 -> {
                    Matcher matcher = RANGE.matcher(range.orElse(""));
                    if (!rest
                            || !matcher.matches()
                            || !matcher.group(1).equals(Long.toString(have))) {
                        part.cut(0);
                        throw new Broken("it sent another part than was asked for");
                    }
                    from = have;
                }
                case 416 -> {
                    if (range.orElse("").equals("bytes */" + have)) {
                        return; // nothing was missing
                    }
                    part.cut(0);
                    throw new Broken("it has no such part");
                }
                case 408, 429, 500, 502, 503, 504 ->
                        throw new Broken("the server says " + response.statusCode());
                default ->
                        throw new Failure(
                                "%s: the server says %d%s; base_url=URL names another place to get it from"
                                        .formatted(
                                                place,
                                                response.statusCode(),
                                                response.statusCode() == 404
                                                        ? ", there is no such file"
                                                        : ""));
            }
            receive(file, place, part, response, body, from);
        } catch (IOException e) {
            throw new Broken(reason(e));
        }
    }

    private HttpResponse<InputStream> send(HttpRequest request) throws Broken {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (ConnectException e) {
            String host = request.uri().getAuthority();
            if (isFrom(e, UnresolvedAddressException.class)) {
                throw new Failure(
                        "%s: there is no host %s, or no network to reach it by (behind a proxy: JDK_JAVA_OPTIONS=-Dhttps.proxyHost=HOST)"
                                .formatted(request.uri(), host));
            }
            if (reason(e).contains("reset")) {
                throw new Broken(reason(e));
            }
            throw new Failure("%s: nothing answers at %s".formatted(request.uri(), host));
        } catch (SSLException e) {
            throw new Failure("%s: no secure connection (%s)".formatted(request.uri(), reason(e)));
        } catch (IOException e) {
            throw new Broken(reason(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted; run the command again to go on");
        }
    }

    private static boolean isFrom(Throwable e, Class<? extends Throwable> cause) {
        return e != null && (cause.isInstance(e) || isFrom(e.getCause(), cause));
    }

    private static String reason(IOException e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return message.lines().findFirst().orElse("").strip();
    }

    private void receive(
            RemoteFile file,
            URI place,
            PartFile part,
            HttpResponse<InputStream> response,
            InputStream body,
            long from)
            throws IOException, Broken {
        String type = response.headers().firstValue("Content-Type").orElse("");
        if (type.toLowerCase(Locale.ROOT).contains("html")) {
            throw new Failure(
                    "%s: the server sends a web page instead of the file; open it in a browser to see what it says, or base_url=URL names another place"
                            .formatted(place));
        }
        long announced = response.headers().firstValueAsLong("Content-Length").orElse(-1);
        long total = announced < 0 ? 0 : from + announced;
        if (total > 0 && file.size() > 0 && total != file.size()) {
            throw new Failure(
                    "%s: has %,d bytes, the published file %,d: another one is there now; base_url=URL names another place to get it from"
                            .formatted(place, total, file.size()));
        }
        checkSpace(part, Math.max(total, file.size()) - from);
        byte[] buffer = new byte[1 << 16];
        try (Watchdog dog = new Watchdog(body, limits.patience);
                Progress progress =
                        display.start(file.name(), from, Math.max(total, file.size()))) {
            int count = body.readNBytes(buffer, 0, 2);
            if (from == 0) {
                // Before what is there is given up for it.
                boolean gzip = count == 2 && buffer[0] == 0x1f && buffer[1] == (byte) 0x8b;
                if (count == 2 && !gzip && file.name().endsWith("gz")) {
                    throw new Failure(
                            "%s: what the server sends is no gzip file; base_url=URL names another place to get it from"
                                    .formatted(place));
                }
                part.cut(0);
                part.describe(place, validator(response));
            }
            part.cut(from);
            long done = from;
            while (count > 0) {
                part.append(buffer, count);
                done += count;
                progress.at(done);
                dog.feed();
                count = body.read(buffer);
            }
            if (dog.hasBitten()) {
                throw new Broken("nothing came for %d s".formatted(limits.patience.toSeconds()));
            }
            if (done < total) {
                throw new Broken("the server ended it");
            }
        }
    }

    private void checkSpace(PartFile part, long needed) {
        long free = space.applyAsLong(part.folder());
        if (needed > free) {
            throw new Failure(
                    "%s: %,d MB are needed and %,d MB free; free some space or name another folder by data.root="
                            .formatted(
                                    part.folder(), needed / Progress.MB + 1, free / Progress.MB));
        }
    }

    /** What tells this version of the file from others: a strong ETag, or the time of change. */
    private static Optional<String> validator(HttpResponse<?> response) {
        return response.headers()
                .firstValue("ETag")
                .filter(tag -> !tag.startsWith("W/"))
                .or(() -> response.headers().firstValue("Last-Modified"));
    }
}
