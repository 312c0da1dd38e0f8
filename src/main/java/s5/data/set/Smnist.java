package s5.data.set;

import s5.data.DataSource;
import s5.data.Dataset;
import s5.data.Fitted;
import s5.data.Place;
import s5.data.Shape;
import s5.data.Splits;
import s5.data.UserFile;
import s5.download.RemoteFile;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** Sequential MNIST: an image's pixels row by row; see {@link Mnist}. */
public sealed class Smnist implements DataSource<HeldOut> permits Psmnist {
    /** For {@link java.util.ServiceLoader}. */
    public Smnist() {}

    @Override
    public String name() {
        return "smnist";
    }

    @Override
    public String title() {
        return "MNIST, an image's 784 pixels row by row";
    }

    @Override
    public boolean official() {
        return true;
    }

    @Override
    public Class<HeldOut> settings() {
        return HeldOut.class;
    }

    /** Whether the pixels are in the order of {@link Mnist#bitReversal}. */
    boolean permuted() {
        return false;
    }

    @Override
    public Shape shape(HeldOut settings, Place place) {
        return Mnist.SHAPE;
    }

    @Override
    public Splits open(HeldOut settings, Place place, long seed) {
        return Mnist.open(place.root(), permuted(), settings.validation(), seed);
    }

    /** MNIST's own format as well, {@code idx3-ubyte}. */
    @Override
    public Dataset samples(HeldOut settings, Path file, Fitted fitted) {
        return file.getFileName().toString().contains("idx3-ubyte")
                ? UserFile.some(file, Mnist.images(file, permuted()))
                : UserFile.numbers(
                        file, name() + " takes .csv or .f32 or MNIST's own idx3-ubyte", fitted);
    }

    @Override
    public List<RemoteFile> published() {
        return List.of(
                file(
                        "train-images-idx3-ubyte.gz",
                        9_912_422,
                        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
                file(
                        "train-labels-idx1-ubyte.gz",
                        28_881,
                        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
                file(
                        "t10k-images-idx3-ubyte.gz",
                        1_648_877,
                        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
                file(
                        "t10k-labels-idx1-ubyte.gz",
                        4_542,
                        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"));
    }

    private static RemoteFile file(String name, long size, String sha256) {
        return new RemoteFile(
                "mnist",
                "MNIST, LeCun, Cortes and Burges; no licence stated",
                "mnist",
                URI.create("https://storage.googleapis.com/cvdf-datasets/mnist/" + name),
                size,
                sha256,
                List.of());
    }
}
