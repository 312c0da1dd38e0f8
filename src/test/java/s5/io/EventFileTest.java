package s5.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Event files, read by a reader of their own: the sums bit by bit from the polynomial, messages
 * field by field.
 */
class EventFileTest {
    @TempDir Path folder;

    /** CRC-32C, a bit at a time: polynomial 0x1EDC6F41, reflected. */
    private static int crc32c(byte[] bytes) {
        int crc = -1;
        for (byte b : bytes) {
            crc ^= b & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) == 0 ? crc >>> 1 : crc >>> 1 ^ 0x82F63B78;
            }
        }
        return ~crc;
    }

    private static long masked(byte[] bytes) {
        long crc = Integer.toUnsignedLong(crc32c(bytes));
        return (((crc >> 15) | (crc << 17)) + 0xa282ead8L) & 0xffffffffL;
    }

    /** The messages of a file, their sums checked. */
    private static List<byte[]> records(Path file) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<byte[]> messages = new ArrayList<>();
        while (in.hasRemaining()) {
            byte[] length = new byte[8];
            in.get(length);
            assertEquals(masked(length), Integer.toUnsignedLong(in.getInt()));
            long size = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
            byte[] message = new byte[Math.toIntExact(size)];
            in.get(message);
            assertEquals(masked(message), Integer.toUnsignedLong(in.getInt()));
            messages.add(message);
        }
        return messages;
    }

    /** The fields of a protobuf message: numbers as Long or Integer, the others as bytes. */
    private static Map<Integer, Object> fields(byte[] message) {
        ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        Map<Integer, Object> fields = new TreeMap<>();
        while (in.hasRemaining()) {
            long key = varint(in);
            Object value =
                    switch ((int) (key & 7)) {
                        case 0 -> varint(in);
                        case 1 -> in.getLong();
                        case 5 -> in.getInt();
                        case 2 -> {
                            byte[] bytes = new byte[(int) varint(in)];
                            in.get(bytes);
                            yield bytes;
                        }
                        default -> throw new AssertionError("wire type " + (key & 7));
                    };
            assertEquals(null, fields.put((int) (key >>> 3), value));
        }
        return fields;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = in.get();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }

    private Path only() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.toList();
            assertEquals(1, all.size(), all::toString);
            assertTrue(all.getFirst().getFileName().toString().contains("tfevents"));
            return all.getFirst();
        }
    }

    @Test
    void theSumIsTheStandardOne() {
        // RFC 3720, appendix B.4: 32 bytes of zeros
        assertEquals(0x8A9136AA, crc32c(new byte[32]));
    }

    @Test
    void holdsWhatWasWritten() throws IOException {
        long before = System.currentTimeMillis();
        try (EventFile events = new EventFile(folder, 0)) {
            events.scalar("epoch/train_loss", 300, 0.25f);
            events.scalar("é", 1L << 40, Float.NaN);
        }
        List<byte[]> records = records(only());
        assertEquals(4, records.size());
        Map<Integer, Object> version = fields(records.get(0));
        assertEquals("brain.Event:2", text(version.get(3)));
        assertScalar(records.get(2), before, "epoch/train_loss", 300, 0.25f);
        assertScalar(records.get(3), before, "é", 1L << 40, Float.NaN);
    }

    private static void assertScalar(
            byte[] record, long since, String tag, long step, float value) {
        Map<Integer, Object> event = fields(record);
        double seconds = Double.longBitsToDouble((long) event.get(1));
        assertEquals(since / 1e3, seconds, 60);
        assertEquals(step, event.get(2));
        Map<Integer, Object> point = fields((byte[]) fields((byte[]) event.get(5)).get(1));
        assertEquals(tag, text(point.get(1)));
        assertEquals(value, Float.intBitsToFloat((int) point.get(2)));
    }

    private static String text(Object bytes) {
        return new String((byte[]) bytes, StandardCharsets.UTF_8);
    }

    /** TensorBoard drops what earlier files say of the step of a START and those after it. */
    @Test
    void aResumedRunSaysWhereItGoesOn() throws IOException {
        try (EventFile events = new EventFile(folder, 77)) {
            events.scalar("a", 78, 1);
        }
        List<byte[]> records = records(only());
        assertEquals(3, records.size());
        Map<Integer, Object> start = fields(records.get(1));
        assertEquals(78L, start.get(2));
        assertEquals(Map.of(1, 1L), fields((byte[]) start.get(7)));
    }

    @Test
    void refusesATagThatFitsNoRecord() throws IOException {
        try (EventFile events = new EventFile(folder, 0)) {
            String tag = "x".repeat(5000);
            assertThrows(IllegalArgumentException.class, () -> events.scalar(tag, 0, 0));
        }
    }
}
