package s5.data.set;

import s5.UserError;
import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Official;
import s5.data.Shape;
import s5.data.Splits;
import s5.data.format.IdxFile;
import s5.data.format.RawFile;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * MNIST as a sequence of pixels (reference: torchvision's MNIST with ToTensor, and the official S5
 * loader): a pixel's byte / 255, row by row, without further normalization; x is (784, 1), 10
 * classes.
 *
 * <p>The files are the four official ones, each plain or gzipped: {train,t10k}-images-idx3-ubyte
 * and {train,t10k}-labels-idx1-ubyte. Images are kept as bytes (55 MB for all of them).
 */
public final class Mnist implements Dataset {
    private static final int SIDE = 28;
    private static final int PIXELS = SIDE * SIDE;
    private static final int CLASSES = 10;
    static final Shape SHAPE = new Shape(PIXELS, 1, false, false, CLASSES, 1);

    private final byte[] pixels; // (images, 784)
    private final byte[] labels; // (images)
    private final int[] images; // which of them this split has; null: all
    private final int[] positions; // position k shows pixel positions[k]; null: pixel k

    private Mnist(byte[] pixels, byte[] labels, int[] images, int[] positions) {
        this.pixels = pixels;
        this.labels = labels;
        this.images = images;
        this.positions = positions;
    }

    /**
     * Reads the whole set.
     *
     * @param root the folder that holds mnist/ (or torchvision's MNIST/raw/, or the files)
     * @param permuted psMNIST: pixels in the official code's fixed order
     * @param validation the share of the training images to validate on, in [0, 1); officially 0.1,
     *     that is 6,000 images. 0: train on all, and choose the best epoch on the test set
     * @param seed of the split; officially 42. The split is torch's random_split: the first of
     *     {@code randperm(n)} train, the others validate
     * @return training, validation and test split
     * @throws UserError when a file is missing or damaged, or the parts do not fit each other
     */
    public static Splits open(Path root, boolean permuted, double validation, long seed) {
        Path folder = folder(root);
        int[] positions = permuted ? bitReversal(PIXELS) : null;
        Mnist all = read(folder, "train", positions);
        Mnist test = read(folder, "t10k", positions);
        Splits splits = Splits.holdOut(all.size(), validation, seed, all::select, test);
        Official.compare("MNIST", "images", splits, 60_000, 10_000);
        return splits;
    }

    private static Path folder(Path root) {
        List<String> below = List.of("mnist", "MNIST/raw", "");
        for (String name : below) {
            Path folder = root.resolve(name);
            Path dotted = folder.resolve(dotted("train-images-idx3-ubyte"));
            if (Files.exists(dotted) || Files.exists(Path.of(dotted + ".gz"))) {
                return folder;
            }
        }
        return RawFile.folder(root, below, "train-images-idx3-ubyte", "MNIST", "mnist");
    }

    /** As some copies are named: train-images.idx3-ubyte. */
    private static String dotted(String name) {
        return name.replace("-idx", ".idx");
    }

    private static Path find(Path folder, String name, String what) {
        Path dotted = folder.resolve(dotted(name));
        boolean there = Files.exists(dotted) || Files.exists(Path.of(dotted + ".gz"));
        return RawFile.find(folder, there ? dotted(name) : name, what);
    }

    /**
     * Images without labels, in a file of MNIST's format.
     *
     * @throws UserError when it is missing, damaged, or holds something else
     */
    static Mnist images(Path file, boolean permuted) {
        IdxFile images = images(file);
        byte[] labels = new byte[images.sizes[0]];
        return new Mnist(images.values, labels, null, permuted ? bitReversal(PIXELS) : null);
    }

    private static IdxFile images(Path file) {
        IdxFile images = IdxFile.read(file, 3);
        if (images.sizes[1] != SIDE || images.sizes[2] != SIDE) {
            throw new UserError(
                    "%s: images of %d x %d pixels where MNIST has 28 x 28; is it another data set?"
                            .formatted(images.path, images.sizes[1], images.sizes[2]));
        }
        return images;
    }

    private static Mnist read(Path folder, String part, int[] positions) {
        IdxFile images = images(find(folder, part + "-images-idx3-ubyte", "MNIST's images"));
        IdxFile labels =
                IdxFile.read(find(folder, part + "-labels-idx1-ubyte", "MNIST's labels"), 1);
        int[] sizes = images.sizes;
        if (sizes[0] != labels.sizes[0]) {
            throw new UserError(
                    "%s: %d labels for the %d images of %s; download both again"
                            .formatted(
                                    labels.path,
                                    labels.sizes[0],
                                    sizes[0],
                                    images.path.getFileName()));
        }
        byte[] values = labels.values;
        for (int i = 0; i < values.length; i++) {
            if ((values[i] & 0xff) >= CLASSES) {
                throw new UserError(
                        "%s: label %d of image %d is not in 0..9; download it again"
                                .formatted(labels.path, values[i] & 0xff, i));
            }
        }
        return new Mnist(images.values, values, null, positions);
    }

    private Mnist select(int[] images) {
        return new Mnist(pixels, labels, images, positions);
    }

    /**
     * The order of psMNIST in the official code: 0, 1, 2, ... with their bits reversed (in as many
     * bits as n - 1 has), those of n and more left out. Position k of a sample shows pixel {@code
     * bitReversal(784)[k]}. Other papers permute in other ways.
     */
    static int[] bitReversal(int n) {
        int bits = 32 - Integer.numberOfLeadingZeros(n - 1);
        int[] order = new int[n];
        int k = 0;
        for (long i = 0; i < 1L << bits; i++) {
            int reversed = Integer.reverse((int) i) >>> (32 - bits);
            if (reversed < n) {
                order[k++] = reversed;
            }
        }
        return order;
    }

    @Override
    public Shape shape() {
        return SHAPE;
    }

    @Override
    public int size() {
        return images == null ? labels.length : images.length;
    }

    @Override
    public int[] imageOrder() {
        return positions == null ? IntStream.range(0, PIXELS).toArray() : positions.clone();
    }

    @Override
    public void read(int i, Batch batch, int row) {
        int image = images == null ? i : images[i];
        int from = image * PIXELS;
        int to = row * PIXELS;
        for (int k = 0; k < PIXELS; k++) {
            int pixel = positions == null ? k : positions[k];
            batch.x[to + k] = (pixels[from + pixel] & 0xff) / 255f;
        }
        batch.lengths[row] = PIXELS;
        batch.labels[row] = labels[image];
    }
}
