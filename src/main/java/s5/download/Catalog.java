package s5.download;

import s5.UserError;
import s5.config.Messages;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where the data sets are published. Sizes and checksums are those that TensorFlow Datasets
 * publishes for these files (tensorflow_datasets/url_checksums); torchaudio has the same for Speech
 * Commands. None is published for the archive of Long Range Arena.
 */
public final class Catalog {
    private static final String LRA =
            "https://storage.googleapis.com/long-range-arena/lra_release.gz";

    static final List<Published> ALL =
            List.of(
                    new Published(
                            "mnist",
                            List.of("smnist", "psmnist"),
                            "MNIST, LeCun, Cortes and Burges; no licence stated",
                            "mnist",
                            List.of(
                                    mnist(
                                            "train-images-idx3-ubyte.gz",
                                            9_912_422,
                                            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
                                    mnist(
                                            "train-labels-idx1-ubyte.gz",
                                            28_881,
                                            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
                                    mnist(
                                            "t10k-images-idx3-ubyte.gz",
                                            1_648_877,
                                            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
                                    mnist(
                                            "t10k-labels-idx1-ubyte.gz",
                                            4_542,
                                            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6")),
                            List.of()),
                    new Published(
                            "cifar10",
                            List.of("cifar", "image"),
                            "CIFAR-10, binary version; cite Krizhevsky, 2009",
                            "cifar10",
                            List.of(
                                    RemoteFile.of(
                                            "cifar-10-binary.tar.gz",
                                            "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
                                            170_052_171,
                                            "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd")),
                            List.of()),
                    new Published(
                            "imdb",
                            List.of("imdb"),
                            "IMDb reviews; cite Maas et al., ACL 2011",
                            "imdb",
                            List.of(
                                    RemoteFile.of(
                                            "aclImdb_v1.tar.gz",
                                            "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
                                            84_125_825,
                                            "c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe")),
                            List.of()),
                    new Published(
                            "lra",
                            List.of("listops", "aan", "pathfinder", "pathx"),
                            "Long Range Arena, Tay et al., 2021; no licence stated for the data",
                            "",
                            List.of(RemoteFile.of("lra_release.gz", LRA, 0, "")),
                            List.of(
                                    new Part(
                                            "listops",
                                            "listops-1000",
                                            "listops",
                                            tsv("basic_", "train", "val", "test")),
                                    new Part(
                                            "aan",
                                            "tsv_data",
                                            "aan",
                                            tsv("new_aan_pairs.", "train", "eval", "test")),
                                    pathfinder("pathfinder", 32),
                                    pathfinder("pathx", 128))),
                    new Published(
                            "sc35",
                            List.of("sc35"),
                            "Speech Commands v0.02, Warden, 2018; CC BY 4.0",
                            "speech_commands",
                            List.of(
                                    RemoteFile.of(
                                            "speech_commands_v0.02.tar.gz",
                                            "https://storage.googleapis.com/download.tensorflow.org/data/speech_commands_v0.02.tar.gz",
                                            2_428_923_189L,
                                            "af14739ee7dc311471de98f5f9d2c9191b18aedfe957f4a6ff791c709868ff58")),
                            List.of()));

    private Catalog() {}

    private static RemoteFile mnist(String name, long size, String sha256) {
        return new RemoteFile(
                name,
                Stream.of(
                                "https://storage.googleapis.com/cvdf-datasets/mnist/",
                                "https://ossci-datasets.s3.amazonaws.com/mnist/")
                        .map(place -> URI.create(place + name))
                        .toList(),
                size,
                sha256);
    }

    private static List<String> tsv(String prefix, String... splits) {
        return Stream.of(splits).map(split -> prefix + split + ".tsv").toList();
    }

    private static Part pathfinder(String set, int side) {
        String folder =
                "pathfinder" + side + "/curv_contour_length_14"; // the only one that is used
        return new Part(set, folder, folder, List.of("imgs", "metadata"));
    }

    /**
     * What the user's words name: {@code all}, the name of something published, or of a data set.
     * Of an archive that holds several data sets, those named are unpacked.
     *
     * @throws UserError when there is no such name, or none is given
     */
    public static List<Published> named(List<String> words) {
        Set<String> sets = new LinkedHashSet<>();
        for (String word : words) {
            if (word.equals("all")) {
                ALL.forEach(published -> sets.addAll(published.sets()));
            } else if (word.equals("pendulum")) {
                throw new UserError("pendulum: is generated when it is used; there is no download");
            } else if (!names().contains(word)) {
                throw new UserError(
                        "no data set %s to download%s; there are %s"
                                .formatted(
                                        Messages.quoted(word),
                                        Messages.didYouMean(word, names()),
                                        String.join(", ", names())));
            }
            for (Published published : ALL) {
                if (published.name().equals(word)) {
                    sets.addAll(published.sets());
                } else if (published.sets().contains(word)) {
                    sets.add(word);
                }
            }
        }
        if (sets.isEmpty()) {
            throw new UserError(
                    "download takes what to get; write s5 download NAME, with NAME one of "
                            + String.join(", ", names()));
        }
        return ALL.stream()
                .filter(published -> published.sets().stream().anyMatch(sets::contains))
                .map(published -> only(published, sets))
                .toList();
    }

    private static Published only(Published all, Set<String> sets) {
        return new Published(
                all.name(),
                all.sets(),
                all.title(),
                all.folder(),
                all.files(),
                all.parts().stream().filter(part -> sets.contains(part.set())).toList());
    }

    /** Everything that {@link #named} takes. */
    static List<String> names() {
        Set<String> names = new LinkedHashSet<>();
        for (Published published : ALL) {
            names.add(published.name());
            names.addAll(published.sets());
        }
        names.add("all");
        return new ArrayList<>(names);
    }
}
