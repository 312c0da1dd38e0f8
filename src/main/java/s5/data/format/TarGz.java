package s5.data.format;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;

import s5.UserError;
import s5.io.TarReader;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** A tar.gz archive, read from front to back without unpacking it. */
public final class TarGz {
    private static final int LARGEST = 1 << 26; // the largest file of a data set has 31 MB

    private TarGz() {}

    /**
     * Reads the files of an archive.
     *
     * @param archive .tar.gz
     * @param wanted by the name in the archive, without a leading "./"; the others are passed over
     * @param visitor gets name and content of each wanted file, in the order of the archive
     * @throws UserError when the archive is missing or damaged, to its last byte
     */
    public static void read(
            Path archive, Predicate<String> wanted, BiConsumer<String, byte[]> visitor) {
        try (InputStream in = RawFile.open(archive);
                TarReader tar = new TarReader(in)) {
            for (TarArchiveEntry entry = tar.next(); entry != null; entry = tar.next()) {
                String name = entry.getName().replaceFirst("^(\\./)++", "");
                if (!entry.isDirectory() && wanted.test(name)) {
                    visitor.accept(name, content(archive, name, entry, tar));
                }
            }
            in.transferTo(OutputStream.nullOutputStream()); // to the checksum at its end
        } catch (java.io.EOFException | java.util.zip.ZipException e) {
            throw RawFile.damaged(archive, e);
        } catch (IOException e) {
            throw damaged(archive, e);
        }
    }

    private static byte[] content(Path archive, String name, TarArchiveEntry entry, TarReader tar)
            throws IOException {
        if (!TarReader.isFile(entry)) {
            throw new UserError(
                    "%s: %s is a link, a device or a pipe, no file; is it another archive?"
                            .formatted(archive, RawFile.printable(name)));
        }
        if (entry.getSize() > LARGEST) {
            throw new UserError(
                    "%s: %s is larger than %d bytes; is it another archive?"
                            .formatted(archive, RawFile.printable(name), LARGEST));
        }
        return tar.content().readNBytes(LARGEST); // grows as it reads: the size is a claim
    }

    private static UserError damaged(Path archive, Exception e) {
        return new UserError(
                "%s: damaged tar archive (%s); download it again"
                        .formatted(archive, RawFile.printable(String.valueOf(e.getMessage()))),
                e);
    }
}
