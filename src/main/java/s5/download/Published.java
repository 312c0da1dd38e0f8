package s5.download;

import java.util.List;

/**
 * What is got together: one or several data sets that are published as the same files.
 *
 * @param name to call it by
 * @param sets the data sets of a config that it holds
 * @param title in words, with the licence
 * @param folder where the files go, below {@code data.root}; empty for the root itself
 * @param files all of them
 * @param parts what is unpacked from the file, which then is a single tar.gz archive; empty when
 *     the data sets are read from the files as they are
 */
public record Published(
        String name,
        List<String> sets,
        String title,
        String folder,
        List<RemoteFile> files,
        List<Part> parts) {}
