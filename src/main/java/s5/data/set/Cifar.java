package s5.data.set;

import s5.UserError;
import s5.data.DataSource;
import s5.data.ImageSet;
import s5.data.Official;
import s5.data.Place;
import s5.data.Shape;
import s5.data.Splits;
import s5.data.cache.Cache;
import s5.data.cache.CacheSource;
import s5.data.cache.CacheWriter;
import s5.data.format.RawFile;
import s5.data.format.TarGz;
import s5.download.RemoteFile;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * CIFAR-10 as a sequence of 1,024 pixels, row by row (Krizhevsky, 2009), in colour or, as Long
 * Range Arena's image task, in grey; 10 classes.
 *
 * <p>Preprocessing (reference: the official S5 loader): the byte / 255, minus mean, divided by
 * standard deviation. Colour: channels red, green, blue with means 0.4914, 0.4822, 0.4465 and
 * deviations 0.247, 0.243, 0.261. Grey: {@link ImageSet#grey}, mean 122.6 / 255 and deviation 61 /
 * 255.
 */
public sealed class Cifar implements DataSource<HeldOut> permits Image {
    /** For {@link java.util.ServiceLoader}. */
    public Cifar() {}

    /** Part of the cache's key: raise it when the same files give other bytes. */
    private static final int VERSION = 1;

    private static final int PIXELS = 32 * 32;
    private static final int PLANES = 3;
    private static final int ROW = 1 + PLANES * PIXELS; // label, then the planes
    private static final int CLASSES = 10;
    private static final List<String> NAMES =
            List.of(
                    "airplane",
                    "automobile",
                    "bird",
                    "cat",
                    "deer",
                    "dog",
                    "frog",
                    "horse",
                    "ship",
                    "truck");
    private static final int TRAIN_FILES = 5;
    private static final String ARCHIVE = "cifar-10-binary.tar.gz";
    private static final String FOLDER = "cifar-10-batches-bin"; // in the archive
    private static final String TRAIN = "data_batch_%d.bin";
    private static final String TEST = "test_batch.bin";

    static final Shape COLOUR = new Shape(PIXELS, PLANES, false, false, CLASSES, 1);
    static final Shape GREY = new Shape(PIXELS, 1, false, false, CLASSES, 1);

    @Override
    public String name() {
        return "cifar";
    }

    @Override
    public String title() {
        return "CIFAR-10 in colour, an image's 1,024 pixels row by row";
    }

    @Override
    public boolean official() {
        return true;
    }

    @Override
    public Class<HeldOut> settings() {
        return HeldOut.class;
    }

    /** Whether a pixel is one grey value instead of three colours. */
    boolean grey() {
        return false;
    }

    @Override
    public Shape shape(HeldOut settings, Place place) {
        return COLOUR;
    }

    @Override
    public Splits open(HeldOut settings, Place place, long seed) {
        return open(place.root(), place.cache(), grey(), settings.validation(), seed);
    }

    @Override
    public List<RemoteFile> published() {
        return List.of(
                new RemoteFile(
                        "cifar10",
                        "CIFAR-10, binary version; cite Krizhevsky, 2009",
                        "cifar10",
                        URI.create("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"),
                        170_052_171,
                        "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
                        List.of()));
    }

    /**
     * The official binary version: the files data_batch_{1,...,5}.bin and test_batch.bin, or the
     * archive cifar-10-binary.tar.gz that holds them. A set with fewer training files or images
     * than the official one is taken, with a line that says so.
     *
     * @param root the folder that holds cifar10/ (or cifar-10-batches-bin/, or the files)
     * @param cacheDir the folder of the cache; made when missing
     * @param grey whether a pixel is one grey value instead of three colours
     * @param validation the share of the training images to validate on, in [0, 1); officially 0.1
     * @param seed of that split; officially 42
     * @return training, validation and test split
     * @throws UserError when a file is missing or damaged, or the cache cannot be written
     */
    public static Splits open(
            Path root, Path cacheDir, boolean grey, double validation, long seed) {
        Cache cache =
                Cache.of(
                        cacheDir,
                        "cifar",
                        "version=%d".formatted(VERSION),
                        () -> files(root).stream().map(CacheSource::of).toList(),
                        writer -> write(writer, files(root)));
        ImageSet train = images(cache, "train", grey);
        ImageSet test = images(cache, "test", grey);
        Splits splits = Splits.holdOut(train.size(), validation, seed, train::select, test);
        Official.compare("CIFAR-10", "images", splits, 50_000, 10_000);
        return splits;
    }

    private static ImageSet images(Cache cache, String split, boolean grey) {
        float[][] values =
                grey
                        ? new float[][] {ImageSet.normalized(122.6 / 255, 61.0 / 255)}
                        : new float[][] {
                            ImageSet.normalized(0.4914, 0.247),
                            ImageSet.normalized(0.4822, 0.243),
                            ImageSet.normalized(0.4465, 0.261)
                        };
        return new ImageSet(
                grey ? GREY : COLOUR,
                NAMES,
                PLANES,
                values,
                cache.section(split + ".pixels"),
                cache.bytes(split + ".labels"),
                null);
    }

    /** The archive alone, or the training files that are there and the test file. */
    private static List<Path> files(Path root) {
        Path first =
                RawFile.first(
                        root,
                        List.of(
                                "cifar10/" + FOLDER,
                                "cifar10",
                                FOLDER,
                                "cifar-10-binary/" + FOLDER,
                                "",
                                "cifar10-subset"),
                        List.of(TRAIN.formatted(1), ARCHIVE),
                        "CIFAR-10 (binary version)",
                        "cifar10");
        if (first.endsWith(ARCHIVE)) {
            return List.of(first);
        }
        return Stream.concat(
                        Stream.concat(
                                Stream.of(first),
                                IntStream.rangeClosed(2, TRAIN_FILES)
                                        .mapToObj(i -> first.resolveSibling(TRAIN.formatted(i)))
                                        .filter(Files::exists)),
                        Stream.of(first.resolveSibling(TEST)))
                .toList();
    }

    private static void write(CacheWriter writer, List<Path> files) throws IOException {
        Map<String, byte[]> contents = new TreeMap<>(); // by place; sorted as the official order is
        if (files.getFirst().endsWith(ARCHIVE)) {
            Path archive = files.getFirst();
            TarGz.read(
                    archive,
                    name -> name.matches("(.*/)?(data_batch_[1-5]|test_batch)\\.bin"),
                    (name, content) ->
                            contents.put(archive + ": " + RawFile.printable(name), content));
        } else {
            files.forEach(file -> contents.put(file.toString(), RawFile.bytes(file)));
        }
        write(writer, "train", contents, files.getFirst(), TRAIN.formatted(1));
        write(writer, "test", contents, files.getFirst(), TEST);
    }

    /** Writes the images of one split, checking them. */
    private static void write(
            CacheWriter writer, String split, Map<String, byte[]> contents, Path source, String one)
            throws IOException {
        List<Map.Entry<String, byte[]>> files =
                contents.entrySet().stream()
                        .filter(file -> file.getKey().endsWith(TEST) == split.equals("test"))
                        .toList();
        if (files.isEmpty()) {
            throw new UserError("%s: holds no %s; download it again".formatted(source, one));
        }
        int size = 0;
        for (Map.Entry<String, byte[]> file : files) {
            check(file.getKey(), file.getValue());
            size += file.getValue().length / ROW;
        }
        byte[] labels = new byte[size];
        int image = 0;
        writer.begin(split + ".pixels");
        byte[] pixels = new byte[ROW - 1];
        for (Map.Entry<String, byte[]> file : files) {
            for (int at = 0; at < file.getValue().length; at += ROW) {
                labels[image++] = file.getValue()[at];
                System.arraycopy(file.getValue(), at + 1, pixels, 0, pixels.length);
                writer.append(pixels, pixels.length);
            }
        }
        writer.section(split + ".labels", labels);
    }

    private static void check(String place, byte[] content) {
        if (content.length == 0 || content.length % ROW != 0) {
            throw new UserError(
                    "%s: has %d bytes, which is %s images of %d bytes; download it again"
                            .formatted(
                                    place,
                                    content.length,
                                    content.length == 0 ? "no" : "not a whole number of",
                                    ROW));
        }
        for (int at = 0; at < content.length; at += ROW) {
            if ((content[at] & 0xff) >= CLASSES) {
                throw new UserError(
                        "%s: label %d of image %d is not in 0..9; is it CIFAR-10's binary version?"
                                .formatted(place, content[at] & 0xff, at / ROW));
            }
        }
    }
}
