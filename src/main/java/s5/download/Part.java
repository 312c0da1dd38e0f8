package s5.download;

import java.util.List;

/**
 * A folder in an archive, and where it belongs.
 *
 * @param set the data set that reads it, by its name in a config
 * @param inArchive the folder's last names, with slashes; what stands before them is of no matter
 * @param folder where it goes, below {@code data.root}
 * @param needed names in the folder without which it is not complete
 */
public record Part(String set, String inArchive, String folder, List<String> needed) {}
