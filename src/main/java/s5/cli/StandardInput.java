package s5.cli;

import s5.Failure;
import s5.UserError;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * What comes on standard input, in a file for as long as a command needs it. Files are known by the
 * ends of their names; what this one is shows in its first bytes.
 */
final class StandardInput implements AutoCloseable {
    private static final int SEEN = 4096; // bytes

    private final Path folder;
    private final Path file;

    private StandardInput(Path folder, Path file) {
        this.folder = folder;
        this.file = file;
    }

    /**
     * Reads all of it.
     *
     * @param in standard input
     * @param plain the ending of a text that is neither lines of JSON nor a series
     * @throws UserError when it is empty, or a damaged gzip stream
     */
    static StandardInput read(InputStream in, String plain) {
        try {
            Path folder = Files.createTempDirectory("s5-");
            StandardInput input = null;
            try (InputStream content = unzipped(new BufferedInputStream(in, 1 << 16))) {
                content.mark(SEEN);
                byte[] start = content.readNBytes(SEEN);
                content.reset();
                if (start.length == 0) {
                    throw new UserError("standard input: is empty; pipe a file's content into it");
                }
                Path file = folder.resolve("standard-input" + suffix(start, plain));
                try (OutputStream out = Files.newOutputStream(file)) {
                    content.transferTo(out);
                }
                input = new StandardInput(folder, file);
                return input;
            } finally {
                if (input == null) {
                    new StandardInput(folder, folder.resolve("none")).close();
                }
            }
        } catch (IOException e) {
            throw new UserError("standard input: cannot be read (%s)".formatted(e.getMessage()), e);
        }
    }

    private static InputStream unzipped(BufferedInputStream in) throws IOException {
        in.mark(3);
        byte[] start = in.readNBytes(3);
        in.reset();
        return Arrays.equals(start, new byte[] {0x1f, (byte) 0x8b, 8})
                ? new BufferedInputStream(new GZIPInputStream(in, 1 << 16), 1 << 16)
                : in;
    }

    /** The end of a name that stands for such content. */
    static String suffix(byte[] start, String plain) {
        String letters = new String(start, StandardCharsets.ISO_8859_1);
        if (letters.startsWith("RIFF") || letters.startsWith("RF64")) {
            return ".wav";
        } else if (letters.startsWith("FORM")) {
            return ".aiff";
        } else if (letters.startsWith(".snd")) {
            return ".au";
        } else if (letters.startsWith("\u0093NUMPY")) {
            return ".npy";
        } else if (letters.startsWith("PK\u0003\u0004")) {
            return ".npz";
        } else if (letters.startsWith("\0\0\u0008\u0003")) {
            return ".idx3-ubyte";
        } else if (!isText(start)) {
            return ".f32";
        } else if (letters.stripLeading().startsWith("{")) {
            return ".jsonl";
        } else if (letters.stripLeading().toLowerCase(Locale.ROOT).startsWith("@problem")) {
            return ".ts";
        }
        String first = letters.lines().findFirst().orElse("");
        if (plain.equals(".txt")) {
            return plain;
        }
        return first.indexOf('\t') >= 0 && first.indexOf(',') < 0 ? ".tsv" : plain;
    }

    private static boolean isText(byte[] start) {
        CharBuffer text = CharBuffer.allocate(start.length);
        // The last character may be cut: no end of input.
        boolean bad =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(start), text, false)
                        .isError();
        return !bad
                && text.flip()
                        .chars()
                        .noneMatch(c -> c < ' ' && c != '\t' && c != '\n' && c != '\r');
    }

    /** {@return the file that holds it} */
    Path file() {
        return file;
    }

    /**
     * {@return a message without the file's name}
     *
     * @param e may name {@link #file}
     */
    UserError named(UserError e) {
        return new UserError(e.getMessage().replace(file.toString(), "standard input"), e);
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            throw new Failure("%s: cannot be deleted (%s)".formatted(folder, e.getMessage()));
        }
    }
}
