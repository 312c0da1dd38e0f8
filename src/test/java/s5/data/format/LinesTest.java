package s5.data.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.UserError;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

class LinesTest {
    @TempDir Path folder;

    /** A small file may unpack to a line of any length. */
    @Test
    void aLineWithoutEndIsRefused() throws IOException {
        Path file = folder.resolve("x.ts.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write('a');
            out.write('\n');
            byte[] blanks = new byte[1 << 20];
            for (int i = 0; i < 257; i++) {
                out.write(blanks);
            }
        }
        try (Lines lines = new Lines(file)) {
            assertEquals("a", lines.next());
            UserError e = assertThrows(UserError.class, lines::next);
            assertEquals(file + ":2: a line of more than 256 MiB", e.getMessage());
        }
    }
}
