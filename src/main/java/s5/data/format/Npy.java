package s5.data.format;

import s5.UserError;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A NumPy array in the format of {@code .npy} files, versions 1 to 3: little-endian numbers or
 * texts, C order. Its elements are read one after the other.
 */
public final class Npy {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int LARGEST_HEADER = 1 << 20;
    private static final Pattern DESCR = Pattern.compile("'descr':\\s*'([^']*)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order':\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\(([0-9,\\sL]*)\\)");

    private final InputStream in;
    private final String place;
    private final char kind; // f, i, u, b, U or S
    private final int size; // bytes of an element
    private final long[] shape;
    private final ByteBuffer buffer;
    private long left; // elements that are not in the buffer yet

    /**
     * Reads the header.
     *
     * @param in the array; the caller closes it
     * @param place the file, and the array's name in it, for messages
     * @throws UserError when it is no array that is read here
     * @throws IOException when it cannot be read
     */
    public Npy(InputStream in, String place) throws IOException {
        this.in = in;
        this.place = place;
        byte[] begin = in.readNBytes(8);
        if (begin.length < 8 || !Arrays.equals(begin, 0, 6, MAGIC, 0, 6)) {
            throw new UserError(place + (begin.length == 0 ? ": is empty" : ": is no NumPy array"));
        }
        int version = begin[6];
        int bytes = version == 1 ? 2 : 4;
        byte[] told = in.readNBytes(bytes);
        if (version < 1 || version > 3 || told.length < bytes) {
            throw new UserError(place + ": is no NumPy array of version 1 to 3");
        }
        ByteBuffer number = ByteBuffer.wrap(told).order(ByteOrder.LITTLE_ENDIAN);
        int length = version == 1 ? number.getShort() & 0xffff : number.getInt();
        if (length < 0 || length > LARGEST_HEADER) {
            throw new UserError(place + ": a header of more than 1 MiB");
        }
        String header = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        Matcher type = DESCR.matcher(header);
        Matcher order = ORDER.matcher(header);
        Matcher sizes = SHAPE.matcher(header);
        if (!order.find() || !sizes.find()) {
            throw new UserError(place + ": the header of the array is damaged");
        }
        if (!type.find()) {
            throw new UserError(
                    place + ": is a record array; save its fields as arrays of their own");
        }
        String descr = type.group(1);
        shape = shape(sizes.group(1));
        if (order.group(1).equals("True") && shape.length > 1) {
            throw new UserError(
                    place + ": is in Fortran order; save np.ascontiguousarray(x) instead");
        }
        kind = descr.length() > 1 ? descr.charAt(1) : '?';
        if (kind == 'O') {
            throw new UserError(
                    place
                            + ": holds Python objects; save an array of numbers, unequal lengths"
                            + " filled up and told in 'lengths'");
        }
        if (descr.startsWith(">")) {
            throw new UserError(
                    place + ": is big-endian; save x.astype(x.dtype.newbyteorder('<')) instead");
        }
        size = size(descr);
        if (size == 0) {
            throw new UserError(
                    "%s: numbers of the type '%s' are not read; save x.astype('f8') instead"
                            .formatted(place, RawFile.shorten(descr)));
        }
        left = elements();
        buffer =
                ByteBuffer.allocate(Math.max(1 << 16, size) / size * size)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .limit(0);
    }

    private long[] shape(String text) {
        try {
            long[] sizes =
                    Arrays.stream(text.replace("L", "").split(","))
                            .map(String::strip)
                            .filter(s -> !s.isEmpty())
                            .mapToLong(Long::parseLong)
                            .toArray();
            long all = 1;
            for (long s : sizes) {
                all = Math.multiplyExact(all, s);
            }
            return sizes;
        } catch (NumberFormatException | ArithmeticException e) {
            throw new UserError(place + ": the shape of the array is damaged", e);
        }
    }

    /** Bytes of an element; 0 for what is not read. */
    private static int size(String descr) {
        return switch (descr) {
            case "|b1", "|i1", "|u1", "<i1", "<u1" -> 1;
            case "<i2", "<u2", "<f2" -> 2;
            case "<f4", "<i4", "<u4" -> 4;
            case "<f8", "<i8", "<u8" -> 8;
            default ->
                    descr.matches("<U[1-9][0-9]{0,4}")
                            ? 4 * Integer.parseInt(descr.substring(2))
                            : descr.matches("\\|S[1-9][0-9]{0,4}")
                                    ? Integer.parseInt(descr.substring(2))
                                    : 0;
        };
    }

    /** {@return the sizes of its dimensions} */
    public long[] shape() {
        return shape.clone();
    }

    /** {@return how many elements it has} */
    public long elements() {
        long all = 1;
        for (long s : shape) {
            all *= s;
        }
        return all;
    }

    /** {@return whether its elements are floating-point numbers} */
    public boolean isFloat() {
        return kind == 'f';
    }

    /** {@return whether its elements are texts} */
    public boolean isText() {
        return kind == 'U' || kind == 'S';
    }

    /**
     * {@return the next element as a number}
     *
     * @throws UserError when the array ends too early, or holds texts
     * @throws IOException when it cannot be read
     */
    public double next() throws IOException {
        fill();
        return switch (kind) {
            case 'f' ->
                    switch (size) {
                        case 2 -> Float.float16ToFloat(buffer.getShort());
                        case 4 -> buffer.getFloat();
                        default -> buffer.getDouble();
                    };
            case 'i' ->
                    switch (size) {
                        case 1 -> buffer.get();
                        case 2 -> buffer.getShort();
                        case 4 -> buffer.getInt();
                        default -> buffer.getLong();
                    };
            case 'u', 'b' ->
                    switch (size) {
                        case 1 -> buffer.get() & 0xff;
                        case 2 -> buffer.getShort() & 0xffff;
                        case 4 -> buffer.getInt() & 0xffffffffL;
                        default -> buffer.getLong();
                    };
            default -> throw new UserError(place + ": holds texts, not numbers");
        };
    }

    /**
     * {@return the next element as a text: whole numbers in digits}
     *
     * @throws UserError when the array ends too early
     * @throws IOException when it cannot be read
     */
    public String nextText() throws IOException {
        if (!isText()) {
            double value = next();
            return value == Math.rint(value) && Math.abs(value) < 1e15
                    ? Long.toString((long) value)
                    : Double.toString(value);
        }
        fill();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < size; i += kind == 'U' ? 4 : 1) {
            int c = kind == 'U' ? buffer.getInt() : buffer.get() & 0xff;
            if (c != 0) {
                text.appendCodePoint(Character.isValidCodePoint(c) ? c : '?');
            }
        }
        return text.toString();
    }

    private void fill() throws IOException {
        if (buffer.hasRemaining()) {
            return;
        }
        int wanted = (int) Math.min(buffer.capacity(), left * size);
        int got = wanted == 0 ? 0 : in.readNBytes(buffer.array(), 0, wanted);
        if (got < wanted || wanted == 0) {
            throw new UserError(place + ": the array ends too early", new EOFException());
        }
        left -= wanted / size;
        buffer.position(0).limit(wanted);
    }
}
