package s5.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import s5.Failure;
import s5.UserError;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * A safetensors file: a little-endian u64 with the header's length, a JSON header that names each
 * array, its shape and its place, then raw little-endian data. Read whole, as float32 whatever the
 * file stores (complex numbers as a last dimension of 2); every claim of the header is checked
 * against the file's size before memory is taken for it, and as in the reference implementation
 * each byte of the data belongs to one array.
 *
 * @param metadata the header's free text entries
 * @param arrays by name, in the file's order
 * @param exact whether all arrays were stored as float32, as {@link #write} does
 */
public record Safetensors(Map<String, String> metadata, Map<String, Array> arrays, boolean exact) {
    static final JsonMapper JSON =
            JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    /**
     * Arrays to write.
     *
     * @param metadata texts by name
     * @param arrays by name
     */
    public Safetensors(Map<String, String> metadata, Map<String, Array> arrays) {
        this(metadata, arrays, true);
    }

    /**
     * Values of one array, and its shape.
     *
     * @param shape length of each dimension; none mean a single number
     * @param values row-major
     */
    public record Array(int[] shape, float[] values) {
        /** Checks that the values fill the shape. */
        public Array {
            if (count(shape) != values.length) {
                throw new IllegalArgumentException(
                        Arrays.toString(shape) + " does not hold " + values.length + " values");
            }
        }

        static long count(int[] shape) {
            long n = 1;
            for (int s : shape) {
                n *= s;
            }
            return n;
        }
    }

    /**
     * {@return the array of that name}
     *
     * @param name of an array
     */
    public Array get(String name) {
        Array a = arrays.get(name);
        if (a == null) {
            throw new IllegalArgumentException("no array " + name);
        }
        return a;
    }

    /**
     * Reads a file.
     *
     * @param file that exists
     * @return all its arrays as float32, and its metadata
     * @throws UserError when it is missing or damaged, with the file and the place
     * @throws Failure when the thread is interrupted, which it stays
     */
    public static Safetensors read(Path file) {
        try {
            PlainFile.checkReadable(file);
            return SafetensorsReader.read(file);
        } catch (ClosedByInterruptException e) {
            throw new Failure(file + ": was not read, for the thread was interrupted");
        } catch (NoSuchFileException e) {
            throw new UserError(file + ": no such file", e);
        } catch (IOException e) {
            throw new UserError(file + ": cannot be read (" + AtomicFile.reason(e) + ")", e);
        }
    }

    /**
     * Reads what would be a file from somewhere else.
     *
     * @param in read to its end, not closed
     * @param name stands for the file in messages
     * @return as {@link #read(Path)}
     * @throws UserError when it cannot be read or is damaged
     */
    public static Safetensors read(InputStream in, Path name) {
        try {
            ByteBuffer all = ByteBuffer.wrap(in.readAllBytes());
            SafetensorsReader.Bytes bytes =
                    (to, at) -> {
                        int count = Math.min(to.remaining(), all.capacity() - (int) at);
                        to.put(all.slice((int) at, count));
                        return count == 0 ? -1 : count;
                    };
            return SafetensorsReader.read(name, bytes, all.capacity());
        } catch (ClosedByInterruptException e) {
            throw new Failure(name + ": was not read, for the thread was interrupted");
        } catch (IOException e) {
            throw new UserError(name + ": cannot be read (" + AtomicFile.reason(e) + ")", e);
        }
    }

    /**
     * Writes the file whole, see {@link AtomicFile}; makes its folder when there is none.
     *
     * @param file to write or replace
     * @throws UserError when the disk is full or the folder cannot be written
     */
    public void write(Path file) {
        write(file, Set.of());
    }

    /**
     * Writes as {@link #write(Path)}, some arrays as complex numbers.
     *
     * @param file to write or replace
     * @param complex names of arrays whose last dimension of 2 is written as complex64
     * @throws UserError when the disk is full or the folder cannot be written
     */
    public void write(Path file, Set<String> complex) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder);
            }
            AtomicFile.write(file, out -> writeTo(out, complex));
        } catch (IOException e) {
            throw new UserError(file + ": cannot be written (" + AtomicFile.reason(e) + ")", e);
        }
    }

    /**
     * Writes to an empty file.
     *
     * @param out at position 0
     * @throws IOException when the disk is full, and so on
     */
    public void writeTo(FileChannel out) throws IOException {
        writeTo(out, Set.of());
    }

    private void writeTo(FileChannel out, Set<String> complex) throws IOException {
        AtomicFile.writeAll(out, header(complex));
        for (Array a : arrays.values()) {
            AtomicFile.writeAll(out, littleEndian(a.values()));
        }
    }

    private static ByteBuffer littleEndian(float[] values) {
        ByteBuffer data =
                ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        return data;
    }

    /**
     * {@return CRC-32C over names, shapes and values, whatever their order in the file, and over
     * these entries of the metadata; others may be added without it}
     *
     * @param entries names of metadata
     */
    public int checksum(Set<String> entries) {
        CRC32C sum = new CRC32C();
        new TreeMap<>(metadata)
                .forEach((key, value) -> {
                    if (entries.contains(key)) {
                        sum.update((key + "\0" + value + "\0").getBytes(StandardCharsets.UTF_8));
                    }
                });
        new TreeMap<>(arrays)
                .forEach((name, array) -> {
                    String head = name + "\0" + Arrays.toString(array.shape()) + "\0";
                    sum.update(head.getBytes(StandardCharsets.UTF_8));
                    sum.update(littleEndian(array.values()));
                });
        return (int) sum.getValue();
    }

    private ByteBuffer header(Set<String> complex) throws JsonProcessingException {
        ObjectNode root = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            metadata.forEach(root.putObject("__metadata__")::put);
        }
        long at = 0;
        for (Map.Entry<String, Array> e : arrays.entrySet()) {
            ObjectNode node = root.putObject(e.getKey());
            boolean pairs = complex.contains(e.getKey());
            node.put("dtype", (pairs ? DType.C64 : DType.F32).name());
            int[] shape = e.getValue().shape();
            int dimensions = pairs ? shape.length - 1 : shape.length;
            Arrays.stream(shape, 0, dimensions).forEach(node.putArray("shape")::add);
            long end = at + 4L * e.getValue().values().length;
            node.putArray("data_offsets").add(at).add(end);
            at = end;
        }
        byte[] json = JSON.writeValueAsString(root).getBytes(StandardCharsets.UTF_8);
        // readers map the data: pad the header with blanks so that it starts at a multiple of 8
        // bytes
        int padded = (json.length + 7) / 8 * 8;
        byte[] text = Arrays.copyOf(json, padded);
        Arrays.fill(text, json.length, padded, (byte) ' ');
        return ByteBuffer.allocate(8 + padded)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(padded)
                .put(text)
                .flip();
    }
}
