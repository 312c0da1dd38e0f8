package s5.download;

import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

import s5.Failure;

import java.io.InputStream;
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
    static final long MB = 1_000_000; // as everywhere in what the user sees
    static final long SLOWEST = 10_000; // bytes a second that are worth waiting for
    static final long RESERVE = 10 * MB; // what is left free of a disk

    private final Path root;
    private final Optional<URI> base;
    private final Terms terms;

    /**
     * How long to wait for a silent server, over how long one that is not has to send {@link
     * #SLOWEST} bytes a second, how many bytes to take of a file whose size is not published, how
     * many a folder has room for, and where to tell about it.
     */
    record Terms(
            Duration patience,
            Duration window,
            long largest,
            ToLongFunction<Path> space,
            PrintWriter out) {
        /** Fails when so many bytes do not go into a folder. */
        void checkSpace(Path folder, long bytes) {
            long free = space.applyAsLong(folder);
            if (bytes > free) {
                throw new Failure(
                        "%s: the disk is full: %,d MB are needed and %,d MB free; free some space or name another folder by data.root="
                                .formatted(folder, bytes / MB + 1, free / MB));
            }
        }

        /** Shows how far a stream is: a bar on a terminal, else a line now and then. */
        @SuppressWarnings("SystemConsoleNull") // JDK 25, unlike 22, has null without a terminal
        InputStream shown(InputStream in, String task, long done, long total) {
            ProgressBarBuilder bar = new ProgressBarBuilder().setTaskName(task).showSpeed();
            bar.setUnit(" MB", MB).setStyle(ProgressBarStyle.ASCII);
            bar.setInitialMax(total).startsFrom(done, Duration.ZERO);
            if (System.console() == null || !System.console().isTerminal()) {
                bar.setConsumer(new DelegatingProgressBarConsumer(out::println));
                bar.setUpdateIntervalMillis(30_000);
            }
            return ProgressBar.wrap(in, bar);
        }
    }

    /**
     * Downloads into a folder.
     *
     * @param root the folder that holds the data sets' own folders; made when missing
     * @param base a folder, with a slash at its end, that has all files in place of the publishers
     * @param out gets a line for each thing done
     */
    public Downloader(Path root, Optional<URI> base, PrintWriter out) {
        ToLongFunction<Path> space = folder -> folder.toFile().getUsableSpace();
        PrintWriter lines = new PrintWriter(out, true);
        Duration patience = Duration.ofSeconds(60);
        this(root, base, new Terms(patience, patience.multipliedBy(2), 16_000 * MB, space, lines));
    }

    Downloader(Path root, Optional<URI> base, Terms terms) {
        this.root = root.toAbsolutePath();
        this.base = base;
        this.terms = terms;
    }

    /**
     * Gets what is not there yet. What several data sets need of one file is got and read once.
     *
     * @param files of one data set or several
     * @throws Failure when the network, a server or the disk does not let it
     * @throws s5.UserError when a folder cannot be written
     */
    public void get(List<RemoteFile> files) {
        files.stream().map(RemoteFile::about).distinct().forEach(terms.out()::println);
        Map<URI, RemoteFile> wanted = new LinkedHashMap<>();
        files.forEach(file -> wanted.merge(file.address(), file, RemoteFile::with));
        wanted.values().forEach(this::get);
    }

    private void get(RemoteFile file) {
        Path target = root.resolve(file.folder()).resolve(file.name());
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
            new Unpacker(target, missing, root, terms).unpack();
            terms.out().println(target + ": not needed any more once all sets wanted are unpacked");
        }
    }

    private boolean isThere(Path path) {
        if (Files.exists(path)) {
            terms.out().println(path + ": is there already; remove it to get it anew");
            return true;
        }
        return false;
    }
}
