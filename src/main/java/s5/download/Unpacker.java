package s5.download;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;

import s5.Failure;
import s5.UserError;
import s5.download.RemoteFile.Part;
import s5.io.TarReader;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Unpacks folders of a tar.gz archive. A folder gets its name when the archive has been read to its
 * end, its checksum was right, and all that is needed is in the folder; else nothing is left.
 */
final class Unpacker {
    private final Path archive;
    private final Path root;
    private final Downloader.Terms terms;
    private final Set<Part> started = new HashSet<>();
    private String member = "its start"; // for messages

    private Unpacker(Path archive, Path root, Downloader.Terms terms) {
        this.archive = archive;
        this.root = root;
        this.terms = terms;
    }

    /**
     * Unpacks some folders.
     *
     * @param parts which; none of them is there yet
     * @param root the folder below which they go
     * @throws Failure when the archive is damaged, lacks one of them, or has a member that would
     *     land elsewhere, or when the disk is full
     * @throws UserError when another program is unpacking it
     */
    static void unpack(Path archive, List<Part> parts, Path root, Downloader.Terms terms) {
        Unpacker unpacker = new Unpacker(archive, root, terms);
        // Open for writing, though nothing is written: such a file can be locked.
        try (FileChannel channel =
                FileChannel.open(archive, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (!Fetcher.isLocked(channel)) {
                throw new UserError(archive + ": another program is unpacking it; wait for it");
            }
            for (Part part : parts) {
                delete(unpacker.unfinished(part)); // of a program that was killed
            }
            unpacker.read(parts, channel);
            for (Part part : parts) {
                unpacker.finish(part);
            }
        } catch (IOException e) {
            throw new Failure(
                    "%s: cannot be unpacked, after %s (%s); remove it to get it anew"
                            .formatted(archive, Http.printable(unpacker.member), Http.reason(e)));
        } finally {
            unpacker.started.forEach(part -> delete(unpacker.unfinished(part)));
        }
    }

    private void read(List<Part> parts, FileChannel channel) throws IOException {
        String task = "unpacking " + archive.getFileName();
        try (Progress progress = new Progress(terms.display(), task, 0, channel.size());
                InputStream unzipped =
                        new BufferedInputStream(
                                new GZIPInputStream(Channels.newInputStream(channel), 1 << 16),
                                1 << 16);
                TarReader tar = new TarReader(unzipped)) {
            for (TarArchiveEntry entry = tar.next(); entry != null; entry = tar.next()) {
                member = entry.getName();
                for (Part part : parts) {
                    String below = below(part);
                    if (!below.isEmpty()) {
                        write(part, below, entry, tar.content());
                    }
                }
                progress.at(channel.position());
            }
            unzipped.transferTo(OutputStream.nullOutputStream()); // to the checksum at its end
        }
    }

    /** The member's name below the folder of a part; empty when it is not in it. */
    private String below(Part part) {
        String name = "/" + member.replaceFirst("^(\\./)++", "");
        String folder = "/" + part.inArchive() + "/";
        int at = name.indexOf(folder);
        return at < 0 ? "" : name.substring(at + folder.length());
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
            throw refused("has a name that is not possible here");
        }
        if (!path.startsWith(folder) || List.of(below.split("[/\\\\]")).contains("..")) {
            throw refused("would land outside its folder");
        }
        if (entry.isDirectory()) {
            Files.createDirectories(path);
        } else if (TarReader.isFile(entry)) {
            long most = Long.MAX_VALUE - Downloader.Terms.RESERVE; // a claim may be any number
            terms.checkSpace(root, Math.min(entry.getSize(), most) + Downloader.Terms.RESERVE);
            Files.createDirectories(path.getParent());
            try {
                Files.copy(content, path);
            } catch (FileAlreadyExistsException e) {
                throw refused("occurs twice");
            }
        } else {
            throw refused("is a link, a device or a pipe, neither file nor folder");
        }
    }

    private Failure refused(String why) {
        String name = Http.printable(member);
        return new Failure(archive + ": " + name + " " + why + "; nothing was unpacked");
    }

    private void finish(Part part) throws IOException {
        if (!started.contains(part)) {
            throw new Failure(
                    "%s: has no folder %s; is it another archive? remove it to get it anew"
                            .formatted(archive, part.inArchive()));
        }
        Files.move(unfinished(part), root.resolve(part.folder()), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Where a folder is until it is complete. */
    private Path unfinished(Part part) {
        return root.resolve(part.folder() + ".unpacking");
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.exists(folder) ? Files.walk(folder) : Stream.of()) {
            for (Path path : files.toList().reversed()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            // the failure that led here is being reported
        }
    }
}
