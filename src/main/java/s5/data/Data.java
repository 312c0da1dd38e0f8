package s5.data;

import s5.config.DataConfig;

import java.nio.file.Path;

/** The data sets by their names in a config. */
public final class Data {
    private Data() {}

    /** What the samples of a data set will look like, without reading any. */
    public static Shape shape(DataConfig config) {
        return switch (config.set()) {
            case SMNIST, PSMNIST -> Mnist.SHAPE;
            case LISTOPS -> ListOps.shape(config.length());
        };
    }

    /**
     * Opens the data set that a config names; reads, generates or maps it, whatever it takes.
     *
     * @throws s5.UserError when a file is missing or damaged, or the cache cannot be written
     */
    public static Splits open(DataConfig config) {
        Path root = Path.of(config.root());
        return switch (config.set()) {
            case SMNIST -> Mnist.open(root, false, config.validation(), config.seed());
            case PSMNIST -> Mnist.open(root, true, config.validation(), config.seed());
            case LISTOPS ->
                    switch (config.source()) {
                        case FILES -> ListOps.open(root, config.length());
                        case GENERATE ->
                                ListOps.generate(
                                        Path.of(config.cacheDir()),
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
        };
    }
}
