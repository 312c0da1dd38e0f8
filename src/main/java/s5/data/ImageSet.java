package s5.data;

import s5.data.cache.Cache;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A split whose samples are images, pixel by pixel, row by row. The pixels are kept as bytes in a
 * {@link Cache}: of each image its planes (red, green, blue, or one of grey), one after the other.
 */
public final class ImageSet implements Dataset {
    private final Shape shape; // (pixels, channels)
    private final List<String> classes;
    private final int planes;
    private final float[][] values; // of each channel, what a byte stands for
    private final Cache.Section pixels;
    private final byte[] labels;
    private final int[] images; // which of them this split has; null: all

    /**
     * A split over pixels that are in a cache.
     *
     * @param shape L pixels with as many inputs as they have channels
     * @param classes their names
     * @param planes in an image: as many as the shape has channels, or 3 which are made one of grey
     * @param values by channel and byte: what the model sees
     * @param pixels (images, planes, L), bytes
     * @param labels (images): the class of each
     * @param images which of them the split has, in its order; null for all
     * @throws IllegalArgumentException when the parts do not fit each other
     */
    public ImageSet(
            Shape shape,
            List<String> classes,
            int planes,
            float[][] values,
            Cache.Section pixels,
            byte[] labels,
            int[] images) {
        if (classes.size() != shape.classes()
                || values.length != shape.inputs()
                || (planes != values.length && (planes != 3 || values.length != 1))
                || pixels.size() != (long) labels.length * shape.length() * planes) {
            throw new IllegalArgumentException("the parts of an image set do not fit each other");
        }
        this.shape = shape;
        this.classes = classes;
        this.planes = planes;
        this.values = values;
        this.pixels = pixels;
        this.labels = labels;
        this.images = images;
    }

    /**
     * {@return the split that has only these of the images, in this order}
     *
     * @param images by their places in this split; null for all
     */
    public ImageSet select(int[] images) {
        return new ImageSet(shape, classes, planes, values, pixels, labels, images);
    }

    /**
     * What the official code makes of a byte: torchvision's ToTensor, then Normalize, in float32.
     *
     * @param mean of the byte / 255
     * @param std deviation of the byte / 255
     * @return (256): the number that each byte stands for
     */
    public static float[] normalized(double mean, double std) {
        float[] values = new float[256];
        for (int i = 0; i < 256; i++) {
            values[i] = (i / 255f - (float) mean) / (float) std;
        }
        return values;
    }

    /**
     * Pillow's conversion to grey ("L"), the luma of ITU-R 601-2 in 16 bits of fraction, rounded.
     *
     * @param red 0 to 255
     * @param green 0 to 255
     * @param blue 0 to 255
     * @return 0 to 255
     */
    public static int grey(int red, int green, int blue) {
        return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public List<String> classNames() {
        return classes;
    }

    @Override
    public int size() {
        return images == null ? labels.length : images.length;
    }

    @Override
    public int[] imageOrder() {
        return IntStream.range(0, shape.length()).toArray();
    }

    @Override
    public void read(int i, Batch batch, int row) {
        int image = images == null ? i : images[i];
        int count = shape.length();
        MemorySegment bytes = pixels.slice((long) image * count * planes, (long) count * planes);
        int to = row * count * values.length;
        if (planes == values.length) {
            for (int channel = 0; channel < values.length; channel++) {
                for (int k = 0; k < count; k++) {
                    batch.x[to + k * values.length + channel] =
                            values[channel][at(bytes, channel * count + k)];
                }
            }
        } else {
            for (int k = 0; k < count; k++) {
                int grey = grey(at(bytes, k), at(bytes, count + k), at(bytes, 2 * count + k));
                batch.x[to + k] = values[0][grey];
            }
        }
        batch.lengths[row] = count;
        batch.labels[row] = labels[image];
    }

    private static int at(MemorySegment bytes, int i) {
        return bytes.get(ValueLayout.JAVA_BYTE, i) & 0xff;
    }
}
