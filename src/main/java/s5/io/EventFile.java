package s5.io;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Writes scalars for TensorBoard: a file of records, each a little-endian u64 length, the masked
 * CRC-32C of those eight bytes, an Event message in protobuf's encoding, and the masked CRC-32C of
 * the message. Fields of Event: 1 wall_time (double), 2 step (int64), 3 file_version (string), 5
 * summary, 7 session_log; of Summary: 1 value (repeated), there 1 tag and 2 simple_value (float);
 * of SessionLog: 1 status (START = 1).
 */
public final class EventFile implements Closeable {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private static final int LONGEST = 1 << 12;

    private final FileChannel out;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

    /**
     * Creates a file in a folder that TensorBoard looks into.
     *
     * @param folder that exists
     * @param resumedAt updates done before: TensorBoard forgets what earlier files in the folder
     *     say of later ones, which are done again
     * @throws IOException when the file cannot be made
     */
    public EventFile(Path folder, long resumedAt) throws IOException {
        // TensorBoard wants "tfevents" in the name, and reads files in the order of their names.
        String name =
                "events.out.tfevents.%010d.%d.s5"
                        .formatted(
                                System.currentTimeMillis() / 1000, ProcessHandle.current().pid());
        out = create(folder, name);
        ByteBuffer event = event(0);
        bytes(event, 3, "brain.Event:2".getBytes(StandardCharsets.US_ASCII));
        write(event);
        event = event(resumedAt + 1);
        bytes(event, 7, new byte[] {1 << 3 | VARINT, 1});
        write(event);
        flush();
    }

    /** A new file; two of one second and process get numbers, which keep their order. */
    private static FileChannel create(Path folder, String name) throws IOException {
        for (int number = 0; ; number++) {
            try {
                return FileChannel.open(
                        folder.resolve(number == 0 ? name : "%s.%03d".formatted(name, number)),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE);
            } catch (FileAlreadyExistsException e) {
                // the next number
            }
        }
    }

    /**
     * Writes one value, at the next {@link #flush}.
     *
     * @param tag names the curve, such as {@code epoch/train_loss}
     * @param step updates done
     * @param value as float32
     */
    public void scalar(String tag, long step, float value) {
        byte[] name = tag.getBytes(StandardCharsets.UTF_8);
        if (name.length > LONGEST / 4) {
            throw new IllegalArgumentException("a tag of " + name.length + " bytes");
        }
        ByteBuffer point = buffer();
        bytes(point, 1, name);
        key(point, 2, FIXED32);
        point.putFloat(value);
        ByteBuffer summary = buffer();
        bytes(summary, 1, content(point));
        ByteBuffer event = event(step);
        bytes(event, 5, content(summary));
        write(event);
    }

    /**
     * Writes what has gathered; in one write, so that a reader meets whole records.
     *
     * @throws IOException when the disk is full, and so on
     */
    public void flush() throws IOException {
        AtomicFile.writeAll(out, ByteBuffer.wrap(pending.toByteArray()));
        pending.reset();
    }

    @Override
    public void close() throws IOException {
        try (out) {
            flush();
        }
    }

    private static ByteBuffer buffer() {
        return ByteBuffer.allocate(LONGEST).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] content(ByteBuffer message) {
        byte[] bytes = new byte[message.position()];
        message.flip().get(bytes);
        return bytes;
    }

    private static ByteBuffer event(long step) {
        ByteBuffer event = buffer();
        key(event, 1, FIXED64);
        event.putDouble(System.currentTimeMillis() / 1e3);
        key(event, 2, VARINT);
        varint(event, step);
        return event;
    }

    private static void key(ByteBuffer message, int field, int type) {
        varint(message, (long) field << 3 | type);
    }

    private static void bytes(ByteBuffer message, int field, byte[] content) {
        key(message, field, BYTES);
        varint(message, content.length);
        message.put(content);
    }

    /** Seven bits a byte, the lowest first; the high bit says that more follow. */
    private static void varint(ByteBuffer message, long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            message.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        message.put((byte) rest);
    }

    private void write(ByteBuffer message) {
        byte[] content = content(message);
        ByteBuffer bytes = ByteBuffer.allocate(content.length + 16).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(content.length);
        bytes.putInt(maskedSum(bytes.array(), 0, 8));
        bytes.put(content);
        bytes.putInt(maskedSum(content, 0, content.length));
        pending.writeBytes(bytes.array());
    }

    /** Rotated and shifted by a constant, since sums of data that holds sums go wrong. */
    private static int maskedSum(byte[] bytes, int from, int length) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, from, length);
        return Integer.rotateRight((int) sum.getValue(), 15) + 0xa282ead8;
    }
}
