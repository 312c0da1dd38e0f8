package s5.download;

import s5.UserError;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** Gets data sets: fetches their files, checks them, unpacks what has to be, and says so. */
public final class Downloader {
    private final Path root;
    private final Optional<URI> base;
    private final Progress.Display display;
    private final PrintWriter out;
    private final ToLongFunction<Path> space;
    private final Fetcher fetcher;

    /**
     * @param root the folder that holds the data sets' own folders; made when missing
     * @param base a folder on a server that has all files by their names, in place of where they
     *     are published; ends in a slash
     * @param out gets a line for each thing done
     */
    public Downloader(Path root, Optional<URI> base, PrintWriter out) {
        this(root, base, out, Progress.forUser(out), Fetcher.Limits.USUAL, Downloader::usableSpace);
    }

    Downloader(
            Path root,
            Optional<URI> base,
            PrintWriter out,
            Progress.Display display,
            Fetcher.Limits limits,
            ToLongFunction<Path> space) {
        this.root = root;
        this.base = base;
        this.out = out;
        this.display = display;
        this.space = space;
        this.fetcher = new Fetcher(limits, display, out, space);
    }

    private static long usableSpace(Path folder) {
        try {
            return Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Gets what is not there yet.
     *
     * @throws s5.Failure when the network, a server or the disk does not let it
     * @throws UserError when a folder cannot be written
     */
    public void get(Published published) {
        out.println(published.name() + ": " + published.title());
        List<Part> missing = published.parts().stream().filter(part -> !isUnpacked(part)).toList();
        if (!published.parts().isEmpty() && missing.isEmpty()) {
            return;
        }
        for (RemoteFile file : published.files()) {
            Path target = root.resolve(published.folder()).resolve(file.name());
            if (isThere(target)) {
                continue;
            }
            fetcher.fetch(
                    base.map(place -> file.from(place.resolve(file.name()))).orElse(file), target);
            out.printf(
                    "%s: %,d bytes, %s%n",
                    target,
                    size(target),
                    file.sha256().isEmpty()
                            ? "not verified: no checksum of it is published"
                            : "its SHA-256 is the published one");
        }
        if (!missing.isEmpty()) {
            Path archive = root.resolve(published.files().getFirst().name());
            Unpacker.unpack(archive, missing, root, display, space);
            for (Part part : missing) {
                out.println(root.resolve(part.folder()) + ": unpacked, for data.set=" + part.set());
            }
            out.println(archive + ": not needed any more once all sets wanted are unpacked");
        }
        out.flush();
    }

    private boolean isUnpacked(Part part) {
        Path folder = root.resolve(part.folder());
        for (String name : part.needed()) {
            if (Files.exists(folder) && !Files.exists(folder.resolve(name))) {
                throw new UserError(
                        "%s: is there already, but without %s; move it away to get it anew"
                                .formatted(folder, name));
            }
        }
        return isThere(folder);
    }

    private boolean isThere(Path path) {
        if (Files.exists(path)) {
            out.println(path + ": is there already; remove it to get it anew");
            return true;
        }
        return false;
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
