package s5.download;

import java.net.URI;
import java.util.List;

/**
 * A file that somebody publishes.
 *
 * @param name of the file here, in no folder
 * @param places where to get it, the preferred one first; all have the same content
 * @param size in bytes; 0 when it is not published
 * @param sha256 its SHA-256 in lower-case hexadecimal digits; empty when none is published
 */
public record RemoteFile(String name, List<URI> places, long size, String sha256) {
    /**
     * @throws IllegalArgumentException when there is no place or the sum is no SHA-256
     */
    public RemoteFile {
        if (places.isEmpty() || !sha256.matches("([0-9a-f]{64})?") || size < 0) {
            throw new IllegalArgumentException(name);
        }
        places = List.copyOf(places);
    }

    /** A file with one place. */
    public static RemoteFile of(String name, String place, long size, String sha256) {
        return new RemoteFile(name, List.of(URI.create(place)), size, sha256);
    }

    /** The same file from another place. */
    RemoteFile from(URI place) {
        return new RemoteFile(name, List.of(place), size, sha256);
    }
}
