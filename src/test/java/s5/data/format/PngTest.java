package s5.data.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import static s5.data.TestFiles.assertUserError;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.data.TestFiles;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** The images are 32 x 32 and written by Pillow. */
public class PngTest {
    public static byte[] resource(String name) throws IOException {
        try (InputStream in = PngTest.class.getResourceAsStream("/png/" + name + ".png")) {
            return in.readAllBytes();
        }
    }

    /** Against the SHA-256 of what Pillow 9.4's convert("L") makes of the same file. */
    @ParameterizedTest
    @CsvSource({
        "grey, c4033144c97ccb16d0f819fd0be243bc732b4f6f0f5c521d610286b3e10b5374",
        "colour, c4033144c97ccb16d0f819fd0be243bc732b4f6f0f5c521d610286b3e10b5374",
        "colour-alpha, c4033144c97ccb16d0f819fd0be243bc732b4f6f0f5c521d610286b3e10b5374",
        "grey-alpha, c4033144c97ccb16d0f819fd0be243bc732b4f6f0f5c521d610286b3e10b5374",
        "palette, ff713e447b95cbd7e19b3229ac22899067112fa7af5a715f120f9f0d74dcdb21",
        "palette4, bb4a29b3abaadba38044036217ae40fe1380c0761a8f48b875352753e8c31494",
        "bits, e44c793d60cd5ec725b0ef6161e6cde9ed2760f647070e355511b8cb0ca3602e",
    })
    void asPillow(String name, String sha256) throws IOException, NoSuchAlgorithmException {
        byte[] grey = Png.grey(resource(name), "here", 32);
        assertEquals(
                sha256,
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(grey)));
    }

    @Test
    void deep() throws IOException {
        byte[] deep = resource("deep");
        assertUserError(() -> Png.grey(deep, "here", 32), "here: has more than 8 bits a channel");
    }

    @Test
    void everyCutIsNoticed() throws IOException {
        byte[] good = resource("colour");
        for (int size = 0; size < good.length; size++) {
            byte[] cut = Arrays.copyOf(good, size);
            assertUserError(() -> Png.grey(cut, "here", 32), "here: ");
        }
    }

    @Test
    void everyFlippedBitIsNoticed() throws IOException {
        byte[] good = resource("bits");
        for (int bit = 0; bit < 8 * good.length; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            assertUserError(() -> Png.grey(bad, "here", 32), "here: ");
        }
    }

    @Test
    void otherFiles() throws IOException {
        assertUserError(() -> Png.grey(new byte[0], "here", 32), "here: the file is empty");
        assertUserError(
                () -> Png.grey("GIF89a".getBytes(StandardCharsets.US_ASCII), "here", 32),
                "here: is no PNG file");
        byte[] good = resource("grey");
        assertUserError(
                () -> Png.grey(good, "here", 128), "here: the image has 32 x 32", "128 x 128");
    }

    /** A size that would need more memory than there is, with a right checksum. */
    @Test
    void absurdSize() throws IOException {
        byte[] bad = resource("grey");
        ByteBuffer.wrap(bad).putInt(16, Integer.MAX_VALUE).putInt(20, -1);
        TestFiles.mendPng(bad);
        assertUserError(
                () -> Png.grey(bad, "here", 32), "here: the image has 2147483647 x 4294967295");
    }

    /** Right checksums around content that makes no sense. */
    @Test
    void damagedContent() throws IOException {
        byte[] bad = resource("grey");
        int at = 33; // of the chunk behind the header
        int length = ByteBuffer.wrap(bad).getInt(at);
        Arrays.fill(bad, at + 8 + 10, at + 8 + length, (byte) 0x5a);
        TestFiles.mendPng(bad);
        assertUserError(() -> Png.grey(bad, "here", 32), "here: damaged PNG");
    }
}
