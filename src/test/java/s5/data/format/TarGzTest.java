package s5.data.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import s5.UserError;
import s5.data.TestFiles;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Archives that were made to do harm, and those that only look like it. */
class TarGzTest {
    @TempDir Path folder;

    /** An archive of some members and a proper last file. */
    private Path archive(byte[]... members) throws IOException {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        for (byte[] member : members) {
            tar.writeBytes(member);
        }
        tar.writeBytes(member("last", TarConstants.LF_NORMAL, "the last"));
        tar.writeBytes(new byte[1024]);
        return Files.write(folder.resolve("x.tar.gz"), TestFiles.gzip(tar.toByteArray()));
    }

    /** Header and content, as the library would not write them. */
    private static byte[] member(String name, byte kind, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(name, kind);
        entry.setSize(bytes.length);
        byte[] header = new byte[512];
        entry.writeEntryHeader(header);
        byte[] member = Arrays.copyOf(header, 512 + (bytes.length + 511) / 512 * 512);
        System.arraycopy(bytes, 0, member, 512, bytes.length);
        return member;
    }

    private static byte[] longName(String name) {
        return member("././@LongLink", TarConstants.LF_GNUTYPE_LONGNAME, name);
    }

    private static byte[] file(String name, String content) {
        return member(name, TarConstants.LF_NORMAL, content);
    }

    /** Names and contents of all files, as the readers of data sets get them. */
    private static List<String> read(Path archive) {
        List<String> got = new ArrayList<>();
        TarGz.read(
                archive,
                name -> true,
                (name, content) ->
                        got.add(name + "=" + new String(content, StandardCharsets.UTF_8)));
        return got;
    }

    private static void assertRefused(Path archive, String... parts) {
        String message = assertThrows(UserError.class, () -> read(archive)).getMessage();
        assertEquals(1, message.lines().count());
        assertTrue(message.length() < 400, message);
        assertTrue(message.startsWith(archive + ": "), message);
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "\"" + part + "\" is not in: " + message);
        }
    }

    @Test
    void aNameOfManyMegabytes() throws IOException {
        assertRefused(
                archive(longName("n".repeat(1 << 24)), file("n", "")),
                "more than 262,144 bytes of headers before a file");
        assertRefused(
                archive(longName("n".repeat(100_000)), file("n", "")), "a name of 100,000 letters");
    }

    @Test
    void properLongNamesAreRead() throws IOException {
        String name = "a/".repeat(200) + "n";
        assertEquals(
                List.of(name + "=x", "last=the last"),
                read(archive(longName(name), file("n", "x"))));
    }

    @ParameterizedTest
    @ValueSource(
            bytes = {
                TarConstants.LF_PAX_EXTENDED_HEADER_LC,
                TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER
            })
    void anExtendedHeaderOfManyMegabytes(byte kind) throws IOException {
        assertRefused(
                archive(member("header", kind, record("k", "v".repeat(1 << 24))), file("n", "")),
                "more than 262,144 bytes of headers before a file");
    }

    /** Each is small; they stay in force for all that follows. */
    @Test
    void globalHeadersThatAddUp() throws IOException {
        byte[][] members = new byte[200][];
        for (int i = 0; i < members.length; i += 2) {
            String record = record("k" + i, "v".repeat(20_000));
            members[i] = member("header", TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER, record);
            members[i + 1] = file("file" + i, "");
        }
        assertRefused(archive(members), "more than 262,144 bytes of headers before a file");
    }

    /** Gigabytes of zeros that takes no room in the archive. */
    @Test
    void sparseFiles() throws IOException {
        String records =
                record("GNU.sparse.name", "big")
                        + record("GNU.sparse.size", "2000000000")
                        + record("GNU.sparse.numblocks", "1")
                        + record("GNU.sparse.map", "2000000000,0");
        assertRefused(
                archive(
                        member("header", TarConstants.LF_PAX_EXTENDED_HEADER_LC, records),
                        file("big", "")),
                "a sparse file");
        assertRefused(archive(member("big", TarConstants.LF_GNUTYPE_SPARSE, "")), "a sparse file");
    }

    /** A line of an extended header; its length counts itself. */
    private static String record(String key, String value) {
        String rest = " " + key + "=" + value + "\n";
        int length = rest.length();
        while (("" + length).length() + rest.length() != length) {
            length = ("" + length).length() + rest.length();
        }
        return length + rest;
    }

    @ParameterizedTest
    @ValueSource(
            bytes = {
                TarConstants.LF_FIFO,
                TarConstants.LF_CHR,
                TarConstants.LF_BLK,
                TarConstants.LF_SYMLINK,
                TarConstants.LF_LINK
            })
    void whatIsNoFile(byte kind) throws IOException {
        assertRefused(archive(member("x", kind, "")), "x is a link, a device or a pipe");
    }

    @Test
    void whatIsTooLarge() throws IOException {
        Path archive = archive(file("big", "x".repeat((1 << 26) + 1)));
        assertRefused(archive, "big is larger than 67108864 bytes");
    }
}
