package s5.data;

import java.nio.file.Path;

/**
 * Where a data set's files are.
 *
 * @param root the folder that holds the data sets' own folders, {@code data.root}
 * @param cache the folder for processed and generated data, {@code data.cache_dir}; may not exist
 *     yet
 */
public record Place(Path root, Path cache) {}
