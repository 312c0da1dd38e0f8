package s5.data.own.table;

import s5.UserError;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Rows of numbers, as many as there are: the first few MiB in memory, all in a temporary file when
 * there are more. Written once, then read in any order.
 */
final class Spill implements AutoCloseable {
    private static final int IN_MEMORY = 1 << 24;
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int width;
    private ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    private FileChannel channel; // null while all is in memory
    private final Arena arena = Arena.ofShared();
    private MemorySegment all; // null before the end
    private long rows;

    /**
     * @param width numbers of a row
     */
    Spill(int width) {
        this.width = width;
    }

    void add(double[] row) {
        int size = width * Double.BYTES;
        if (buffer.remaining() < size) {
            makeRoom(size);
        }
        for (int k = 0; k < width; k++) {
            buffer.putDouble(row[k]);
        }
        rows++;
    }

    private void makeRoom(int size) {
        if (channel == null && buffer.capacity() < IN_MEMORY) {
            int larger = Math.max(4 * buffer.capacity(), buffer.position() + size);
            ByteBuffer more = ByteBuffer.allocate(larger).order(ByteOrder.LITTLE_ENDIAN);
            buffer = more.put(buffer.flip());
            return;
        }
        try {
            if (channel == null) {
                Path file = Files.createTempFile("s5-rows", ".tmp");
                channel =
                        FileChannel.open(
                                file,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.DELETE_ON_CLOSE);
            }
            write();
        } catch (IOException e) {
            throw full(e);
        }
    }

    private void write() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    private static UserError full(IOException e) {
        return new UserError(
                "%s: cannot be written (%s); free some space, or name another folder with JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=FOLDER"
                        .formatted(System.getProperty("java.io.tmpdir"), e.getMessage()),
                e);
    }

    /** Ends writing. */
    void end() {
        try {
            if (channel == null) {
                all = MemorySegment.ofArray(buffer.array());
            } else {
                write();
                all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            }
        } catch (IOException e) {
            throw full(e);
        }
    }

    long size() {
        return rows;
    }

    /** A number of a row. */
    double get(long row, int column) {
        return all.get(DOUBLE, (row * width + column) * Double.BYTES);
    }

    @Override
    public void close() {
        arena.close();
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
