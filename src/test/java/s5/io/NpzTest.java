package s5.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import s5.UserError;
import s5.io.Safetensors.Array;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The files in the resources, and the bytes here, are numpy's own (2.4). */
class NpzTest {
    @TempDir Path folder;

    private static void assertArray(
            Map<String, Array> arrays, String name, int[] shape, double... values) {
        Array array = arrays.get(name);
        assertArrayEquals(shape, array.shape(), name);
        float[] expected = new float[values.length];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = (float) values[i];
        }
        assertArrayEquals(expected, array.values(), name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "deflated"})
    void readsWhatNumpyWrites(String name) {
        Map<String, Array> arrays = Npz.read(Path.of("src/test/resources/npz/" + name + ".npz"));
        assertEquals(13, arrays.size());
        assertArray(arrays, "f2", new int[] {4}, 1, -0.5, 65504, 5.9604645e-8);
        assertArray(
                arrays, "params/f4", new int[] {2, 3}, 0, 1 / 7f, 2 / 7f, 3 / 7f, 4 / 7f, 5 / 7f);
        assertArray(arrays, "f8", new int[] {3}, 1 / 3.0, 0, -2.5e30);
        assertArray(arrays, "c8", new int[] {2, 2, 2}, 0, 4, 1, 5, 2, 6, 3, 7);
        assertArray(arrays, "c16", new int[] {1, 2}, 1 / 3.0, -2 / 3.0);
        double[] counted = new double[24];
        Arrays.setAll(counted, i -> i);
        assertArray(arrays, "fortran", new int[] {2, 3, 4}, counted);
        assertArray(
                arrays, "fortran_c8", new int[] {2, 3, 2}, 0, 0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5);
        assertArray(arrays, "big", new int[] {2}, 1.5, -3);
        assertArray(arrays, "i8", new int[] {2}, -7, 0x1p53);
        assertArray(arrays, "u8", new int[] {1}, 0x1p64);
        assertArray(arrays, "bool", new int[] {2}, 1, 0);
        assertArray(arrays, "scalar", new int[0], 3);
        assertArray(arrays, "empty", new int[] {0, 5});
    }

    /** Byte by byte what numpy.save makes of arange(3) / 3, of [[1 + 2j]] and of 3. */
    @Test
    void writesAsNumpyDoes() {
        assertArrayEquals(
                numpy("<f4", "(3,)", "00000000abaaaa3eabaa2a3f"),
                Npy.write(new Array(new int[] {3}, new float[] {0, 1 / 3f, 2 / 3f}), false));
        assertArrayEquals(
                numpy("<c8", "(1, 1)", "0000803f00000040"),
                Npy.write(new Array(new int[] {1, 1, 2}, new float[] {1, 2}), true));
        assertArrayEquals(
                numpy("<f4", "()", "00004040"),
                Npy.write(new Array(new int[0], new float[] {3}), false));
    }

    /** A header of 128 bytes, its end filled with blanks, then the numbers. */
    private static byte[] numpy(String type, String shape, String numbers) {
        String header =
                "\u0093NUMPY\u0001\0v\0{'descr': '%s', 'fortran_order': False, 'shape': %s, }"
                        .formatted(type, shape);
        byte[] head = "%-127s\n".formatted(header).getBytes(StandardCharsets.ISO_8859_1);
        byte[] data = HexFormat.of().parseHex(numbers);
        byte[] all = Arrays.copyOf(head, head.length + data.length);
        System.arraycopy(data, 0, all, head.length, data.length);
        return all;
    }

    @Test
    void readsWhatItWritesAndWritesTheSameAgain() throws IOException {
        Map<String, Array> arrays = new LinkedHashMap<>();
        Random random = new Random(3);
        int[][] shapes = {{}, {1}, {7, 3}, {0, 2}, {5, 2}, {33, 1, 2}};
        for (int[] shape : shapes) {
            float[] values = new float[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
            for (int i = 0; i < values.length; i++) {
                values[i] = Float.intBitsToFloat(random.nextInt() & 0xbfffffff);
            }
            arrays.put("a/" + arrays.size() + "/é", new Array(shape, values));
        }
        Path file = folder.resolve("new/a.npz");
        Npz.write(file, arrays, Set.of("a/4/é", "a/5/é"));
        Map<String, Array> again = Npz.read(file);
        assertEquals(arrays.keySet(), again.keySet());
        arrays.forEach((name, array) -> {
            assertArrayEquals(array.shape(), again.get(name).shape(), name);
            assertArrayEquals(array.values(), again.get(name).values(), name);
        });
        byte[] first = Files.readAllBytes(file);
        Npz.write(file, arrays, Set.of("a/4/é", "a/5/é"));
        assertArrayEquals(first, Files.readAllBytes(file));
    }

    private Path zip(String name, byte[] content) throws IOException {
        Path file = folder.resolve("bad.npz");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(content);
        }
        return file;
    }

    private static void assertRefused(Path file, String part) {
        UserError e = assertThrows(UserError.class, () -> Npz.read(file));
        assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
        assertTrue(e.getMessage().contains(part), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{'descr': '|V2', 'fortran_order': False, 'shape': (1,), } ; numpy has no bfloat16",
                "{'descr': '|O', 'fortran_order': False, 'shape': (1,), } ; write it as float32",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } ; takes 8",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), } ; not numpy's",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (99999, 99999), } ; impossible",
                "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), } ; not numpy's",
                "exec ; not numpy's"
            })
    void namesWhatIsWrongInAHeader(String header, String part) throws IOException {
        byte[] head = header.getBytes(StandardCharsets.US_ASCII);
        byte[] all =
                Arrays.copyOf(
                        new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}, 14 + head.length);
        all[8] = (byte) head.length;
        System.arraycopy(head, 0, all, 10, head.length);
        assertRefused(zip("w.npy", all), part);
        assertRefused(zip("w.npy", all), "array 'w.npy'");
    }

    @Test
    void damageIsTold() throws IOException {
        assertRefused(zip("w.npy", new byte[3]), "no .npy file");
        assertRefused(zip("readme.txt", new byte[3]), "no name that ends in .npy");
        assertRefused(Files.write(folder.resolve("no.npz"), new byte[40]), "not a whole .npz file");
        assertRefused(folder.resolve("none.npz"), "no such file");
        byte[] good = Files.readAllBytes(Path.of("src/test/resources/npz/plain.npz"));
        Random random = new Random(5);
        int refused = 0;
        for (int i = 0; i < 300; i++) {
            byte[] bad = good.clone();
            int at = random.nextInt(bad.length);
            bad[at] ^= (byte) (1 << random.nextInt(8));
            Path file = Files.write(folder.resolve("flipped.npz"), bad);
            try {
                Npz.read(file);
            } catch (UserError e) {
                refused++;
                assertFalse(e.getMessage().contains("\n"), e.getMessage());
            }
        }
        assertTrue(refused > 150, "refused: " + refused);
        assertRefused(
                Files.write(folder.resolve("cut.npz"), Arrays.copyOf(good, good.length - 30)),
                "not a whole .npz file");
    }
}
