package s5.data.own;

import java.nio.file.Path;

/**
 * A file of the user's.
 *
 * @param file plain or gzipped; {@code -} is standard input
 * @param part what its sequences are for; null where shares decide
 */
public record Input(Path file, Part part) {}
