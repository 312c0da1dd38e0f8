package s5.io;

import s5.UserError;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Arrays by name in numpy's format .npz: a zip archive with a file {@code NAME.npy} for each. A
 * name may have slashes.
 */
public final class Npz {
    private static final String SUFFIX = ".npy";

    /** The earliest time that a zip archive can tell: the same arrays give the same file. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private Npz() {}

    /**
     * Writes the file whole, not compressed, as {@code numpy.savez} does.
     *
     * @param file to write or replace; its folder is made when there is none
     * @param arrays by name
     * @param complex names of arrays whose last dimension of 2 is written as complex64
     * @throws UserError when the disk is full or the folder cannot be written
     */
    public static void write(
            Path file, Map<String, Safetensors.Array> arrays, Set<String> complex) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder);
            }
            byte[] bytes = zip(arrays, complex);
            AtomicFile.write(file, out -> AtomicFile.writeAll(out, ByteBuffer.wrap(bytes)));
        } catch (IOException e) {
            throw new UserError(file + ": cannot be written (" + AtomicFile.reason(e) + ")", e);
        }
    }

    private static byte[] zip(Map<String, Safetensors.Array> arrays, Set<String> complex)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, Safetensors.Array> array : arrays.entrySet()) {
                byte[] npy = Npy.write(array.getValue(), complex.contains(array.getKey()));
                CRC32 sum = new CRC32();
                sum.update(npy);
                ZipEntry entry = new ZipEntry(array.getKey() + SUFFIX);
                entry.setTimeLocal(TIME);
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(npy.length);
                entry.setCrc(sum.getValue());
                zip.putNextEntry(entry);
                zip.write(npy);
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    /**
     * Reads a file, compressed or not.
     *
     * @param file that exists
     * @return its arrays as float32, complex numbers with a last dimension of 2; in the file's
     *     order
     * @throws UserError when it is missing or damaged, with the file and the array
     */
    public static Map<String, Safetensors.Array> read(Path file) {
        try {
            PlainFile.checkReadable(file);
            try (ZipFile zip = new ZipFile(file.toFile())) {
                Map<String, Safetensors.Array> arrays = new LinkedHashMap<>();
                List<? extends ZipEntry> entries = Collections.list(zip.entries());
                for (ZipEntry entry : entries) {
                    String name = entry.getName();
                    String where = "%s: array '%s'".formatted(file, name);
                    if (!name.endsWith(SUFFIX)) {
                        throw new UserError(where + ": has no name that ends in " + SUFFIX);
                    }
                    arrays.put(
                            name.substring(0, name.length() - SUFFIX.length()),
                            Npy.read(where, bytes(where, zip, entry)));
                }
                return arrays;
            }
        } catch (NoSuchFileException e) {
            throw new UserError(file + ": no such file", e);
        } catch (ZipException e) {
            throw new UserError(file + ": not a whole .npz file (" + e.getMessage() + ")", e);
        } catch (IOException e) {
            throw new UserError(file + ": cannot be read (" + AtomicFile.reason(e) + ")", e);
        }
    }

    /** Never more than the archive's directory claims, which a small file can make large. */
    private static byte[] bytes(String where, ZipFile zip, ZipEntry entry) throws IOException {
        long size = entry.getSize();
        // deflate cannot shrink more than so
        if (size < 0
                || size > Integer.MAX_VALUE - 8
                || size > 1032 * (entry.getCompressedSize() + 1)) {
            throw new UserError(where + ": claims the impossible size of " + size + " bytes");
        }
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] bytes = in.readNBytes((int) size);
            if (bytes.length != size || in.read() >= 0) {
                throw new UserError(where + ": has another size than it claims");
            }
            CRC32 sum = new CRC32();
            sum.update(bytes);
            if (sum.getValue() != entry.getCrc()) {
                throw new UserError(where + ": is damaged: its sum is another than it claims");
            }
            return bytes;
        }
    }
}
