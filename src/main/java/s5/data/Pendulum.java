package s5.data;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Pendulum regression: pictures of a swinging pendulum at irregular times, in noise that hides it
 * now and then; the sine and cosine of its angle are to be told at each picture. Simulated by
 * {@link PendulumSimulation} into a cache.
 *
 * <p>A sample has L pictures of 24 by 24 with grey values in [0, 1], two targets at each, and the
 * time since the picture before in frames of the simulation (the first: 1).
 */
final class Pendulum implements Dataset {
    private static final int TARGETS = 2;
    private static final List<String> SPLITS = List.of("train", "val", "test");

    /** Part of the cache's key: raise it when the same settings give other pendulums. */
    private static final int VERSION = 1;

    /** Samples simulated and written at once. */
    private static final int AT_ONCE = 256;

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Shape shape;
    private final Cache.Section images;
    private final Cache.Section targets;
    private final Cache.Section dt;

    /**
     * What is simulated.
     *
     * @param sequences of the training set; validation and test have half as many each
     * @param frames of a simulation
     * @param kept frames of them that are kept, at random; L
     */
    record Settings(int sequences, int frames, int kept, long seed) {
        int size(int split) {
            return split == 0 ? sequences : sequences / 2;
        }

        String key() {
            return "version=%d seed=%d sequences=%d frames=%d kept=%d"
                    .formatted(VERSION, seed, sequences, frames, kept);
        }
    }

    private Pendulum(Shape shape, Cache cache, String split) {
        this.shape = shape;
        images = cache.section(split + ".images");
        targets = cache.section(split + ".targets");
        dt = cache.section(split + ".dt");
    }

    static Shape shape(int kept) {
        return Shape.ofImages(kept, PendulumImage.SIDE, TARGETS);
    }

    /**
     * Simulates the pendulums, or opens them from the cache when the same settings have been
     * simulated before.
     *
     * @param cacheDir the folder of the cache; made when missing
     * @throws s5.UserError when the cache cannot be written
     */
    static Splits generate(Path cacheDir, Settings settings) {
        Cache cache =
                Cache.of(
                        cacheDir,
                        "pendulum",
                        settings.key(),
                        List::of,
                        writer -> write(writer, settings));
        Shape shape = shape(settings.kept());
        List<Pendulum> sets =
                SPLITS.stream().map(name -> new Pendulum(shape, cache, name)).toList();
        return new Splits(sets.get(0), sets.get(1), sets.get(2), false);
    }

    @SuppressWarnings("ByteBufferBackingArray") // floats() allocates them
    private static void write(CacheWriter writer, Settings settings) throws IOException {
        for (int split = 0; split < SPLITS.size(); split++) {
            int number = split;
            int size = settings.size(split);
            int length = settings.kept();
            ByteBuffer targets = floats((long) size * length * TARGETS);
            ByteBuffer dt = floats((long) size * length);
            byte[][] images = new byte[AT_ONCE][];
            writer.begin(SPLITS.get(split) + ".images");
            for (int from = 0; from < size; from += AT_ONCE) {
                int first = from;
                int count = Math.min(AT_ONCE, size - from);
                IntStream.range(0, count)
                        .parallel()
                        .forEach(i ->
                                images[i] = simulate(settings, number, first + i, targets, dt));
                for (int i = 0; i < count; i++) {
                    writer.append(images[i], images[i].length);
                }
            }
            writer.section(SPLITS.get(split) + ".targets", targets.array());
            writer.section(SPLITS.get(split) + ".dt", dt.array());
        }
    }

    private static ByteBuffer floats(long count) {
        return ByteBuffer.allocate(Math.toIntExact(count * Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** One sample: its pictures; targets and time steps go to their places. */
    private static byte[] simulate(
            Settings settings, int split, int index, ByteBuffer targets, ByteBuffer dt) {
        // A generator for each pendulum, so that any number of threads gives the same ones. Splits
        // lie so far apart that no seed is used twice.
        long seed =
                Long.hashCode(settings.seed() * 0x9e3779b97f4a7c15L) + split * 0x40000000L + index;
        PendulumSimulation simulation = new PendulumSimulation(seed, settings.frames());
        double[] angles = simulation.angles();
        double[] clearness = simulation.clearness();
        int length = settings.kept();
        int[] kept = simulation.keep(length);
        byte[] images = new byte[length * PendulumImage.PIXELS];
        for (int k = 0; k < length; k++) {
            double angle = angles[kept[k]];
            int at = (index * length + k) * Float.BYTES;
            targets.putFloat(TARGETS * at, (float) Math.sin(angle));
            targets.putFloat(TARGETS * at + Float.BYTES, (float) Math.cos(angle));
            dt.putFloat(at, k == 0 ? 1 : kept[k] - kept[k - 1]);
            simulation.picture(angle, clearness[kept[k]], images, k * PendulumImage.PIXELS);
        }
        return images;
    }

    @Override
    public List<String> targetNames() {
        return List.of("sine of the angle", "cosine of the angle");
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public int size() {
        return (int) (dt.size() / Float.BYTES / shape.length());
    }

    @Override
    public void read(int i, Batch batch, int row) {
        int length = shape.length();
        int pixels = length * shape.inputs();
        MemorySegment grey = images.slice((long) i * pixels, pixels);
        for (int k = 0; k < pixels; k++) {
            batch.x[row * pixels + k] = (grey.get(ValueLayout.JAVA_BYTE, k) & 0xff) / 255f;
        }
        copy(targets, i, batch.targets, row, TARGETS * length);
        copy(dt, i, batch.dt, row, length);
        batch.lengths[row] = length;
    }

    /** Copies sample {@code i}, of {@code count} floats, to row {@code row}. */
    private static void copy(Cache.Section from, int i, float[] to, int row, int count) {
        MemorySegment values =
                from.slice((long) i * count * Float.BYTES, (long) count * Float.BYTES);
        for (int k = 0; k < count; k++) {
            to[row * count + k] = values.getAtIndex(FLOAT, k);
        }
    }
}
