package s5.data.format;

import s5.UserError;
import s5.io.AtomicFile;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The files a user has downloaded: where they are, opening them, and saying what is wrong. */
public final class RawFile {
    private RawFile() {}

    /**
     * The first of several folders that holds a data set: layouts differ between the places it can
     * be had from.
     *
     * @param root the folder given as {@code data.root}
     * @param below folders to look for under it, the preferred one first; "" is the root itself
     * @param file a file that the right folder holds, plain or gzipped
     * @param what the data set, for the message
     * @param download its name for {@code s5 download}
     * @return the folder under {@code root}
     * @throws UserError when none of them holds the file
     */
    public static Path folder(
            Path root, List<String> below, String file, String what, String download) {
        checkRoot(root, below, what, download);
        for (String name : below) {
            Path folder = root.resolve(name);
            if (Files.exists(folder.resolve(file)) || Files.exists(folder.resolve(file + ".gz"))) {
                return folder;
            }
        }
        throw new UserError(
                "data.root: %s not found, there is no %s (or %s.gz) in %s; name the folder that holds it, or get it with s5 download %s"
                        .formatted(what, file, file, names(root, below), download));
    }

    /**
     * The first that is there of several files or folders that can hold a data set.
     *
     * @param root the folder given as {@code data.root}
     * @param below folders to look in under it; "" is the root itself
     * @param names what to look for in each, the preferred one first
     * @param what the data set, for the message
     * @param download its name for {@code s5 download}
     * @return the file or folder that is there
     * @throws UserError when none is there
     */
    public static Path first(
            Path root, List<String> below, List<String> names, String what, String download) {
        checkRoot(root, below, what, download);
        for (String name : names) {
            for (String folder : below) {
                Path path = root.resolve(folder).resolve(name);
                if (Files.exists(path)) {
                    return path;
                }
            }
        }
        throw new UserError(
                "data.root: %s not found, there is no %s in %s; name the folder that holds it, or get it with s5 download %s"
                        .formatted(what, String.join(" or ", names), names(root, below), download));
    }

    private static void checkRoot(Path root, List<String> below, String what, String download) {
        if (!Files.isDirectory(root)) {
            throw new UserError(
                    "data.root: there is no folder %s; name the one that holds %s, in %s, or get it with s5 download %s"
                            .formatted(root, what, names(root, below), download));
        }
    }

    private static String names(Path root, List<String> below) {
        return String.join(" or ", below.stream().map(n -> root.resolve(n).toString()).toList());
    }

    /**
     * A file, or its gzipped form when only that exists.
     *
     * @param folder to look in
     * @param name of the plain file
     * @param what its content, for the message
     * @return the file, with .gz when only that exists
     * @throws UserError when neither is there
     */
    public static Path find(Path folder, String name, String what) {
        Path plain = folder.resolve(name);
        Path zipped = folder.resolve(name + ".gz");
        for (Path file : List.of(plain, zipped)) {
            if (Files.exists(file)) {
                if (!Files.isRegularFile(file)) {
                    throw new UserError(file + ": is not a file; it should hold " + what);
                }
                return file;
            }
        }
        throw new UserError(
                "%s: no such file (nor %s); it should hold %s"
                        .formatted(plain, zipped.getFileName(), what));
    }

    /**
     * The content of a file, unzipped when its name ends in .gz or its first bytes are those of a
     * gzip file. Errors while reading it are to be put into words by {@link #damaged}.
     *
     * @param file plain or gzipped
     * @return its plain content; to be closed
     * @throws UserError when it cannot be opened or, named .gz, is no gzip file
     */
    public static InputStream open(Path file) {
        InputStream in = null;
        try {
            in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
            return file.toString().endsWith(".gz") || isGzip(in)
                    ? new GZIPInputStream(in, 1 << 16)
                    : in;
        } catch (IOException e) {
            close(in);
            throw damaged(file, e);
        }
    }

    /** Two magic bytes, the only method, and flags of which three bits are never set. */
    private static boolean isGzip(InputStream in) throws IOException {
        in.mark(4);
        byte[] start = in.readNBytes(4);
        in.reset();
        return start.length == 4
                && start[0] == 0x1f
                && start[1] == (byte) 0x8b
                && start[2] == 8
                && (start[3] & 0xe0) == 0;
    }

    /**
     * {@return the whole content of a file as it is}
     *
     * @param file at most 2 GiB
     * @throws UserError when it cannot be read
     */
    public static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw damaged(file, e);
        }
    }

    /**
     * {@return the text of some bytes in UTF-8}
     *
     * @param utf8 a whole text
     * @param place names them, for the message
     * @throws UserError when they are not UTF-8
     */
    public static String text(byte[] utf8, String place) {
        ByteBuffer in = ByteBuffer.wrap(utf8);
        CharBuffer out = CharBuffer.allocate(utf8.length);
        if (StandardCharsets.UTF_8.newDecoder().decode(in, out, true).isError()) {
            throw new UserError(
                    "%s: invalid UTF-8 at byte %d; download it again, or save it as UTF-8"
                            .formatted(place, in.position() + 1));
        }
        return out.flip().toString();
    }

    /**
     * {@return some text of a file in a form that fits into a message of one line}
     *
     * @param text of any length
     */
    public static String shorten(String text) {
        String line = printable(text);
        int end = line.offsetByCodePoints(0, Math.min(20, line.codePointCount(0, line.length())));
        return end < line.length() ? line.substring(0, end) + "..." : line;
    }

    /**
     * {@return a name in a file, for a message of one line}
     *
     * @param text may hold control characters
     */
    public static String printable(String text) {
        return text.replaceAll("[\\p{Cntrl}\\x80-\\x9f\\u2028\\u2029]", "?");
    }

    /** The name of standard input where a file can be named. */
    public static final Path STANDARD = Path.of("-");

    /**
     * {@return the content of a file as {@link #open}, or of standard input, gzipped or not}
     *
     * @param file {@link #STANDARD} for standard input; to be closed
     * @throws UserError when it cannot be opened
     */
    public static InputStream openOrStandard(Path file) {
        if (!file.equals(STANDARD)) {
            if (Files.isDirectory(file)) {
                throw new UserError(file + ": is a folder, not a file");
            }
            return open(file);
        }
        try {
            BufferedInputStream in = new BufferedInputStream(System.in, 1 << 16);
            in.mark(2);
            boolean zipped = in.read() == 0x1f && in.read() == 0x8b;
            in.reset();
            return zipped ? new GZIPInputStream(in, 1 << 16) : in;
        } catch (IOException e) {
            throw damaged(file, e);
        }
    }

    /** Closes what may not have been opened; what happens then is of no interest any more. */
    static void close(InputStream in) {
        try {
            if (in != null) {
                in.close();
            }
        } catch (IOException e) {
            // the reason for closing is being reported
        }
    }

    /**
     * {@return what to tell the user when reading a file ended in {@code e}}
     *
     * @param file that was read
     * @param e what happened
     */
    public static UserError damaged(Path file, IOException e) {
        return new UserError(
                switch (e) {
                    case java.io.EOFException eof ->
                            file + ": the gzip file ends too early; download it again";
                    case java.util.zip.ZipException zip
                            when "Not in GZIP format".equals(zip.getMessage()) ->
                            "%s: is not gzipped, although its name says so; %sdownload it again"
                                    .formatted(
                                            file,
                                            file.toString().endsWith(".tar.gz")
                                                    ? ""
                                                    : "take .gz off the name if it was unpacked"
                                                            + " on its way, else ");
                    case java.util.zip.ZipException zip ->
                            "%s: damaged gzip file (%s); download it again"
                                    .formatted(file, zip.getMessage());
                    case java.nio.file.AccessDeniedException denied ->
                            file + ": may not be read; check its permissions";
                    case java.nio.file.NoSuchFileException none -> file + ": no such file";
                    default -> "%s: cannot be read (%s)".formatted(file, AtomicFile.reason(e));
                },
                e);
    }
}
