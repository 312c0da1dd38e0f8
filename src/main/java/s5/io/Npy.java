package s5.io;

import s5.UserError;
import s5.config.Messages;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Arrays in numpy's format .npy, versions 1 to 3: a magic number, the length of a header, a Python
 * dictionary with type, order and shape, then the numbers. Read as float32 whatever the file
 * stores, complex numbers with a last dimension of 2; written as little-endian float32 or
 * complex64.
 */
final class Npy {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    /** The numbers begin at a multiple of so many bytes, as numpy has it. */
    private static final int ALIGNMENT = 64;

    private static final Pattern HEADER =
            Pattern.compile(
                    "\\{'descr': '([^']*)', 'fortran_order': (True|False), 'shape':"
                            + " \\(([0-9, ]*)\\), \\} *\\n?");

    private Npy() {}

    /**
     * {@return the bytes of a file}
     *
     * @param array to write
     * @param complex whether its last dimension, of 2, is written as complex64
     */
    static byte[] write(Safetensors.Array array, boolean complex) {
        int[] shape = array.shape();
        int dimensions = complex ? shape.length - 1 : shape.length;
        String lengths =
                Arrays.stream(shape, 0, dimensions)
                        .mapToObj(Integer::toString)
                        .collect(Collectors.joining(", "));
        String header =
                "{'descr': '%s', 'fortran_order': False, 'shape': (%s%s), }"
                        .formatted(complex ? "<c8" : "<f4", lengths, dimensions == 1 ? "," : "");
        int prefix = MAGIC.length + 4;
        int begin = (prefix + header.length() + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        ByteBuffer out =
                ByteBuffer.allocate(begin + Float.BYTES * array.values().length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        out.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (begin - prefix));
        out.put(header.getBytes(StandardCharsets.US_ASCII));
        while (out.position() < begin - 1) {
            out.put((byte) ' ');
        }
        out.put((byte) '\n');
        out.asFloatBuffer().put(array.values());
        return out.array();
    }

    /**
     * Reads a file.
     *
     * @param where for messages
     * @param bytes all of the file
     * @throws UserError when it is damaged or its type is none of numbers
     */
    static Safetensors.Array read(String where, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < 12 || !Arrays.equals(MAGIC, 0, 6, bytes, 0, 6)) {
            throw new UserError(where + ": is no .npy file: it does not begin as one");
        }
        int version = bytes[6];
        in.position(8);
        int length = version == 1 ? Short.toUnsignedInt(in.getShort()) : in.getInt();
        if (version < 1 || version > 3 || length < 0 || length > in.remaining()) {
            throw new UserError(
                    "%s: is no whole .npy file: it claims version %d and a header of %d bytes"
                            .formatted(where, version, length));
        }
        String header = new String(bytes, in.position(), length, StandardCharsets.ISO_8859_1);
        in.position(in.position() + length);
        Matcher matcher = HEADER.matcher(header);
        if (!matcher.matches()) {
            throw new UserError(
                    "%s: has a header that is not numpy's: %s"
                            .formatted(where, Messages.quoted(header.strip())));
        }
        int[] shape = shape(where, matcher.group(3));
        Type type = Type.of(where, matcher.group(1));
        in.order(type.order());
        long count = 1;
        for (int s : shape) {
            count *= s;
        }
        if (count * type.bytes() != in.remaining()) {
            throw new UserError(
                    "%s: has %d bytes of numbers, and its shape %s takes %d"
                            .formatted(
                                    where,
                                    in.remaining(),
                                    Arrays.toString(shape),
                                    count * type.bytes()));
        }
        float[] values = new float[(int) count * type.parts()];
        for (int i = 0; i < values.length; i++) {
            values[i] = type.next(in);
        }
        if (matcher.group(2).equals("True")) {
            values = rowMajor(values, shape, type.parts());
        }
        int[] all =
                type.parts() == 1
                        ? shape
                        : IntStream.concat(Arrays.stream(shape), IntStream.of(2)).toArray();
        return new Safetensors.Array(all, values);
    }

    private static int[] shape(String where, String text) {
        int[] shape =
                Arrays.stream(text.split(","))
                        .map(String::strip)
                        .filter(s -> !s.isEmpty())
                        .mapToInt(s -> s.matches("[0-9]{1,9}") ? Integer.parseInt(s) : -1)
                        .toArray();
        double count = 1;
        for (int s : shape) {
            count *= s;
            if (s < 0 || count > (1 << 27)) {
                throw new UserError("%s: has an impossible shape (%s)".formatted(where, text));
            }
        }
        return shape;
    }

    /** From the first index running fastest to the last one. */
    private static float[] rowMajor(float[] values, int[] shape, int parts) {
        float[] out = new float[values.length];
        int[] index = new int[shape.length];
        for (int from = 0; from < values.length; from += parts) {
            int to = 0;
            for (int d = 0; d < shape.length; d++) {
                to = to * shape[d] + index[d];
            }
            System.arraycopy(values, from, out, to * parts, parts);
            for (int d = 0; d < shape.length && ++index[d] == shape[d]; d++) {
                index[d] = 0;
            }
        }
        return out;
    }

    /**
     * How a number is stored.
     *
     * @param order of its bytes
     * @param kind {@code f}, {@code i}, {@code u}, {@code b} or {@code c}
     * @param bytes of the whole number
     */
    private record Type(ByteOrder order, char kind, int bytes) {
        static Type of(String where, String text) {
            if (!text.matches("[<>|=]?(f[248]|c8|c16|[iu][1248]|b1)")) {
                throw new UserError(
                        "%s: has the type %s; known are f2, f4, f8, c8, c16, whole numbers and b1; write it as float32%s"
                                .formatted(
                                        where,
                                        Messages.quoted(text),
                                        text.endsWith("V2") ? ", numpy has no bfloat16" : ""));
            }
            String plain = text.replaceFirst("^[<>|=]", "");
            return new Type(
                    text.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
                    plain.charAt(0),
                    Integer.parseInt(plain.substring(1)));
        }

        int parts() {
            return kind == 'c' ? 2 : 1;
        }

        /** The next float32, half of a complex number. */
        float next(ByteBuffer in) {
            return switch (kind + Integer.toString(bytes / parts())) {
                case "f2" -> Float.float16ToFloat(in.getShort());
                case "f4", "c4" -> in.getFloat();
                case "f8", "c8" -> (float) in.getDouble();
                case "b1", "u1" -> Byte.toUnsignedInt(in.get());
                case "i1" -> in.get();
                case "i2" -> in.getShort();
                case "u2" -> Short.toUnsignedInt(in.getShort());
                case "i4" -> in.getInt();
                case "u4" -> Integer.toUnsignedLong(in.getInt());
                case "i8" -> in.getLong();
                case "u8" -> DType.unsigned(in.getLong());
                default -> throw new AssertionError(this);
            };
        }
    }
}
