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

import s5.UserError;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;

class SafetensorsTest {
    private static final int TIMES = Integer.getInteger("s5.fuzz", 400);

    @TempDir Path folder;

    private Path file(String header, int dataBytes) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes =
                ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        return Files.write(folder.resolve("a.safetensors"), bytes.array());
    }

    private static void assertRefused(Path file, String part) {
        UserError e = assertThrows(UserError.class, () -> Safetensors.read(file));
        assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
        assertTrue(e.getMessage().contains(part), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }

    @Test
    void readsWhatTheOfficialLibraryWrote() {
        Safetensors golden =
                Safetensors.read(Path.of("src/test/resources/golden/base.safetensors"));
        assertTrue(golden.metadata().get("config").contains("\"d_model\": 8"));
        Safetensors.Array b = golden.get("p0/encoder/layers_0/seq/B");
        assertArrayEquals(new int[] {4, 8, 2}, b.shape());
    }

    @Test
    void writesWhatItReads() throws IOException {
        Safetensors golden =
                Safetensors.read(Path.of("src/test/resources/golden/base.safetensors"));
        Path copy = folder.resolve("sub/copy.safetensors");
        golden.write(copy);
        Safetensors again = Safetensors.read(copy);
        assertEquals(golden.metadata(), again.metadata());
        assertEquals(golden.arrays().keySet(), again.arrays().keySet());
        golden.arrays()
                .forEach((name, a) -> {
                    assertArrayEquals(a.shape(), again.get(name).shape());
                    assertArrayEquals(a.values(), again.get(name).values());
                });
        try (var files = Files.list(copy.getParent())) {
            assertEquals(1, files.count(), "no temporary file is left");
        }
        ByteBuffer length =
                ByteBuffer.wrap(Files.readAllBytes(copy)).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(0, length.getLong() % 8, "the data starts aligned");
    }

    @Test
    void holdsScalarsAndEmptyArrays() {
        Path path = folder.resolve("b.safetensors");
        new Safetensors(
                        Map.of(),
                        Map.of(
                                "scalar", new Safetensors.Array(new int[0], new float[] {3}),
                                "empty", new Safetensors.Array(new int[] {0, 5}, new float[0])))
                .write(path);
        assertArrayEquals(new float[] {3}, Safetensors.read(path).get("scalar").values());
        assertEquals(0, Safetensors.read(path).get("empty").values().length);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"a\": {\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}} | 8 | bytes 0 to"
                        + " 4",
                "{\"a\": {\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}} | 8 | bytes 4"
                        + " to 12",
                "{\"a\": {\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | 8 | has 4"
                        + " bytes of no array before 'a'",
                "{\"a\": {\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | 8 | has 4"
                        + " bytes of no array at its end",
                "{\"a\": {\"dtype\":\"F32\",\"shape\":{\"0\":18},\"data_offsets\":[0,8]}} | 8 | no"
                        + " shape",
                "{\"a\": {\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}} | 8 | bytes -8"
                        + " to 0",
                "{\"a\": {\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,8]}} | 8 | bytes 0 to"
                        + " 8",
                "{\"a\": {\"dtype\":\"F8_E4M3\",\"shape\":[2],\"data_offsets\":[0,2]}} | 2 |"
                        + " F8_E4M3",
                "{\"a\": {\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}} | 8 |"
                        + " impossible shape",
                "{\"a\": {\"dtype\":\"F32\",\"shape\":[99999,99999],\"data_offsets\":[0,8]}} | 8 |"
                        + " impossible shape",
                "{\"a\": {\"dtype\":\"F32\",\"shape\":7,\"data_offsets\":[0,8]}} | 8 | no shape",
                "{\"a\": {\"dtype\":\"F32\",\"shape\":[2]}} | 8 | data_offsets",
                "{\"a\": {\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,1e99]}} | 8 |"
                        + " data_offsets",
                "{\"a\": {\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}, \"b\":"
                        + " {\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | 8 |"
                        + " an array 'b' that claims bytes of another",
                "{\"a\": {\"dtype\":\"F32\",\"shape\":[2.5],\"data_offsets\":[0,8]}} | 8 |"
                        + " impossible shape",
                "{\"a\": {\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0.5,8]}} | 8 |"
                        + " data_offsets",
                "{\"a\": 1, \"a\": 2} | 8 | no JSON",
                "[1, 2] | 8 | no JSON object",
                "{\"a\": | 8 | no JSON"
            })
    void refusesDamagedHeaders(String header, int bytes, String part) throws IOException {
        assertRefused(file(header, bytes), part);
    }

    /** Each stores the same three numbers, of the format's own widths. */
    @ParameterizedTest
    @CsvSource({
        "F64, 0000000000000840 000000000000f0bf 000000000000e03f",
        "F16, 0042 00bc 0038",
        "BF16, 4040 80bf 003f"
    })
    void readsNumbersOfOtherWidths(String type, String hex) throws IOException {
        byte[] data = HexFormat.of().parseHex(hex.replace(" ", ""));
        String header =
                "{\"a\":{\"dtype\":\"%s\",\"shape\":[3],\"data_offsets\":[0,%d]}}"
                        .formatted(type, data.length);
        Path file = file(header, 0);
        Files.write(file, data, StandardOpenOption.APPEND);
        Safetensors read = Safetensors.read(file);
        assertArrayEquals(new float[] {3, -1, 0.5f}, read.get("a").values());
        assertFalse(read.exact(), "the file's bits are not the array's");
    }

    @ParameterizedTest
    @CsvSource({
        "U8, ff, 255",
        "I8, ff, -1",
        "BOOL, 01, 1",
        "I16, feff, -2",
        "U16, feff, 65534",
        "I32, ffffff7f, 2147483648",
        "U32, ffffffff, 4294967296",
        "I64, feffffffffffffff, -2",
        "U64, ffffffffffffffff, 18446744073709551616",
        "U64, 0100000000000080, 9223372036854775808"
    })
    void readsIntegers(String type, String hex, double value) throws IOException {
        byte[] data = HexFormat.of().parseHex(hex);
        String header =
                "{\"a\":{\"dtype\":\"%s\",\"shape\":[],\"data_offsets\":[0,%d]}}"
                        .formatted(type, data.length);
        Path file = file(header, 0);
        Files.write(file, data, StandardOpenOption.APPEND);
        assertEquals((float) value, Safetensors.read(file).get("a").values()[0]);
    }

    @Test
    void refusesImpossibleFiles() throws IOException {
        assertRefused(folder.resolve("missing.safetensors"), "no such file");
        assertRefused(Files.write(folder.resolve("c"), new byte[3]), "3 bytes");
        assertRefused(
                Files.write(folder.resolve("d"), new byte[] {-1, -1, -1, -1, -1, -1, -1, 127, 0}),
                "claims");
        assertRefused(folder, "cannot be read");
    }

    /** {@code -Ds5.fuzz=N} damages N files. */
    @Test
    void survivesRandomDamage() throws IOException {
        int refused = 0;
        byte[] good = Files.readAllBytes(Path.of("src/test/resources/golden/base.safetensors"));
        Random random = new Random(5);
        Path path = folder.resolve("e");
        for (int i = 0; i < TIMES; i++) {
            byte[] bad =
                    java.util.Arrays.copyOf(
                            good, i % 4 == 0 ? random.nextInt(good.length) : good.length);
            for (int k = 0; k < 4 && bad.length > 0; k++) {
                bad[random.nextInt(Math.min(bad.length, 9000))] = (byte) random.nextInt();
            }
            Files.write(path, bad);
            try {
                Safetensors.read(path);
            } catch (UserError e) {
                refused++;
                assertFalse(e.getMessage().contains("\n"), e.getMessage());
            }
        }
        assertTrue(refused > TIMES / 4 && refused < TIMES, refused + " of " + TIMES);
    }
}
