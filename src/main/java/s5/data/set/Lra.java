package s5.data.set;

import s5.data.DataSource;
import s5.download.Part;
import s5.download.Published;
import s5.download.RemoteFile;

import java.util.List;
import java.util.Optional;

/** The archive of Long Range Arena (Tay et al., 2021), which holds several data sets. */
final class Lra {
    private Lra() {}

    /**
     * The archive, of which one folder is unpacked.
     *
     * @param inArchive the folder's last names, with slashes
     * @param folder where it goes, below {@code data.root}
     * @param needed names in the folder without which it is not complete
     */
    static Optional<Published> published(
            DataSource<?> set, String inArchive, String folder, List<String> needed) {
        return Optional.of(
                new Published(
                        "lra",
                        List.of(set.name()),
                        "Long Range Arena, Tay et al., 2021; no licence stated for the data",
                        "",
                        List.of(
                                RemoteFile.of(
                                        "lra_release.gz",
                                        "https://storage.googleapis.com/long-range-arena/lra_release.gz",
                                        0,
                                        "")),
                        List.of(new Part(set.name(), inArchive, folder, needed))));
    }

    /** The names of the files of splits. */
    static List<String> tsv(String prefix, List<String> splits) {
        return splits.stream().map(split -> prefix + split + ".tsv").toList();
    }

    /** A folder of Pathfinder's images of so many pixels in a row, of the difficulty in use. */
    static Optional<Published> pathfinder(DataSource<?> set, int side, String difficulty) {
        String folder = "pathfinder" + side + "/" + difficulty;
        return published(set, folder, folder, List.of("imgs", "metadata"));
    }
}
