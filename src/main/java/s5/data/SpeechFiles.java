package s5.data;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import s5.UserError;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The files of Speech Commands, in the published tar.gz archive (read as it is, nothing is
 * unpacked) or in a folder: clips WORD/NAME.wav, and the two lists that make the splits. Folders
 * that are none of the words, hidden files and files of other kinds are passed over.
 */
abstract sealed class SpeechFiles {
    private static final Logger LOG = LoggerFactory.getLogger(SpeechFiles.class);

    /** The clips to validate and to test on, a line "WORD/NAME.wav" for each; others train. */
    static final List<String> LISTS = List.of("validation_list.txt", "testing_list.txt");

    private static final String ARCHIVE = "speech_commands_v0.02.tar.gz";
    private static final String NOISE = "_background_noise_"; // long recordings, no words
    private static final int LARGEST_FILE = 1 << 24; // a clip has 32 kB, the longest list 250 kB
    private static final int ENDS = 1 << 16;

    final Path path;
    final List<String> words;

    private SpeechFiles(Path path, List<String> words) {
        this.path = path;
        this.words = words;
    }

    /**
     * Looks for the files below a folder: speech_commands/, torchaudio's and the official code's
     * folders, and the folder itself; an archive before a folder, whose unpacking may have been
     * interrupted.
     *
     * @param words the folders to read
     * @return empty when there is nothing of the kind
     * @throws UserError when {@code root} is no folder, or has several archives
     */
    static Optional<SpeechFiles> find(Path root, List<String> words) {
        if (!Files.isDirectory(root)) {
            return Optional.empty();
        }
        for (String below : List.of("speech_commands", "")) {
            Optional<Path> archive = archive(root.resolve(below));
            if (archive.isPresent()) {
                return Optional.of(new Archive(archive.get(), words));
            }
        }
        for (String below :
                List.of(
                        "speech_commands",
                        "speech_commands/speech_commands_v0.02",
                        "speech_commands/0.0.2/SpeechCommands",
                        "SpeechCommands/speech_commands_v0.02",
                        "speech_commands_v0.02",
                        "")) {
            Path folder = root.resolve(below);
            if (LISTS.stream().anyMatch(list -> Files.exists(folder.resolve(list)))) {
                return Optional.of(new Folder(folder, words));
            }
        }
        return Optional.empty();
    }

    private static Optional<Path> archive(Path folder) {
        if (Files.isRegularFile(folder.resolve(ARCHIVE))) {
            return Optional.of(folder.resolve(ARCHIVE));
        }
        List<Path> archives = names(folder, "speech_commands*.tar.gz");
        if (archives.size() > 1) {
            throw new UserError(
                    "%s: holds %s and %s; keep the one to use"
                            .formatted(
                                    folder,
                                    archives.get(0).getFileName(),
                                    archives.get(1).getFileName()));
        }
        return archives.stream().findFirst();
    }

    /** The visible entries of a folder that match a pattern, sorted; none when it is missing. */
    private static List<Path> names(Path folder, String pattern) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Path> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, pattern)) {
            for (Path entry : entries) {
                if (!entry.getFileName().toString().startsWith(".")) {
                    names.add(entry);
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            throw new UserError(
                    "%s: the folder cannot be read (%s)".formatted(folder, e.getMessage()), e);
        }
        names.sort(null);
        return names;
    }

    /**
     * 16 hexadecimal digits that differ when the files do, found without reading them all: of an
     * archive, its size and both ends, which hold the sum of all it unpacks to; of a folder, the
     * names of the clips, and the lists.
     */
    abstract String fingerprint();

    /** Starts reading. */
    abstract Reader open();

    /** One file after the other: clips and lists. */
    abstract static class Reader implements AutoCloseable {
        /** The folder of a clip, one of the words; empty for a list. */
        String word;

        /** The file's name. */
        String name;

        /** Where it is, for messages. */
        String place;

        /** What it holds. */
        byte[] content;

        /**
         * Goes to the next file; false at the end.
         *
         * @throws UserError when it cannot be read
         */
        abstract boolean next();

        @Override
        public void close() {}
    }

    private static void checkSize(String place, long size) {
        if (size > LARGEST_FILE) {
            throw new UserError(
                    "%s: has %d bytes, far more than a clip of a second; is it another file?"
                            .formatted(place, size));
        }
    }

    /** Unpacked. */
    private static final class Folder extends SpeechFiles {
        private Folder(Path path, List<String> words) {
            super(path, words);
        }

        private List<Path> files() {
            List<Path> files = new ArrayList<>();
            LISTS.forEach(list -> files.add(path.resolve(list)));
            for (String word : words) {
                files.addAll(names(path.resolve(word), "*.wav"));
            }
            return files;
        }

        @Override
        String fingerprint() {
            Fingerprint sum = new Fingerprint();
            for (Path file : files()) {
                sum.add(path.relativize(file).toString().replace('\\', '/'));
            }
            LISTS.forEach(list -> sum.add(read(path.resolve(list))));
            return sum.digits();
        }

        private static byte[] read(Path file) {
            try {
                if (Files.isDirectory(file)) {
                    throw new UserError(file + ": is a folder, not a file");
                }
                checkSize(file.toString(), Files.size(file));
                return Files.readAllBytes(file);
            } catch (IOException e) {
                throw RawFile.damaged(file, e);
            }
        }

        @Override
        Reader open() {
            for (Path entry : names(path, "*")) {
                String name = entry.getFileName().toString();
                if (Files.isDirectory(entry) && !words.contains(name) && !name.equals(NOISE)) {
                    LOG.warn("{}: passed over, none of the words of Speech Commands", entry);
                }
            }
            Iterator<Path> files = files().iterator();
            return new Reader() {
                @Override
                boolean next() {
                    if (!files.hasNext()) {
                        return false;
                    }
                    Path file = files.next();
                    Path folder = path.relativize(file).getParent();
                    word = folder == null ? "" : folder.toString();
                    name = file.getFileName().toString();
                    place = file.toString();
                    content = read(file);
                    return true;
                }
            };
        }
    }

    /** A tar.gz archive. */
    private static final class Archive extends SpeechFiles {
        private Archive(Path path, List<String> words) {
            super(path, words);
        }

        @Override
        String fingerprint() {
            Fingerprint sum = new Fingerprint();
            try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
                byte[] end = new byte[(int) Math.min(ENDS, file.length())];
                file.readFully(end);
                sum.add(Long.toString(file.length()));
                sum.add(end);
                file.seek(file.length() - end.length);
                file.readFully(end);
                sum.add(end);
            } catch (IOException e) {
                throw RawFile.damaged(path, e);
            }
            return sum.digits();
        }

        @Override
        Reader open() {
            InputStream unzipped = RawFile.open(path);
            TarArchiveInputStream tar = new TarArchiveInputStream(unzipped);
            return new Reader() {
                private String last = "the start";

                @Override
                boolean next() {
                    try {
                        for (TarArchiveEntry entry = tar.getNextEntry();
                                entry != null;
                                entry = tar.getNextEntry()) {
                            last = entry.getName();
                            if (entry.isFile() && isWanted(entry.getName())) {
                                place = path + ": " + entry.getName();
                                checkSize(place, entry.getSize());
                                content = tar.readAllBytes();
                                return true;
                            }
                        }
                        // To the end of the gzip file, where its sum is checked.
                        unzipped.transferTo(OutputStream.nullOutputStream());
                        return false;
                    } catch (IOException e) {
                        throw new UserError(
                                "%s: the archive is damaged or cut off after %s (%s); download it again"
                                        .formatted(path, last, e.getMessage()),
                                e);
                    }
                }

                private boolean isWanted(String member) {
                    String[] parts = member.split("/", -1);
                    name = parts[parts.length - 1];
                    String folder = parts.length == 1 ? "" : parts[parts.length - 2];
                    if (LISTS.contains(name)) {
                        word = "";
                        return true;
                    }
                    word = folder;
                    return words.contains(folder) && name.endsWith(".wav") && !name.startsWith(".");
                }

                @Override
                public void close() {
                    try {
                        tar.close();
                    } catch (IOException e) {
                        // nothing more is wanted from it
                    }
                }
            };
        }
    }

    /** A sum over texts and bytes that are told apart. */
    private static final class Fingerprint {
        private final java.security.MessageDigest digest;

        private Fingerprint() {
            try {
                digest = java.security.MessageDigest.getInstance("SHA-256");
            } catch (java.security.NoSuchAlgorithmException e) {
                throw new IllegalStateException(e); // every JDK has it
            }
        }

        private void add(String text) {
            add(text.getBytes(StandardCharsets.UTF_8));
        }

        private void add(byte[] bytes) {
            digest.update((bytes.length + " ").getBytes(StandardCharsets.UTF_8));
            digest.update(bytes);
        }

        private String digits() {
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        }
    }
}
