package s5.data.format;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

import s5.UserError;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** A tar.gz archive, read from front to back without unpacking it. */
public final class TarGz {
    private static final int LARGEST = 1 << 28;

    private TarGz() {}

    /**
     * Reads the files of an archive.
     *
     * @param wanted by the name in the archive, without a leading "./"; the others are passed over
     * @param visitor gets name and content of each wanted file, in the order of the archive
     * @throws UserError when the archive is missing or damaged, to its last byte
     */
    public static void read(
            Path archive, Predicate<String> wanted, BiConsumer<String, byte[]> visitor) {
        try (InputStream in = RawFile.open(archive);
                TarArchiveInputStream tar = new TarArchiveInputStream(in, "UTF-8")) {
            for (TarArchiveEntry entry = next(archive, tar); entry != null; ) {
                String name = entry.getName().replaceFirst("^(\\./)+", "");
                if (entry.isFile() && wanted.test(name)) {
                    byte[] content = tar.readNBytes(LARGEST + 1); // grows as it reads
                    if (content.length > LARGEST) {
                        throw new UserError(
                                "%s: %s is larger than %d bytes; is it another archive?"
                                        .formatted(archive, RawFile.printable(name), LARGEST));
                    }
                    visitor.accept(name, content);
                }
                entry = next(archive, tar);
            }
            in.transferTo(OutputStream.nullOutputStream()); // to the checksum at its end
        } catch (java.io.EOFException | java.util.zip.ZipException e) {
            throw RawFile.damaged(archive, e);
        } catch (IOException e) {
            throw damaged(archive, e);
        }
    }

    private static TarArchiveEntry next(Path archive, TarArchiveInputStream tar)
            throws IOException {
        try {
            return tar.getNextEntry();
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw damaged(archive, e); // what the library throws at some damaged headers
        }
    }

    private static UserError damaged(Path archive, Exception e) {
        return new UserError(
                "%s: damaged tar archive (%s); download it again"
                        .formatted(archive, RawFile.printable(String.valueOf(e.getMessage()))),
                e);
    }
}
