package s5.download;

import s5.Failure;

import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** Gets files, checks them, unpacks what has to be, and says so. */
public final class Downloader {
    private final Path root;
    private final Optional<URI> base;
    private final Terms terms;

    /**
     * How long to wait for whom, how much to take, and where to tell about it.
     *
     * @param pause before going on where a connection broke
     * @param patience with a server that is connected and sends nothing
     * @param largest bytes that are taken of a file whose size is not published
     * @param space bytes that can be written to the file system of a folder
     */
    record Terms(
            Duration pause,
            Duration patience,
            long largest,
            ToLongFunction<Path> space,
            Progress.Display display) {
        static final long RESERVE = 10 * Progress.MB; // what is left free of a disk

        /**
         * @throws Failure when so many bytes do not go into a folder
         */
        void checkSpace(Path folder, long bytes) {
            long free = space.applyAsLong(folder);
            if (bytes > free) {
                throw new Failure(
                        "%s: the disk is full: %,d MB are needed and %,d MB free; free some space or name another folder by data.root="
                                .formatted(folder, bytes / Progress.MB + 1, free / Progress.MB));
            }
        }

        void say(String line) {
            display.out().println(line);
            display.out().flush();
        }
    }

    /**
     * @param root the folder that holds the data sets' own folders; made when missing
     * @param base a folder on a server that has all files by their names, in place of where they
     *     are published; ends in a slash
     * @param out gets a line for each thing done
     */
    public Downloader(Path root, Optional<URI> base, PrintWriter out) {
        this(
                root,
                base,
                new Terms(
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(60),
                        16_000 * Progress.MB,
                        folder -> folder.toFile().getUsableSpace(),
                        Progress.Display.forUser(out)));
    }

    Downloader(Path root, Optional<URI> base, Terms terms) {
        this.root = root;
        this.base = base;
        this.terms = terms;
    }

    /**
     * Gets what is not there yet. A file that stands there several times, for what one data set and
     * another need of it, is got and read once.
     *
     * @throws Failure when the network, a server or the disk does not let it
     * @throws s5.UserError when a folder cannot be written
     */
    public void get(List<RemoteFile> files) {
        Map<Path, RemoteFile> wanted = new LinkedHashMap<>();
        for (RemoteFile file : files) {
            Path target = root.resolve(file.folder()).resolve(file.name());
            wanted.merge(target, file, RemoteFile::with);
        }
        files.stream().map(RemoteFile::about).distinct().forEach(terms::say);
        wanted.forEach(this::get);
    }

    private void get(Path target, RemoteFile file) {
        List<RemoteFile.Part> missing =
                file.parts().stream()
                        .filter(part -> !isThere(root.resolve(part.folder())))
                        .toList();
        if (missing.isEmpty() && !file.parts().isEmpty()) {
            return;
        }
        if (!isThere(target)) {
            URI place = base.map(url -> url.resolve(file.name())).orElse(file.address());
            new Fetcher(file, place, target, terms).fetch();
        }
        if (!missing.isEmpty()) {
            Unpacker.unpack(target, missing, root, terms);
            missing.forEach(part -> terms.say(root.resolve(part.folder()) + ": unpacked"));
            terms.say(target + ": not needed any more once all sets wanted are unpacked");
        }
    }

    private boolean isThere(Path path) {
        if (Files.exists(path)) {
            terms.say(path + ": is there already; remove it to get it anew");
            return true;
        }
        return false;
    }
}
