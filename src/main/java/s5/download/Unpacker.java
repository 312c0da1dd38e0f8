package s5.download;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

import s5.Failure;
import s5.UserError;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Unpacks folders of a tar.gz archive. A folder gets its name when the archive has been read to its
 * end, its checksum was right, and all that is needed is in the folder; else nothing is left.
 */
final class Unpacker {
    private static final long RESERVE = 10 * Progress.MB; // what is left free of a disk

    private final Path archive;
    private final Path root;
    private final ToLongFunction<Path> space;
    private final Set<Part> started = new HashSet<>();
    private String member = "its start"; // for messages

    private Unpacker(Path archive, Path root, ToLongFunction<Path> space) {
        this.archive = archive;
        this.root = root;
        this.space = space;
    }

    /**
     * Unpacks some folders.
     *
     * @param parts which; none of them is there yet
     * @param root the folder below which they go
     * @param space bytes that can be written to the file system of a folder
     * @throws Failure when the archive is damaged, lacks one of them, or has a member that would
     *     land elsewhere, or when the disk is full
     * @throws UserError when another program is unpacking it
     */
    static void unpack(
            Path archive,
            List<Part> parts,
            Path root,
            Progress.Display display,
            ToLongFunction<Path> space) {
        Unpacker unpacker = new Unpacker(archive, root, space);
        // Open for writing, though nothing is written: such a file can be locked.
        try (FileChannel locked = FileChannel.open(archive, StandardOpenOption.WRITE)) {
            if (PartFile.tryLock(locked) == null) {
                throw new UserError(archive + ": another program is unpacking it; wait for it");
            }
            for (Part part : parts) {
                delete(unpacker.unfinished(part)); // of a program that was killed
            }
            unpacker.read(parts, display);
            for (Part part : parts) {
                unpacker.finish(part);
            }
        } catch (IOException e) {
            throw new Failure(
                    "%s: cannot be unpacked, after %s (%s); remove it to get it anew"
                            .formatted(archive, unpacker.member, e.getMessage()));
        } finally {
            unpacker.started.forEach(part -> delete(unpacker.unfinished(part)));
        }
    }

    private void read(List<Part> parts, Progress.Display display) throws IOException {
        try (Progress progress =
                        display.start(
                                "unpacking " + archive.getFileName(), 0, Files.size(archive));
                InputStream unzipped =
                        new BufferedInputStream(
                                new GZIPInputStream(
                                        new Counting(Files.newInputStream(archive), progress),
                                        1 << 16),
                                1 << 16);
                TarArchiveInputStream tar = new TarArchiveInputStream(unzipped, "UTF-8")) {
            for (TarArchiveEntry entry = next(tar); entry != null; entry = next(tar)) {
                member = entry.getName();
                for (Part part : parts) {
                    Optional<String> below = below(part, entry.getName());
                    if (below.isPresent()) {
                        write(part, below.get(), entry, tar);
                    }
                }
            }
            unzipped.transferTo(OutputStream.nullOutputStream()); // to the checksum at its end
        }
    }

    private static TarArchiveEntry next(TarArchiveInputStream tar) throws IOException {
        try {
            return tar.getNextEntry();
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException(e); // what the library throws at some damaged headers
        }
    }

    /** A member's name below the folder of a part; empty when it is not in it. */
    static Optional<String> below(Part part, String member) {
        String name = "/" + member.replaceFirst("^(\\./)+", "");
        int at = name.indexOf("/" + part.inArchive() + "/");
        String below = at < 0 ? "" : name.substring(at + part.inArchive().length() + 2);
        return below.isEmpty() ? Optional.empty() : Optional.of(below);
    }

    private void write(Part part, String below, TarArchiveEntry entry, InputStream content)
            throws IOException {
        Path folder = unfinished(part);
        if (started.add(part)) {
            Files.createDirectories(folder);
        }
        Path path;
        try {
            path = folder.resolve(below).normalize();
        } catch (InvalidPathException e) {
            throw refused(entry, "has a name that is not possible here");
        }
        if (!path.startsWith(folder) || List.of(below.split("[/\\\\]")).contains("..")) {
            throw refused(entry, "would land outside its folder");
        }
        if (entry.isDirectory()) {
            Files.createDirectories(path);
        } else if (entry.isFile() && !entry.isLink() && !entry.isSymbolicLink()) {
            if (entry.getSize() + RESERVE > space.applyAsLong(root)) {
                throw new Failure(
                        "%s: the disk is full; free some space or name another folder by data.root="
                                .formatted(root));
            }
            Files.createDirectories(path.getParent());
            try {
                Files.copy(content, path);
            } catch (FileAlreadyExistsException e) {
                throw refused(entry, "occurs twice");
            }
        } else {
            throw refused(entry, "is a link or a device, neither file nor folder");
        }
    }

    private Failure refused(TarArchiveEntry entry, String why) {
        return new Failure(
                "%s: %s %s; nothing was unpacked".formatted(archive, entry.getName(), why));
    }

    private void finish(Part part) throws IOException {
        Path folder = unfinished(part);
        if (!started.contains(part)) {
            throw new Failure(
                    "%s: has no folder %s; is it another archive? remove it to get it anew"
                            .formatted(archive, part.inArchive()));
        }
        for (String name : part.needed()) {
            if (!Files.exists(folder.resolve(name))) {
                throw new Failure(
                        "%s: has no %s/%s; is it another archive? remove it to get it anew"
                                .formatted(archive, part.inArchive(), name));
            }
        }
        Files.move(folder, root.resolve(part.folder()), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Where a folder is until it is complete. */
    private Path unfinished(Part part) {
        return root.resolve(part.folder() + ".unpacking");
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.toList().reversed()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            // the failure that led here is being reported
        }
    }

    /** Tells the progress how much of a file has been read. */
    private static final class Counting extends FilterInputStream {
        private final Progress progress;
        private long count;

        private Counting(InputStream in, Progress progress) {
            super(in);
            this.progress = progress;
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            if (value >= 0) {
                progress.at(++count);
            }
            return value;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int read = super.read(bytes, from, length);
            if (read > 0) {
                count += read;
                progress.at(count);
            }
            return read;
        }
    }
}
