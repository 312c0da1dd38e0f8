package s5.data.set;

import s5.download.RemoteFile;

import java.net.URI;
import java.util.List;

/** The archive of Long Range Arena (Tay et al., 2021), which holds several data sets. */
final class Lra {
    private Lra() {}

    /**
     * The archive, of which one folder is unpacked.
     *
     * @param inArchive the folder's last names, with slashes
     * @param folder where it goes, below {@code data.root}
     */
    static List<RemoteFile> published(String inArchive, String folder) {
        return List.of(
                new RemoteFile(
                        "lra",
                        "Long Range Arena, Tay et al., 2021; no licence stated for the data",
                        "",
                        URI.create(
                                "https://storage.googleapis.com/long-range-arena/lra_release.gz"),
                        0,
                        "",
                        List.of(new RemoteFile.Part(inArchive, folder))));
    }
}
