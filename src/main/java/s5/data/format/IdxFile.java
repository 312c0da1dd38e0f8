package s5.data.format;

import s5.UserError;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * An IDX file of unsigned bytes, the format of MNIST: big-endian magic 0x0000080d with d the number
 * of dimensions, d sizes of 32 bits, then the values, the last dimension running fastest.
 */
public final class IdxFile {
    private static final int MAX_VALUES = Integer.MAX_VALUE - 8;

    /** Where it was read from, for messages. */
    public final Path path;

    /** The d sizes. */
    public final int[] sizes;

    /** As many bytes as the product of the sizes. */
    public final byte[] values;

    private IdxFile(Path path, int[] sizes, byte[] values) {
        this.path = path;
        this.sizes = sizes;
        this.values = values;
    }

    /**
     * Reads a file with so many dimensions; gzipped when its name ends in .gz. Memory follows what
     * the file holds, whatever its header claims.
     *
     * @param path of the file; gzipped when it ends in .gz
     * @param dimensions that the file has to have
     * @return what it holds
     * @throws UserError when it is missing, damaged, of another kind, empty, or when its header
     *     does not match its size
     */
    public static IdxFile read(Path path, int dimensions) {
        try (DataInputStream in = new DataInputStream(RawFile.open(path))) {
            int[] sizes = readHeader(in, path, dimensions);
            long count = 1;
            for (int size : sizes) {
                if (size < 0 || count * size > MAX_VALUES) {
                    throw new UserError(
                            "%s: the header claims %s values, more than can be; download it again"
                                    .formatted(path, times(sizes)));
                }
                count *= size;
            }
            if (count == 0) {
                throw new UserError(
                        "%s: the header claims %s values: the file is empty"
                                .formatted(path, times(sizes)));
            }
            byte[] values = in.readNBytes((int) count); // grows as it reads
            if (values.length < count) {
                throw new UserError(
                        "%s: ends after %d of the %s = %d values that its header claims; download it again"
                                .formatted(path, values.length, times(sizes), count));
            }
            if (in.read() >= 0) {
                throw new UserError(
                        "%s: goes on after the %s = %d values that its header claims; download it again"
                                .formatted(path, times(sizes), count));
            }
            return new IdxFile(path, sizes, values);
        } catch (IOException e) {
            throw RawFile.damaged(path, e);
        }
    }

    private static int[] readHeader(DataInputStream in, Path path, int dimensions)
            throws IOException {
        byte[] header = in.readNBytes(4 + 4 * dimensions);
        if (header.length < 4) {
            throw new UserError(
                    path + ": ends inside the magic number of an IDX file; download it again");
        }
        ByteBuffer buffer = ByteBuffer.wrap(header);
        int magic = buffer.getInt();
        if (magic != (0x0800 | dimensions)) {
            throw new UserError(
                    "%s: starts with 0x%08x where an IDX file of %d-dimensional bytes has 0x%08x; is it another file?"
                            .formatted(path, magic, dimensions, 0x0800 | dimensions));
        }
        if (header.length < 4 + 4 * dimensions) {
            throw new UserError(path + ": ends inside the header; download it again");
        }
        int[] sizes = new int[dimensions];
        for (int i = 0; i < dimensions; i++) {
            sizes[i] = buffer.getInt();
        }
        return sizes;
    }

    private static String times(int[] sizes) {
        return Arrays.stream(sizes)
                .mapToObj(Integer::toUnsignedString)
                .reduce((a, b) -> a + " x " + b)
                .orElseThrow();
    }
}
