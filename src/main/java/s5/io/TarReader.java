package s5.io;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A tar archive that nobody vouches for, read from front to back. What stands before a member (long
 * names, extended headers) is bounded; sparse members, which may claim any size, are refused.
 */
public final class TarReader implements AutoCloseable {
    private static final int HEADERS = 1 << 18; // bytes before a member; usual are 512 to 2,560
    private static final int NAME = 4096; // no path of Linux is longer

    private final Metered in;
    private final TarArchiveInputStream tar;
    private boolean inMember;

    /**
     * Reads an archive from its beginning.
     *
     * @param in the archive, unzipped; closed by {@link #close}
     */
    public TarReader(InputStream in) {
        this.in = new Metered(in);
        this.tar = new TarArchiveInputStream(this.in, "UTF-8");
    }

    /**
     * Goes to the next member.
     *
     * @return null after the last
     * @throws IOException when the archive is damaged, or has headers that no proper one has
     */
    public TarArchiveEntry next() throws IOException {
        if (inMember) {
            content().transferTo(OutputStream.nullOutputStream()); // is not metered, headers are
        }
        in.left = HEADERS;
        try {
            TarArchiveEntry entry = tar.getNextEntry();
            inMember = entry != null;
            if (inMember) {
                check(entry);
            }
            return entry;
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException(e.getMessage(), e); // what the library throws at some headers
        } finally {
            in.left = Long.MAX_VALUE;
        }
    }

    private static void check(TarArchiveEntry entry) throws IOException {
        if (!entry.isCheckSumOK()) {
            throw new IOException("a header whose checksum is not that of its bytes");
        }
        long extra = 0; // global ones are kept, and would grow with every member
        for (var header : entry.getExtraPaxHeaders().entrySet()) {
            extra += header.getKey().length() + header.getValue().length();
        }
        if (extra > HEADERS) {
            throw tooLong();
        } else if (entry.getName().length() > NAME) {
            throw new IOException("a name of %,d letters".formatted(entry.getName().length()));
        } else if (entry.isSparse()) {
            throw new IOException("a sparse file, whose size is what it claims");
        }
    }

    private static IOException tooLong() {
        return new IOException("more than %,d bytes of headers before a file".formatted(HEADERS));
    }

    /** {@return the content of the member that {@link #next} has come to; not to be closed} */
    public InputStream content() {
        return tar;
    }

    /**
     * {@return whether a member is a file with content of its own: no folder, link, device or pipe}
     *
     * @param entry a member
     */
    public static boolean isFile(TarArchiveEntry entry) {
        byte kind = entry.getLinkFlag();
        return !entry.isDirectory()
                && (kind == TarConstants.LF_NORMAL
                        || kind == TarConstants.LF_OLDNORM
                        || kind == TarConstants.LF_CONTIG);
    }

    @Override
    public void close() throws IOException {
        tar.close();
    }

    /** Lets so many bytes through. */
    private static final class Metered extends FilterInputStream {
        private long left = Long.MAX_VALUE;

        private Metered(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            if (left == 0 && length > 0) {
                throw tooLong();
            }
            int count = super.read(bytes, from, (int) Math.min(length, left));
            left -= Math.max(count, 0);
            return count;
        }
    }
}
