package s5.data.set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import s5.UserError;
import s5.config.Check;
import s5.config.Key;
import s5.data.DataSource;
import s5.data.ImageSet;
import s5.data.Official;
import s5.data.Place;
import s5.data.Shape;
import s5.data.Splits;
import s5.data.TorchRandom;
import s5.data.cache.Cache;
import s5.data.cache.CacheSource;
import s5.data.cache.CacheWriter;
import s5.data.format.Png;
import s5.data.format.RawFile;
import s5.data.set.contours.ContourRules;
import s5.data.set.contours.Contours;
import s5.data.set.contours.Contours.Picture;
import s5.download.RemoteFile;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Pathfinder and Path-X of Long Range Arena: does a dashed path join the two marked points of an
 * image of 32 x 32 or 128 x 128 pixels; classes 0 no and 1 yes.
 *
 * <p>Preprocessing (reference: the official S5 loader): grey as by {@link Png#grey}, (byte / 255 -
 * 0.5) / 0.5, row by row. Only the difficulty curv_contour_length_14 is used. The samples of all
 * metadata files, in the order of their numbers, are split by torch's random_split: of n, {@code
 * int(0.1 n)} validate, as many test, the rest trains. They can also be drawn by the published
 * rules, see {@link Contours}.
 */
public sealed class Pathfinder implements DataSource<Pathfinder.Settings> permits Pathx {
    /** For {@link java.util.ServiceLoader}. */
    public Pathfinder() {}

    /** Part of the cache's key: raise it when the same files give other bytes. */
    private static final int VERSION = 1;

    private static final int CLASSES = 2;
    private static final double HELD_OUT = 0.1;
    private static final String DIFFICULTY = "curv_contour_length_14";
    private static final int AT_ONCE = 1024; // images decoded on all cores before they are written

    private static final Logger LOG = LoggerFactory.getLogger(Pathfinder.class);

    /** Where the images come from; see {@link Settings#source}. */
    enum Source {
        FILES,
        GENERATE
    }

    /** The set's own keys. */
    record Settings(
            @Key(
                            value =
                                    "files: Long Range Arena's images; generate: drawn by their"
                                            + " published rules from data.seed, into the cache",
                            unset = "files")
                    Source source,
            @Key(
                            value = "images to draw: a tenth validates, a tenth tests; 10 or more",
                            unset = "200000",
                            when = "source=generate")
                    int images) {
        /**
         * @throws UserError when a value is out of range
         */
        Settings {
            Check.within("data.images", images, 10, 10_000_000);
        }
    }

    private record Sample(String place, Path image, byte label) {}

    @Override
    public String name() {
        return "pathfinder";
    }

    @Override
    public String title() {
        return "images of 32 x 32 pixels: does a path join two points";
    }

    @Override
    public boolean official() {
        return true;
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public void checkBatch(Settings settings, int batch) {
        if (settings.source() == Source.GENERATE) {
            int trained = settings.images() - 2 * (int) (HELD_OUT * settings.images());
            Check.batch(batch, "data.images", trained);
        }
    }

    /** Pixels in a row. */
    int side() {
        return 32;
    }

    @Override
    public Shape shape(Settings settings, Place place) {
        return shape(side());
    }

    @Override
    public Splits open(Settings settings, Place place, long seed) {
        return switch (settings.source()) {
            case FILES -> open(place.root(), place.cache(), side(), seed);
            case GENERATE -> draw(place.cache(), rules(), settings.images(), seed);
        };
    }

    /** How images are drawn. */
    ContourRules rules() {
        return ContourRules.pathfinder();
    }

    @Override
    public List<RemoteFile> published() {
        String folder = "pathfinder" + side() + "/" + DIFFICULTY;
        return Lra.published(folder, folder);
    }

    /** The shape of the images with so many pixels in a row: 32, or 128 for Path-X. */
    static Shape shape(int side) {
        return new Shape(side * side, 1, false, false, CLASSES, 1);
    }

    /**
     * The files of Long Range Arena: pathfinder32/ or pathfinder128/, therein
     * curv_contour_length_14/metadata/NUMBER.npy, which are text, with a line for each image whose
     * fields are folder, file, number, label and more.
     *
     * @param root the folder that holds pathfinder32/ or pathfinder128/ (or lra_release/ and the
     *     like with them)
     * @param cacheDir the folder of the cache; made when missing
     * @param side pixels in a row: 32 or 128
     * @param seed of the split; officially 42
     * @return training, validation and test split
     * @throws UserError when a file is missing or damaged, or the cache cannot be written
     */
    public static Splits open(Path root, Path cacheDir, int side, long seed) {
        Cache cache =
                Cache.of(
                        cacheDir,
                        name(side),
                        "version=%d side=%d".formatted(VERSION, side),
                        () -> metadata(root, side).stream().map(CacheSource::of).toList(),
                        writer -> write(writer, metadata(root, side), side));
        return splits(cache, side, seed);
    }

    /**
     * Draws images by the published rules, or opens them from the cache when the same ones have
     * been drawn before.
     *
     * @param cacheDir the folder of the cache; made when missing
     * @param images how many in all
     * @param seed of the images and of the split
     * @return training, validation and test split
     * @throws UserError when the cache cannot be written
     */
    static Splits draw(Path cacheDir, ContourRules rules, int images, long seed) {
        String name = name(rules.side());
        String key =
                "generated version=%d side=%d images=%d seed=%d"
                        .formatted(Contours.VERSION, rules.side(), images, seed);
        Cache cache =
                Cache.of(
                        cacheDir,
                        name,
                        key,
                        List::of,
                        writer -> {
                            LOG.info("{}: drawing {} images", name, images);
                            write(writer, new Contours(rules), images, seed);
                        });
        return splits(cache, rules.side(), seed);
    }

    private static String name(int side) {
        return side == 32 ? "pathfinder" : "pathx";
    }

    private static Splits splits(Cache cache, int side, long seed) {
        ImageSet all =
                new ImageSet(
                        shape(side),
                        List.of("apart", "joined"),
                        1,
                        new float[][] {ImageSet.normalized(0.5, 0.5)},
                        cache.section("pixels"),
                        cache.bytes("labels"),
                        null);
        int n = all.size();
        int held = (int) (HELD_OUT * n);
        int[] order = new TorchRandom(seed).randperm(n);
        int[] sizes = {n - 2 * held, n - held};
        Splits splits =
                new Splits(
                        all.select(Arrays.copyOfRange(order, 0, sizes[0])),
                        all.select(Arrays.copyOfRange(order, sizes[0], sizes[1])),
                        all.select(Arrays.copyOfRange(order, sizes[1], n)),
                        false);
        String set = side == 32 ? "Pathfinder" : "Path-X";
        Official.compare(set, "images", splits, 160_000, 20_000, 20_000);
        return splits;
    }

    /** The metadata files in the order of their numbers. */
    private static List<Path> metadata(Path root, int side) {
        String name = "pathfinder" + side;
        Path folder =
                RawFile.first(
                        root,
                        List.of(
                                name,
                                "pathfinder/" + name,
                                "lra_release/" + name,
                                "lra_release/lra_release/" + name),
                        List.of(DIFFICULTY + "/metadata"),
                        "Long Range Arena's " + name + " (data.source=generate does without it)",
                        name(side));
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path file : all) {
                String stem = file.getFileName().toString();
                if (stem.startsWith(".")) {
                    continue; // what some systems put into every folder
                }
                if (!stem.matches("[0-9]{1,9}\\.npy")) {
                    throw new UserError(
                            file + ": is not named NUMBER.npy as Pathfinder's metadata are");
                }
                files.add(file);
            }
        } catch (IOException e) {
            throw RawFile.damaged(folder, e);
        }
        if (files.isEmpty()) {
            throw new UserError(folder + ": the folder is empty; unpack the data set again");
        }
        files.sort(Comparator.comparingInt(Pathfinder::number));
        return files;
    }

    private static int number(Path file) {
        String name = file.getFileName().toString();
        return Integer.parseInt(name.substring(0, name.indexOf('.')));
    }

    private static void write(CacheWriter writer, List<Path> metadata, int side)
            throws IOException {
        List<Sample> samples = new ArrayList<>();
        for (Path file : metadata) {
            read(file, samples);
        }
        if ((int) (HELD_OUT * samples.size()) == 0) {
            throw new UserError(
                    "%s: %d images in all metadata, of which none is left to test; unpack the data set again"
                            .formatted(metadata.getFirst().getParent(), samples.size()));
        }
        write(
                writer,
                samples.size(),
                i -> new Picture(image(samples.get(i), side), samples.get(i).label == 1));
    }

    private static void write(CacheWriter writer, Contours contours, int images, long seed)
            throws IOException {
        write(writer, images, i -> contours.draw(seed, i));
    }

    /** Writes so many images and their labels, made on all cores. */
    private static void write(CacheWriter writer, int size, IntFunction<Picture> make)
            throws IOException {
        writer.begin("pixels");
        Picture[] some = new Picture[AT_ONCE];
        byte[] labels = new byte[size];
        for (int from = 0; from < size; from += AT_ONCE) {
            int start = from;
            int count = Math.min(AT_ONCE, size - start);
            IntStream.range(0, count).parallel().forEach(i -> some[i] = make.apply(start + i));
            for (int i = 0; i < count; i++) {
                writer.append(some[i].pixels(), some[i].pixels().length);
                labels[start + i] = (byte) (some[i].joined() ? 1 : 0);
            }
        }
        writer.section("labels", labels);
    }

    private static byte[] image(Sample sample, int side) {
        if (!Files.isRegularFile(sample.image)) {
            throw new UserError(
                    "%s: there is no file %s; unpack the data set again"
                            .formatted(sample.place, name(sample)));
        }
        return Png.grey(RawFile.bytes(sample.image), name(sample), side);
    }

    private static String name(Sample sample) {
        return RawFile.printable(sample.image.toString());
    }

    /** Appends the samples that a metadata file lists. */
    private static void read(Path file, List<Sample> samples) {
        Path images = file.getParent().getParent(); // the difficulty's folder
        List<String> lines = RawFile.text(RawFile.bytes(file), file.toString()).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).isBlank()) {
                continue;
            }
            String place = "%s line %d".formatted(file, i + 1);
            String[] fields = lines.get(i).strip().split("\\s+", -1);
            if (fields.length < 4) {
                throw new UserError(
                        "%s: %d fields; it should have folder, file, number and label"
                                .formatted(place, fields.length));
            }
            if (!fields[3].matches("[01]")) {
                throw new UserError(
                        "%s: the label \"%s\" is not 0 or 1"
                                .formatted(place, RawFile.shorten(fields[3])));
            }
            Path image;
            try {
                image = images.resolve(fields[0]).resolve(fields[1]).normalize();
            } catch (InvalidPathException e) {
                throw new UserError(place + ": names no file: " + e.getReason(), e);
            }
            samples.add(new Sample(place, image, (byte) (fields[3].charAt(0) - '0')));
        }
    }
}
