package s5.download;

import s5.Failure;
import s5.UserError;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Gets a file. NAME.part holds its first bytes, NAME.part.info says which version of which address
 * they are of: a transfer that breaks off is taken up there, several times, and again by the next
 * run of the program. What arrives is checked, and gets its name at the very end; what is wrong,
 * too large, or more than the disk holds is removed.
 */
final class Fetcher {
    private final RemoteFile file;
    private final URI place;
    private final Path target;
    private final Path part;
    private final Path info;
    private final Downloader.Terms terms;

    /**
     * @param place where to get it
     * @param target where it goes; not there yet
     */
    Fetcher(RemoteFile file, URI place, Path target, Downloader.Terms terms) {
        this.file = file;
        this.place = place;
        this.target = target.toAbsolutePath();
        this.part = this.target.resolveSibling(file.name() + ".part");
        this.info = this.target.resolveSibling(file.name() + ".part.info");
        this.terms = terms;
    }

    /**
     * Gets it.
     *
     * @throws Failure when the server does not have it, the connection keeps breaking, what arrives
     *     is not the file, or the disk is full
     * @throws UserError when the folder cannot be written, or another program gets the same file
     */
    void fetch() {
        long bound = terms.largest() / Progress.MB;
        String told = "; its size is not published, at most " + bound + " MB are taken";
        terms.say("getting " + place + (file.size() > 0 ? "" : told));
        try (FileChannel channel = open()) {
            try {
                transfer(channel);
                check(channel);
                channel.force(true);
                Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
                Files.deleteIfExists(info);
            } finally {
                if (channel.size() == 0) {
                    Files.deleteIfExists(info);
                    Files.deleteIfExists(part);
                }
            }
            boolean verified = !file.sha256().isEmpty();
            String sum =
                    verified
                            ? "its SHA-256 is the published one"
                            : "not verified: no checksum of it is published";
            terms.say("%s: %,d bytes, %s".formatted(target, channel.size(), sum));
        } catch (IOException e) {
            throw new Failure("%s: cannot be written (%s)".formatted(part, Http.reason(e)));
        }
    }

    private FileChannel open() {
        try {
            Files.createDirectories(part.getParent());
            FileChannel channel =
                    FileChannel.open(
                            part,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            LinkOption.NOFOLLOW_LINKS);
            if (isLocked(channel)) {
                return channel;
            }
            channel.close();
        } catch (IOException e) {
            String why = e.getClass().getSimpleName() + ": " + e.getMessage();
            throw new UserError(
                    part + ": cannot be written (" + why + "); name another folder by data.root=",
                    e);
        }
        throw new UserError(part + ": another program is getting this file; wait for it");
    }

    /** Locks a file; false when another program, or thread, has locked it. */
    static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
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
        long size = channel.size();
        if (file.size() > 0 && size != file.size()) {
            throw useless(
                    channel,
                    "sent %,d bytes, the published file has %,d".formatted(size, file.size()));
        }
        String found = file.sha256().isEmpty() ? "" : sha256(part);
        if (!found.equals(file.sha256())) {
            String sums = "its SHA-256 is " + found + ", the published one " + file.sha256();
            throw useless(channel, "wrong content: " + sums);
        }
    }

    /** In lower-case hexadecimal digits. */
    static String sha256(Path path) throws IOException {
        try (DigestInputStream in =
                new DigestInputStream(
                        Files.newInputStream(path), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    /** Attempts until all is there, as long as each but the first brings something. */
    private void transfer(FileChannel channel) throws IOException {
        for (long had = -1; ; had = channel.size()) {
            try {
                attempt(channel);
                return;
            } catch (UncheckedIOException e) {
                String how =
                        "the connection broke off after %,d bytes (%s); "
                                .formatted(channel.size(), e.getMessage());
                if (channel.size() <= had) {
                    throw failure(how + "run the command again to go on from there");
                }
                terms.say(file.name() + ": " + how + "going on");
                LockSupport.parkNanos(terms.pause().toNanos());
            }
        }
    }

    /** One request: all of the file, or what is missing of it. */
    private void attempt(FileChannel channel) throws IOException {
        long have = channel.size();
        String version = have == 0 ? "" : noted();
        HttpResponse<InputStream> response = Http.get(place, version, have, terms.patience());
        int status = response.statusCode();
        String range = Http.header(response, "Content-Range");
        try (InputStream body = response.body()) {
            if (status == 200) {
                receive(response, body, channel, 0);
            } else if (status == 206
                    && !version.isEmpty()
                    && range.startsWith("bytes " + have + "-")) {
                receive(response, body, channel, have);
            } else if (status == 206 || status == 416) {
                if (version.isEmpty() || !range.equals("bytes */" + have)) { // nothing is missing
                    channel.truncate(0);
                    throw Http.broken("it sent another part than was asked for");
                }
            } else if (Set.of(408, 429, 500, 502, 503, 504).contains(status)) {
                throw Http.broken("the server says " + status);
            } else {
                String why = status == 404 ? ", there is no such file" : "";
                throw failure("the server says " + status + why + Http.ELSEWHERE);
            }
        }
    }

    private void receive(HttpResponse<?> response, InputStream body, FileChannel channel, long from)
            throws IOException {
        if (Http.header(response, "Content-Type").contains("html")) {
            throw failure("the server sends a web page instead of the file" + Http.ELSEWHERE);
        }
        long total = total(response, from);
        long needed = Math.max(total, file.size()) - from;
        terms.checkSpace(part.getParent(), needed);
        byte[] buffer = new byte[1 << 16];
        try (Progress progress = new Progress(terms.display(), file.name(), from, needed + from)) {
            int count = Http.read(body, buffer, terms.patience());
            if (from == 0) {
                // Before what is there is given up for it.
                boolean gzip = count > 1 && buffer[0] == 0x1f && buffer[1] == (byte) 0x8b;
                if (!gzip && file.name().endsWith("gz") && (count > 0 || total <= 0)) {
                    throw failure("what the server sends is no gzip file" + Http.ELSEWHERE);
                }
                channel.truncate(0);
                Files.deleteIfExists(info);
                Files.write(
                        info,
                        List.of(place.toString(), Http.version(response)),
                        StandardOpenOption.CREATE_NEW);
            }
            channel.position(from);
            long done = from;
            for (; count >= 0; count = Http.read(body, buffer, terms.patience())) {
                done += count;
                if (done > bound()) {
                    throw useless(channel, "sends more than %,d bytes".formatted(bound()));
                } else if (total < 0
                        && terms.space().applyAsLong(part.getParent()) < Downloader.Terms.RESERVE) {
                    throw useless(channel, "does not say how long it is, and fills the disk");
                }
                for (ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, count); bytes.hasRemaining(); ) {
                    channel.write(bytes);
                }
                progress.at(done);
            }
            if (done < total) {
                throw Http.broken("the server ended it");
            }
        } catch (IOException e) {
            throw useless(channel, part + " cannot be written (" + Http.reason(e) + ")");
        }
    }

    /** How long the file is by what the server says; -1 when it does not say. */
    private long total(HttpResponse<?> response, long from) {
        String length = Http.header(response, "Content-Length");
        if (!length.matches("[0-9]{0,18}")) {
            throw failure("the server says that it has " + Http.printable(length) + " bytes");
        }
        long total = length.isEmpty() ? -1 : from + Long.parseLong(length);
        if (total > bound() || (file.size() > 0 && total >= 0 && total != file.size())) {
            String what = file.size() > 0 ? "the published file" : "more than are taken of it,";
            String why = file.size() > 0 ? ": another one is there now" : "";
            throw failure(
                    "has %,d bytes, %s %,d%s%s"
                            .formatted(total, what, bound(), why, Http.ELSEWHERE));
        }
        return total;
    }

    private long bound() {
        return file.size() > 0 ? file.size() : terms.largest();
    }

    /** Which version of the file the bytes are of; empty when they are from another address. */
    private String noted() {
        try {
            List<String> lines = Files.readAllLines(info);
            boolean same = lines.size() == 2 && lines.getFirst().equals(place.toString());
            return same && lines.getLast().matches("[\\x20-\\x7e]{1,200}") ? lines.getLast() : "";
        } catch (IOException e) {
            return ""; // missing or damaged: it is of no use either way
        }
    }
}
