package s5.data.set;

import s5.UserError;
import s5.data.cache.CacheSource;
import s5.data.format.RawFile;
import s5.data.format.TarGz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The files of Speech Commands, in the published tar.gz archive (read as it is, nothing is
 * unpacked) or in a folder: clips WORD/NAME.wav, and the two lists that make the splits. Folders
 * that are none of the words, hidden files and files of other kinds are passed over.
 */
final class SpeechFiles {
    /** The clips to validate and to test on, a line "WORD/NAME.wav" for each; others train. */
    static final List<String> LISTS = List.of("validation_list.txt", "testing_list.txt");

    private static final String ARCHIVE = "speech_commands_v0.02.tar.gz";
    private static final String NOISE = "_background_noise_"; // long recordings, no words
    private static final int LARGEST = 1 << 24; // a clip has 32 kB, the longest list 250 kB

    private final Path path;
    private final List<String> words;

    private SpeechFiles(Path path, List<String> words) {
        this.path = path;
        this.words = words;
    }

    /** The archive or the folder. */
    Path path() {
        return path;
    }

    /**
     * Looks for the files below a folder: speech_commands/, torchaudio's and the official code's
     * folders, and the folder itself; an archive before a folder, whose unpacking may have been
     * interrupted.
     *
     * @param words the folders to read
     * @throws UserError when there is nothing of the kind, or several archives
     */
    static SpeechFiles find(Path root, List<String> words) {
        for (String below : List.of("speech_commands", "")) {
            Optional<Path> archive = archive(root.resolve(below));
            if (archive.isPresent()) {
                return new SpeechFiles(archive.get(), words);
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
                return new SpeechFiles(folder, words);
            }
        }
        throw new UserError(
                "data.root: Speech Commands not found, there is no speech_commands*.tar.gz and no %s in %s or %s; s5 download sc35 fetches it"
                        .formatted(LISTS.getFirst(), root.resolve("speech_commands"), root));
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
        } catch (IOException | DirectoryIteratorException e) {
            throw new UserError(
                    "%s: the folder cannot be read (%s)".formatted(folder, e.getMessage()), e);
        }
        names.sort(null);
        return names;
    }

    /** Lists and clips in a folder, in the order that they are read in. */
    private List<Path> files() {
        List<Path> files = new ArrayList<>();
        LISTS.forEach(list -> files.add(path.resolve(list)));
        for (String word : words) {
            names(path.resolve(word), "*").stream().filter(SpeechFiles::isClip).forEach(files::add);
        }
        return files;
    }

    /** What a cache made of these files is compared with. */
    CacheSource source() {
        if (!Files.isDirectory(path)) {
            return CacheSource.of(path);
        }
        List<Path> files = files();
        long size = 0;
        long modified = 0;
        for (Path file : files) {
            try {
                BasicFileAttributes attributes =
                        Files.readAttributes(file, BasicFileAttributes.class);
                size += attributes.size();
                modified = Math.max(modified, attributes.lastModifiedTime().toMillis());
            } catch (IOException e) {
                throw RawFile.damaged(file, e);
            }
        }
        return new CacheSource(
                "folder with %d files".formatted(files.size()), size, modified, null);
    }

    /** Gets one file after the other. */
    interface Visitor {
        /**
         * @param word the folder of a clip, one of the words; empty for a list
         * @param name the file's name
         * @param place where it is, for messages
         */
        void visit(String word, String name, String place, byte[] content) throws IOException;
    }

    /**
     * Reads lists and clips.
     *
     * @return what was passed over, in lines for people
     * @throws UserError when they cannot be read
     * @throws IOException what the visitor throws
     */
    List<String> read(Visitor visitor) throws IOException {
        if (Files.isDirectory(path)) {
            return readFolder(visitor);
        }
        try {
            Map<String, Integer> passedOver = new TreeMap<>();
            TarGz.read(
                    path,
                    member -> isWanted(member, passedOver),
                    (member, content) -> {
                        String[] parts = member.split("/", -1);
                        String name = parts[parts.length - 1];
                        String word = LISTS.contains(name) ? "" : parts[parts.length - 2];
                        String place = path + ": " + RawFile.printable(member);
                        checkSize(place, content.length);
                        try {
                            visitor.visit(word, name, place, content);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
            return told(passedOver);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Whether a member of the archive is read; counts those that are passed over. */
    private boolean isWanted(String member, Map<String, Integer> passedOver) {
        String[] parts = member.split("/", -1);
        String name = parts[parts.length - 1];
        if (LISTS.contains(name)) {
            return true;
        }
        if (parts.length < 2 || name.isEmpty() || name.startsWith(".")) {
            return false;
        }
        String word = parts[parts.length - 2];
        boolean clip = isClip(Path.of(name));
        if (clip != words.contains(word) && !word.equals(NOISE)) {
            passedOver.merge(word, 1, Integer::sum);
        }
        return clip && words.contains(word);
    }

    private static boolean isClip(Path file) {
        return file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".wav");
    }

    /** Which folders are none of the words, and which words hold files that are no clips. */
    private List<String> told(Map<String, Integer> passedOver) {
        List<String> notes = new ArrayList<>();
        passedOver.forEach((folder, files) ->
                notes.add(
                        (words.contains(folder)
                                        ? "%s: passed over %d files of %s/ that are no .wav"
                                        : "%s: passed over %d files of %s/, none of the words of"
                                                + " Speech Commands; data.set audio takes any"
                                                + " classes")
                                .formatted(path, files, RawFile.printable(folder))));
        return notes;
    }

    private List<String> readFolder(Visitor visitor) throws IOException {
        Map<String, Integer> passedOver = new TreeMap<>();
        for (Path entry : names(path, "*")) {
            String name = entry.getFileName().toString();
            if (Files.isDirectory(entry) && !name.equals(NOISE)) {
                List<Path> files = names(entry, "*");
                long clips = files.stream().filter(SpeechFiles::isClip).count();
                int others = (int) (files.size() - (words.contains(name) ? clips : 0));
                if (others > 0 || !words.contains(name)) {
                    passedOver.put(name, others);
                }
            }
        }
        for (Path file : files()) {
            Path folder = path.relativize(file).getParent();
            byte[] content;
            try {
                checkSize(file.toString(), Files.size(file));
                content = Files.readAllBytes(file);
            } catch (IOException e) {
                throw RawFile.damaged(file, e);
            }
            visitor.visit(
                    folder == null ? "" : folder.toString(),
                    file.getFileName().toString(),
                    file.toString(),
                    content);
        }
        return told(passedOver);
    }

    private static void checkSize(String place, long size) {
        if (size > LARGEST) {
            throw new UserError(
                    "%s: has %d bytes, far more than a clip of a second; is it another file?"
                            .formatted(place, size));
        }
    }
}
