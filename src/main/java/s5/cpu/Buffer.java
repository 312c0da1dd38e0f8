package s5.cpu;

/**
 * Where the values of a tensor are. A step's tasks hold buffers rather than arrays, because arrays
 * of scratch tensors are known only when the whole step is recorded, and may later be replaced by
 * larger ones.
 */
final class Buffer {
    /** Values of a float32 tensor. A scratch array may be longer than the tensor. */
    float[] floats;

    /** Values of an int32 tensor. */
    int[] ints;
}
