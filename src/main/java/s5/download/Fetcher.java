package s5.download;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import s5.Failure;
import s5.UserError;
import s5.io.AtomicFile;
import s5.io.Locks;
import s5.io.Sha256;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gets a file. NAME.part holds its first bytes, NAME.part.info says which version of which address
 * they are of: a transfer that breaks off is taken up there, by this run and by the next one. What
 * arrives is checked, and gets its name at the very end; what is wrong or too large is removed.
 */
record Fetcher(RemoteFile file, URI place, Path target, Downloader.Terms terms) {
    /** Attempts in a row that bring less than a MB each, before it is given up. */
    private static final int MEAGRE = 20;

    private Path part() {
        return target.resolveSibling(file.name() + ".part");
    }

    private Path info() {
        return target.resolveSibling(file.name() + ".part.info");
    }

    void fetch() {
        long most = terms.largest() / Downloader.MB;
        String told = "; its size is not published, at most " + most + " MB are taken";
        terms.out().println("getting " + place + (file.size() > 0 ? "" : told));
        try {
            Files.createDirectories(target.getParent());
            try (FileChannel channel = Locks.open(part(), CREATE, WRITE, NOFOLLOW_LINKS)) {
                fetch(channel);
            }
        } catch (IOException e) {
            String why = " cannot be written (" + AtomicFile.reason(e) + ")";
            throw new UserError(part() + why + "; name another folder by data.root=", e);
        }
    }

    private void fetch(FileChannel channel) throws IOException {
        try {
            transfer(channel);
            check(channel);
            channel.force(true);
            Files.move(part(), target, StandardCopyOption.ATOMIC_MOVE);
            Files.deleteIfExists(info());
        } finally {
            if (channel.size() == 0) {
                Files.deleteIfExists(info());
                Files.deleteIfExists(part());
            }
        }
        String sum = "its SHA-256 is the published one";
        if (file.sha256().isEmpty()) {
            sum = "not verified: no checksum of it is published";
        }
        terms.out().println("%s: %,d bytes, %s".formatted(target, channel.size(), sum));
    }

    private Failure failure(String message) {
        return new Failure(place + ": " + message);
    }

    /** The same, and what has come is of no use: it is removed. */
    private Failure useless(FileChannel channel, String message) throws IOException {
        channel.truncate(0);
        return failure(message + ", it was removed" + Http.ELSEWHERE);
    }

    private void check(FileChannel channel) throws IOException {
        if (file.size() > 0 && channel.size() != file.size()) {
            throw useless(
                    channel,
                    "sent %,d bytes, the published file has %,d"
                            .formatted(channel.size(), file.size()));
        }
        String found = file.sha256().isEmpty() ? "" : Sha256.of(part());
        if (!found.equals(file.sha256())) {
            String sums = "its SHA-256 is " + found + ", the published one " + file.sha256();
            throw useless(channel, "wrong content: " + sums);
        }
    }

    /**
     * Attempts until all is there, as long as each but the first brings something, and not many
     * little: a server could send a byte each time.
     */
    private void transfer(FileChannel channel) throws IOException {
        int meagre = 0;
        for (long had = -1; ; had = channel.size()) {
            try {
                watched(channel);
                return;
            } catch (IOException e) {
                String how =
                        "the transfer broke off after %,d bytes (%s); "
                                .formatted(channel.size(), Http.reason(e));
                meagre = channel.size() - had < Downloader.MB ? meagre + 1 : 0;
                if (channel.size() <= had || meagre > MEAGRE) {
                    throw failure(how + "run the command again to go on from there");
                }
                terms.out().println(file.name() + ": " + how + "going on");
            }
        }
    }

    /**
     * An attempt for as long as it brings enough, whatever it waits for: a time limit for each read
     * does not end one that gets a byte of a header, of a length or of the file now and then.
     */
    private void watched(FileChannel channel) throws IOException {
        AtomicLong arrived = new AtomicLong();
        FutureTask<Void> attempt =
                new FutureTask<>(() -> {
                    attempt(channel, arrived);
                    return null;
                });
        Thread.ofPlatform().daemon().name("download").start(attempt);
        long seconds = terms.window().toSeconds();
        for (long before = 0; ; before = arrived.get()) {
            try {
                attempt.get(seconds, TimeUnit.SECONDS);
                return;
            } catch (TimeoutException e) {
                long came = arrived.get() - before;
                if (came < seconds * Downloader.SLOWEST) {
                    // It ends by itself: at its next byte, for the file is closed, or at none.
                    throw failure(
                            "the server is too slow, %,d bytes came in %d s, where %,d are asked for; run the command again to go on from there%s"
                                    .formatted(
                                            came,
                                            seconds,
                                            seconds * Downloader.SLOWEST,
                                            Http.ELSEWHERE));
                }
            } catch (ExecutionException e) {
                switch (e.getCause()) {
                    case IOException cause -> throw cause;
                    case RuntimeException cause -> throw cause;
                    case Error cause -> throw cause;
                    case null, default -> throw new IllegalStateException(e.getCause());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw failure("interrupted; run the command again to go on from there");
            }
        }
    }

    /** One request: all of the file, or what is missing of it. */
    private void attempt(FileChannel channel, AtomicLong arrived) throws IOException {
        long have = channel.size();
        String version = have == 0 ? "" : noted();
        HttpURLConnection answer = Http.get(place, version, have, terms.patience());
        try {
            int status = answer.getResponseCode();
            String range = version.isEmpty() ? "" : Http.header(answer, "Content-Range");
            if (status == 200) {
                receive(answer, channel, 0, arrived);
            } else if (status == 206 && range.startsWith("bytes " + have + "-")) {
                receive(answer, channel, have, arrived);
            } else if (status == 206 || (status == 416 && !range.equals("bytes */" + have))) {
                channel.truncate(0);
                throw new IOException("it sent another part than was asked for");
            } else if (Set.of(408, 429, 500, 502, 503, 504).contains(status)) {
                throw new IOException("the server says " + status);
            } else if (status != 416) { // with this range it has nothing more to send
                String why = status == 404 ? ", there is no such file" : "";
                throw failure("the server says " + status + why + Http.ELSEWHERE);
            }
        } finally {
            answer.disconnect();
        }
    }

    private void receive(
            HttpURLConnection answer, FileChannel channel, long from, AtomicLong arrived)
            throws IOException {
        if (Http.header(answer, "Content-Type").contains("html")) {
            throw failure("the server sends a web page instead of the file" + Http.ELSEWHERE);
        }
        long bound = file.size() > 0 ? file.size() : terms.largest();
        long length = answer.getContentLengthLong();
        long total = length < 0 ? -1 : from + length;
        if (total > bound || (file.size() > 0 && total >= 0 && total != file.size())) {
            String what =
                    file.size() > 0
                            ? "has %,d bytes, the published file %,d: another one is there now"
                            : "has %,d bytes, more than are taken of it, %,d";
            throw failure(what.formatted(total, bound) + Http.ELSEWHERE);
        }
        long expected = Math.max(total, file.size());
        Path folder = target.getParent();
        terms.checkSpace(folder, expected - from);
        if (from == 0) {
            channel.truncate(0);
            Files.deleteIfExists(info());
            List<String> lines = List.of(place.toString(), version(answer));
            Files.write(info(), lines, CREATE_NEW);
        }
        channel.position(from);
        byte[] buffer = new byte[1 << 16];
        try (InputStream body = terms.shown(answer.getInputStream(), file.name(), from, expected)) {
            for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
                arrived.addAndGet(count);
                if (channel.position() + count > bound) {
                    throw useless(channel, "sends more than %,d bytes".formatted(bound));
                } else if (total < 0 && terms.space().applyAsLong(folder) < Downloader.RESERVE) {
                    throw useless(channel, "does not say how long it is, and fills the disk");
                }
                AtomicFile.writeAll(channel, ByteBuffer.wrap(buffer, 0, count));
            }
        }
        if (channel.size() < total) {
            throw new IOException("the server ended it");
        }
    }

    /** What tells this version of the file from others: a strong ETag, or the time of change. */
    private static String version(HttpURLConnection answer) {
        String tag = Http.header(answer, "ETag");
        return tag.isEmpty() || tag.startsWith("W/") ? Http.header(answer, "Last-Modified") : tag;
    }

    /** Which version of the file the bytes are of; empty when they are from another address. */
    private String noted() {
        try {
            List<String> lines = Files.readAllLines(info());
            boolean same = lines.size() == 2 && lines.getFirst().equals(place.toString());
            return same ? lines.getLast() : "";
        } catch (IOException e) {
            return ""; // missing or damaged: it is of no use either way
        }
    }
}
