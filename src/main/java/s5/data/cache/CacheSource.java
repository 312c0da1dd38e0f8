package s5.data.cache;

import s5.data.format.RawFile;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/**
 * A raw file that a cache is made from, or several taken as one: enough to notice later that it has
 * become another. Files count as the same when name, size and time of change agree, or, when the
 * time does not (a copy, another machine), their checksums.
 *
 * @param name without its folder
 * @param size in bytes
 * @param modified milliseconds since 1970
 * @param file null when several files are taken as one, which then have no checksum
 */
public record CacheSource(String name, long size, long modified, Path file) {
    private static final String NO_SUM = "-";

    /**
     * Looks at a file.
     *
     * @param file that a cache is made from
     * @return its name, size and time of change
     * @throws s5.UserError when the file cannot be read
     */
    public static CacheSource of(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new CacheSource(
                    file.getFileName().toString(),
                    attributes.size(),
                    attributes.lastModifiedTime().toMillis(),
                    file);
        } catch (IOException e) {
            throw RawFile.damaged(file, e);
        }
    }

    /** What a cache keeps of its sources: a line for each, with size, time, checksum and name. */
    static String lines(List<CacheSource> sources) {
        return sources.stream()
                .map(s -> "%d %d %s %s".formatted(s.size, s.modified, s.sum(), s.name))
                .collect(Collectors.joining("\n"));
    }

    /** Whether a cache with these {@link #lines} was made from these files. */
    static boolean areThose(List<CacheSource> sources, String lines) {
        List<String> kept = lines.lines().toList();
        if (kept.size() != sources.size()) {
            return false;
        }
        for (int i = 0; i < kept.size(); i++) {
            String[] fields = kept.get(i).split(" ", 4);
            CacheSource source = sources.get(i);
            boolean same =
                    source.name.equals(fields[3])
                            && source.size == Long.parseLong(fields[0])
                            && (source.modified == Long.parseLong(fields[1])
                                    || (source.file != null && source.sum().equals(fields[2])));
            if (!same) {
                return false;
            }
        }
        return true;
    }

    /** The names in {@link #lines}, the first few of them. */
    static String names(String lines) {
        List<String> names = lines.lines().map(line -> line.split(" ", 4)[3]).toList();
        return names.size() <= 6
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, 5))
                        + " and %d more".formatted(names.size() - 5);
    }

    private String sum() {
        if (file == null) {
            return NO_SUM;
        }
        CRC32C crc = new CRC32C();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                crc.update(buffer, 0, count);
            }
        } catch (IOException e) {
            throw RawFile.damaged(file, e);
        }
        return Long.toHexString(crc.getValue());
    }
}
