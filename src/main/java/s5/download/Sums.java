package s5.download;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of files. */
final class Sums {
    private Sums() {}

    static String sha256(Path file, Progress progress) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return sha256(in, progress);
        }
    }

    /** Of all that comes, in lower-case hexadecimal digits. */
    static String sha256(InputStream in, Progress progress) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
        byte[] buffer = new byte[1 << 18];
        long done = 0;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            digest.update(buffer, 0, count);
            done += count;
            progress.at(done);
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
