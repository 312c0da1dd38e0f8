package s5.data.set;

import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Shape;
import s5.data.cache.Cache;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A split of {@link Pendulum}: a sample has L pictures with grey values in [0, 1], two targets at
 * each, and the time since the picture before in frames of the simulation (the first: 1).
 */
final class PendulumSet implements Dataset {
    static final int TARGETS = 2;

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Shape shape;
    private final Cache.Section images;
    private final Cache.Section targets;
    private final Cache.Section dt;

    PendulumSet(Shape shape, Cache cache, String split) {
        this.shape = shape;
        images = cache.section(split + ".images");
        targets = cache.section(split + ".targets");
        dt = cache.section(split + ".dt");
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
