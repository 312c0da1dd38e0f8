package s5.data;

import s5.config.DataConfig;
import s5.config.DataSet;

import java.nio.file.Path;
import java.util.List;

/** The data sets by their names in a config. */
public final class Data {
    private Data() {}

    /** What the samples of a data set will look like, without reading any. */
    public static Shape shape(DataConfig config) {
        return switch (config.set()) {
            case SMNIST, PSMNIST -> Mnist.SHAPE;
            case LISTOPS -> ListOps.shape(config.length());
            case IMDB -> Imdb.shape(config.length());
            case AAN -> Aan.shape(config.length());
            case CIFAR -> Cifar.COLOUR;
            case IMAGE -> Cifar.GREY;
            case PATHFINDER -> Pathfinder.shape(32);
            case PATHX -> Pathfinder.shape(128);
            case PENDULUM -> Pendulum.shape(config.kept());
            case SC35 -> SpeechCommands.SHAPE;
        };
    }

    /**
     * Opens the data set that a config names; reads, generates or maps it, whatever it takes.
     *
     * @throws s5.UserError when a file is missing or damaged, or the cache cannot be written
     */
    public static Splits open(DataConfig config) {
        Path root = Path.of(config.root());
        Path cacheDir = Path.of(config.cacheDir());
        return switch (config.set()) {
            case SMNIST -> Mnist.open(root, false, config.validation(), config.seed());
            case PSMNIST -> Mnist.open(root, true, config.validation(), config.seed());
            case LISTOPS ->
                    switch (config.source()) {
                        case FILES -> ListOps.open(root, cacheDir, config.length());
                        case GENERATE ->
                                ListOps.generate(
                                        cacheDir,
                                        new ListOpsGenerator.Settings(
                                                config.minLength(),
                                                config.maxLength(),
                                                config.maxDepth(),
                                                config.maxArgs(),
                                                config.trainSize(),
                                                config.valSize(),
                                                config.testSize(),
                                                config.seed()),
                                        config.length());
                    };
            case IMDB ->
                    Imdb.open(root, cacheDir, config.length(), config.validation(), config.seed());
            case AAN -> Aan.open(root, cacheDir, config.length());
            case CIFAR, IMAGE ->
                    Cifar.open(
                            root,
                            cacheDir,
                            config.set() == DataSet.IMAGE,
                            config.validation(),
                            config.seed());
            case PATHFINDER -> Pathfinder.open(root, cacheDir, 32, config.seed());
            case PATHX -> Pathfinder.open(root, cacheDir, 128, config.seed());
            case PENDULUM ->
                    Pendulum.generate(
                            cacheDir,
                            new Pendulum.Settings(
                                    config.sequences(),
                                    config.frames(),
                                    config.kept(),
                                    config.seed()));
            case SC35 -> SpeechCommands.open(root, cacheDir, config.normalization());
        };
    }

    /**
     * A split in words: how many samples, how long, of which classes. Reads all of it.
     *
     * @param split of the data set that the config names
     */
    public static String describe(DataConfig config, Dataset split) {
        List<String> names = split.tokenNames();
        boolean nested = config.set() == DataSet.LISTOPS;
        return Statistics.of(split, nested ? batch -> ListOps.depth(batch, names) : null)
                .toString();
    }
}
