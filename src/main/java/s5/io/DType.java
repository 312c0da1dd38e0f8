package s5.io;

import java.nio.ByteBuffer;

/**
 * How a safetensors file stores a number. All are read as float32: exactly where that holds them,
 * else rounded to the nearest. What {@link Safetensors} writes is F32, or C64 where it is asked to.
 */
enum DType {
    BOOL(1),
    U8(1),
    I8(1),
    I16(2),
    U16(2),
    F16(2),
    BF16(2),
    I32(4),
    U32(4),
    F32(4),
    F64(8),
    I64(8),
    U64(8),
    /** Complex: two float32, which are read as a last dimension of 2. */
    C64(8);

    /** Bytes of a number. */
    final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** How many float32 a number is read as. */
    int parts() {
        return this == C64 ? 2 : 1;
    }

    /** The next number. */
    private float next(ByteBuffer in) {
        return switch (this) {
            case BOOL, U8 -> Byte.toUnsignedInt(in.get());
            case I8 -> in.get();
            case I16 -> in.getShort();
            case U16 -> Short.toUnsignedInt(in.getShort());
            case F16 -> Float.float16ToFloat(in.getShort());
            case BF16 -> Float.intBitsToFloat(in.getShort() << 16);
            case I32 -> in.getInt();
            case U32 -> Integer.toUnsignedLong(in.getInt());
            case F32 -> in.getFloat();
            case F64 -> (float) in.getDouble();
            case I64 -> in.getLong();
            case U64 -> unsigned(in.getLong());
            case C64 -> throw new AssertionError("two numbers");
        };
    }

    static float unsigned(long bits) {
        // the last bit goes along so that halves are still seen as such when it is rounded
        return bits >= 0 ? bits : ((bits >>> 1) | (bits & 1)) * 2f;
    }

    /** Fills {@code values} from the buffer, which has the file's byte order. */
    void read(ByteBuffer in, float[] values) {
        if (this == F32 || this == C64) {
            in.asFloatBuffer().get(values);
            return;
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = next(in);
        }
    }
}
