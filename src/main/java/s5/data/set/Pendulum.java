package s5.data.set;

import s5.config.Check;
import s5.config.Key;
import s5.data.DataSource;
import s5.data.Place;
import s5.data.Shape;
import s5.data.Splits;
import s5.data.cache.Cache;
import s5.data.cache.CacheWriter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Pendulum regression: pictures of a swinging pendulum at irregular times, in noise that hides it
 * now and then; the sine and cosine of its angle are to be told at each picture. Simulated by
 * {@code PendulumSimulation} into a cache.
 *
 * <p>A sample has L pictures of 24 by 24; see {@code PendulumSet}.
 */
public final class Pendulum implements DataSource<Pendulum.Settings> {
    /** For {@link java.util.ServiceLoader}. */
    public Pendulum() {}

    private static final int TARGETS = PendulumSet.TARGETS;
    private static final List<String> SPLITS = List.of("train", "val", "test");

    /** Part of the cache's key: raise it when the same settings give other pendulums. */
    private static final int VERSION = 1;

    /** Samples simulated and written at once. */
    private static final int AT_ONCE = 256;

    /** What arrays can hold of a set. */
    private static final int MOST_POSITIONS = 1 << 27;

    /** The set's own keys: what is simulated. */
    record Settings(
            @Key(
                            value =
                                    "pendulums simulated to train on, from data.seed, into the"
                                            + " cache; validation and test have half as many each;"
                                            + " 2 to 1000000",
                            unset = "2000")
                    int sequences,
            @Key(value = "frames of a simulation, 0.01 seconds apart; 1 to 10000", unset = "100")
                    int frames,
            @Key(
                            value = "L, frames of them that are kept, drawn at random; 1 to frames",
                            unset = "50")
                    int kept) {
        /**
         * @throws s5.UserError when a value is out of range or two contradict each other
         */
        Settings {
            Check.within("data.sequences", sequences, 2, 1_000_000);
            Check.within("data.frames", frames, 1, 10_000);
            Check.within("data.kept", kept, 1, 10_000);
            Check.that(
                    kept <= frames,
                    "data.kept",
                    "%d is more than data.frames %d".formatted(kept, frames));
            Check.that(
                    (long) sequences * kept <= MOST_POSITIONS,
                    "data.sequences",
                    "%d sequences of data.kept %d frames are more than %d frames"
                            .formatted(sequences, kept, MOST_POSITIONS));
        }

        int size(int split) {
            return split == 0 ? sequences : sequences / 2;
        }

        /** All of it as one line: equal lines mean equal data. */
        String key(long seed) {
            return "version=%d seed=%d sequences=%d frames=%d kept=%d"
                    .formatted(VERSION, seed, sequences, frames, kept);
        }
    }

    @Override
    public String name() {
        return "pendulum";
    }

    @Override
    public String title() {
        return "noisy pictures of a pendulum at irregular times, simulated; its angle is to be"
                + " told";
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
    public boolean timed(Settings settings) {
        return true;
    }

    @Override
    public void checkBatch(Settings settings, int batch) {
        Check.batch(batch, "data.sequences", settings.sequences());
    }

    @Override
    public Shape shape(Settings settings, Place place) {
        return shape(settings.kept());
    }

    @Override
    public Splits open(Settings settings, Place place, long seed) {
        return generate(place.cache(), settings, seed);
    }

    @Override
    public String notPublished() {
        return "is generated when it is used; there is no download";
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
    static Splits generate(Path cacheDir, Settings settings, long seed) {
        Cache cache =
                Cache.of(
                        cacheDir,
                        "pendulum",
                        settings.key(seed),
                        List::of,
                        writer -> write(writer, settings, seed));
        Shape shape = shape(settings.kept());
        List<PendulumSet> sets =
                SPLITS.stream().map(name -> new PendulumSet(shape, cache, name)).toList();
        return new Splits(sets.get(0), sets.get(1), sets.get(2), false);
    }

    @SuppressWarnings("ByteBufferBackingArray") // floats() allocates them
    private static void write(CacheWriter writer, Settings settings, long seed) throws IOException {
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
                                images[i] =
                                        simulate(settings, seed, number, first + i, targets, dt));
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
            Settings settings, long seed, int split, int index, ByteBuffer targets, ByteBuffer dt) {
        // A generator for each pendulum, so that any number of threads gives the same ones. Splits
        // lie so far apart that no seed is used twice.
        long own = Long.hashCode(seed * 0x9e3779b97f4a7c15L) + split * 0x40000000L + index;
        PendulumSimulation simulation = new PendulumSimulation(own, settings.frames());
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
}
