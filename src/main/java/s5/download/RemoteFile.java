package s5.download;

import java.net.URI;
import java.util.List;
import java.util.stream.Stream;

/**
 * A file that somebody publishes, and what becomes of it here.
 *
 * @param publication what it belongs to, a word by which the user may ask for it
 * @param about what it is and on what terms, in words
 * @param folder where it goes, below {@code data.root}; empty for the root itself
 * @param address where it is got; ends in the file's name
 * @param size in bytes; 0 when it is not published
 * @param sha256 its SHA-256 in lower-case hexadecimal digits; empty when none is published
 * @param parts what is unpacked from it, a tar.gz archive then; empty when it is read as it is
 */
public record RemoteFile(
        String publication,
        String about,
        String folder,
        URI address,
        long size,
        String sha256,
        List<Part> parts) {
    /**
     * A folder in an archive, and where it belongs.
     *
     * @param inArchive the folder's last names, with slashes; what stands before is of no matter
     * @param folder where it goes, below {@code data.root}
     */
    public record Part(String inArchive, String folder) {}

    /** Its name, without a folder. */
    String name() {
        return address.getPath().substring(address.getPath().lastIndexOf('/') + 1);
    }

    /** The same file, of which the parts of another are unpacked too. */
    RemoteFile with(RemoteFile other) {
        List<Part> all = Stream.concat(parts.stream(), other.parts.stream()).distinct().toList();
        return new RemoteFile(publication, about, folder, address, size, sha256, all);
    }
}
