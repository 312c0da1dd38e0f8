package s5.download;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;

import s5.Failure;
import s5.config.Messages;
import s5.download.RemoteFile.Part;
import s5.io.AtomicFile;
import s5.io.Locks;
import s5.io.TarReader;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Unpacks folders of a tar.gz archive, none of which is there yet. A folder gets its name when the
 * archive has been read to its end and its checksum was right; else nothing is left.
 */
record Unpacker(Path archive, List<Part> parts, Path root, Downloader.Terms terms) {
    void unpack() {
        // Open for writing, though nothing is written: such a file can be locked.
        try (FileChannel channel = Locks.open(archive, READ, WRITE)) {
            try {
                deleteUnfinished(); // of a program that was killed
                read(channel);
                for (Part part : parts) {
                    if (!Files.exists(unfinished(part))) {
                        throw new IOException("it has no folder " + part.inArchive());
                    }
                }
                for (Part part : parts) {
                    Path folder = root.resolve(part.folder());
                    Files.move(unfinished(part), folder, StandardCopyOption.ATOMIC_MOVE);
                    terms.out().println(folder + ": unpacked");
                }
            } finally {
                deleteUnfinished();
            }
        } catch (IOException | InvalidPathException e) {
            throw new Failure(
                    "%s: cannot be unpacked (%s), nothing was unpacked; remove it to get it anew"
                            .formatted(archive, reason(e)));
        }
    }

    /** Of a system's exception, more than the path; what it says of may be long, and not ours. */
    private static String reason(Exception e) {
        return e instanceof FileSystemException system
                ? Messages.shown(AtomicFile.reason(system) + ": " + system.getFile(), 200)
                : Http.reason(e);
    }

    private void read(FileChannel channel) throws IOException {
        String task = "unpacking " + archive.getFileName();
        InputStream zipped = Channels.newInputStream(channel);
        try (InputStream shown = terms.shown(zipped, task, 0, channel.size());
                InputStream in = new BufferedInputStream(new GZIPInputStream(shown, 1 << 16));
                TarReader tar = new TarReader(in)) {
            for (TarArchiveEntry entry = tar.next(); entry != null; entry = tar.next()) {
                String name = "/" + entry.getName().replaceFirst("^(\\./)++", "");
                for (Part part : parts) {
                    String folder = "/" + part.inArchive() + "/";
                    int end = name.indexOf(folder) + folder.length();
                    if (name.contains(folder) && end < name.length()) {
                        write(entry, tar.content(), unfinished(part), name.substring(end));
                    }
                }
            }
            in.transferTo(OutputStream.nullOutputStream()); // to the checksum at its end
        }
    }

    private void write(TarArchiveEntry entry, InputStream content, Path folder, String below)
            throws IOException {
        Path path = folder.resolve(below).normalize();
        if (!path.startsWith(folder) || List.of(below.split("[/\\\\]")).contains("..")) {
            throw new IOException(entry.getName() + " would land outside its folder");
        } else if (!below.equals(Messages.plain(below))) {
            throw new IOException(entry.getName() + " is a name with control characters");
        } else if (entry.isDirectory()) {
            Files.createDirectories(path);
        } else if (!TarReader.isFile(entry)) {
            throw new IOException(entry.getName() + " is a link, a device or a pipe, no file");
        } else if (Files.exists(path)) {
            throw new IOException(entry.getName() + " occurs twice");
        } else {
            long size = Math.min(entry.getSize(), 1L << 60); // it may claim any
            terms.checkSpace(root, size + Downloader.RESERVE);
            Files.createDirectories(path.getParent());
            Files.copy(content, path);
        }
    }

    /** Where a folder is until it is complete. */
    private Path unfinished(Part part) {
        return root.resolve(part.folder() + ".unpacking");
    }

    private void deleteUnfinished() {
        for (Part part : parts) {
            Path folder = unfinished(part);
            try (Stream<Path> files = Files.exists(folder) ? Files.walk(folder) : Stream.of()) {
                for (Path path : files.toList().reversed()) {
                    Files.delete(path);
                }
            } catch (IOException e) {
                // what led here is being reported
            }
        }
    }
}
