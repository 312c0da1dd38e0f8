package s5.data.format;

import s5.UserError;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * The lines of a text in UTF-8, plain or gzipped, one at a time: without line ends (LF or CRLF) and
 * without the mark that some editors begin a file with.
 */
public final class Lines implements Closeable {
    private static final int LONGEST = 1 << 28;

    private final Path file;
    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private int at;
    private int end;
    private int number;

    /**
     * Opens a file.
     *
     * @param file plain or gzipped; {@code -} for standard input
     * @throws UserError when it cannot be opened
     */
    public Lines(Path file) {
        this.file = file;
        this.in = RawFile.openOrStandard(file);
    }

    /**
     * {@return the next line; null at the end}
     *
     * @throws UserError when it cannot be read, is no UTF-8 or too long
     */
    public String next() {
        try {
            ByteArrayOutputStream more = null; // of a line that is longer than the buffer
            while (true) {
                if (at == end) {
                    at = 0;
                    end = in.read(buffer);
                    if (end < 0) {
                        end = 0;
                        return more == null ? null : text(more.toByteArray(), 0, more.size());
                    }
                }
                int from = at;
                while (at < end && buffer[at] != '\n') {
                    at++;
                }
                boolean whole = at < end;
                int to = at;
                at += whole ? 1 : 0;
                if (whole && more == null) {
                    return text(buffer, from, to);
                }
                more = more == null ? new ByteArrayOutputStream(1 << 12) : more;
                if (more.size() + to - from > LONGEST) {
                    throw new UserError(
                            "%s:%d: a line of more than 256 MiB".formatted(file, number + 1));
                }
                more.write(buffer, from, to - from);
                if (whole) {
                    return text(more.toByteArray(), 0, more.size());
                }
            }
        } catch (IOException e) {
            throw RawFile.damaged(file, e);
        }
    }

    private String text(byte[] bytes, int from, int to) {
        number++;
        int end = to > from && bytes[to - 1] == '\r' ? to - 1 : to;
        boolean ascii = true;
        for (int i = from; i < end && ascii; i++) {
            ascii = bytes[i] >= 0;
        }
        if (ascii) {
            return new String(bytes, from, end - from, java.nio.charset.StandardCharsets.US_ASCII);
        }
        byte[] line = java.util.Arrays.copyOfRange(bytes, from, end);
        if (number == 1 && line.length > 1 && isUtf16(line)) {
            throw new UserError(file + ":1: is UTF-16; save it as UTF-8");
        }
        String text = RawFile.text(line, place());
        return number == 1 && text.startsWith("\ufeff") ? text.substring(1) : text;
    }

    private static boolean isUtf16(byte[] line) {
        int mark = ((line[0] & 0xff) << 8) | (line[1] & 0xff);
        return mark == 0xfffe || mark == 0xfeff;
    }

    /** {@return the number of the line that {@link #next} gave last, from 1} */
    public int number() {
        return number;
    }

    /** {@return {@code file:line} of the line that {@link #next} gave last} */
    public String place() {
        return file + ":" + number;
    }

    @Override
    public void close() {
        RawFile.close(in);
    }
}
