package s5.data.own;

import s5.data.cache.CacheSource;
import s5.data.format.RawFile;

import java.nio.file.Path;

/**
 * A file of the user's.
 *
 * @param file plain or gzipped; {@code -} is standard input
 * @param part what its sequences are for; null where shares decide
 */
public record Input(Path file, Part part) {
    /** What a cache keeps of it. The folder's name as well: it may be the class. */
    CacheSource source() {
        CacheSource source = CacheSource.of(file);
        Path folder = file.toAbsolutePath().normalize().getParent();
        String name = (folder == null ? "" : folder.getFileName() + "/") + source.name();
        return new CacheSource(
                RawFile.printable(name), source.size(), source.modified(), source.file());
    }
}
