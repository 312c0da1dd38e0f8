package s5.data;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
    private static final Logger LOG = LoggerFactory.getLogger(Pendulum.class);

    private static final int TARGETS = 2;
    private static final List<String> SPLITS = List.of("train", "val", "test");

    /** Samples simulated and written at once. */
    private static final int CHUNK = 256;

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Shape shape;
    private final MemorySegment images;
    private final MemorySegment targets;
    private final MemorySegment dt;

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
            return "pendulum 1, seed %d, %d sequences, %d of %d frames"
                    .formatted(seed, sequences, kept, frames);
        }

        String file() {
            return "pendulum-%d-%d-%d-of-%d.s5cache".formatted(seed, sequences, kept, frames);
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
        Path file = cacheDir.resolve(settings.file());
        Cache cache =
                Cache.open(file, settings.key())
                        .orElseGet(() -> {
                            LOG.info("Pendulum: simulating into {}", file);
                            return Cache.write(
                                    file, settings.key(), writer -> write(writer, settings));
                        });
        Shape shape = shape(settings.kept());
        List<Pendulum> sets =
                SPLITS.stream().map(name -> new Pendulum(shape, cache, name)).toList();
        return new Splits(sets.get(0), sets.get(1), sets.get(2), false);
    }

    private static void write(Cache.Writer writer, Settings settings) throws IOException {
        for (int split = 0; split < SPLITS.size(); split++) {
            int size = settings.size(split);
            int length = settings.kept();
            MemorySegment targets = floats((long) size * length * TARGETS);
            MemorySegment dt = floats((long) size * length);
            writer.begin(SPLITS.get(split) + ".images");
            for (int from = 0; from < size; from += CHUNK) {
                int first = from;
                int count = Math.min(CHUNK, size - from);
                byte[] images = new byte[count * length * PendulumImage.PIXELS];
                int group = split;
                IntStream.range(0, count)
                        .parallel()
                        .forEach(i -> {
                            Simulated one = simulate(settings, group, first + i, images, i);
                            put(targets, (first + i) * length * TARGETS, one.targets);
                            put(dt, (first + i) * length, one.dt);
                        });
                writer.append(MemorySegment.ofArray(images));
            }
            writer.begin(SPLITS.get(split) + ".targets");
            writer.append(targets);
            writer.begin(SPLITS.get(split) + ".dt");
            writer.append(dt);
        }
    }

    private static MemorySegment floats(long count) {
        return MemorySegment.ofArray(new byte[Math.toIntExact(count * Float.BYTES)]);
    }

    private static void put(MemorySegment to, int at, float[] values) {
        for (int i = 0; i < values.length; i++) {
            to.setAtIndex(FLOAT, at + i, values[i]);
        }
    }

    private record Simulated(float[] targets, float[] dt) {}

    /** One sample; its pictures go to {@code images}, as the {@code slot}-th there. */
    private static Simulated simulate(
            Settings settings, int split, int index, byte[] images, int slot) {
        int length = settings.kept();
        // A generator for each pendulum, so that any number of threads gives the same ones. Splits
        // lie so far apart that no seed is used twice.
        long seed =
                Long.hashCode(settings.seed() * 0x9e3779b97f4a7c15L) + split * 0x40000000L + index;
        PendulumSimulation simulation = new PendulumSimulation(seed, settings.frames());
        double[] angles = simulation.angles();
        double[] clearness = simulation.clearness();
        int[] kept = simulation.keep(length);
        float[] targets = new float[length * TARGETS];
        float[] dt = new float[length];
        for (int k = 0; k < length; k++) {
            double angle = angles[kept[k]];
            targets[k * TARGETS] = (float) Math.sin(angle);
            targets[k * TARGETS + 1] = (float) Math.cos(angle);
            dt[k] = k == 0 ? 1 : kept[k] - kept[k - 1];
            int at = (slot * length + k) * PendulumImage.PIXELS;
            simulation.picture(angle, clearness[kept[k]], images, at);
        }
        return new Simulated(targets, dt);
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public int size() {
        return (int) (dt.byteSize() / Float.BYTES / shape.length());
    }

    @Override
    public void read(int i, Batch batch, int row) {
        int length = shape.length();
        int pixels = length * shape.inputs();
        long from = (long) i * pixels;
        for (int k = 0; k < pixels; k++) {
            int grey = images.get(ValueLayout.JAVA_BYTE, from + k) & 0xff;
            batch.x[row * pixels + k] = grey / 255f;
        }
        int numbers = length * TARGETS;
        copy(targets, i * numbers, batch.targets, row * numbers, numbers);
        copy(dt, i * length, batch.dt, row * length, length);
        batch.lengths[row] = length;
    }

    private static void copy(MemorySegment from, int first, float[] to, int at, int count) {
        for (int k = 0; k < count; k++) {
            to[at + k] = from.getAtIndex(FLOAT, first + k);
        }
    }
}
