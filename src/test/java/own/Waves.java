package own;

import s5.config.Check;
import s5.config.Key;
import s5.data.Batch;
import s5.data.DataSource;
import s5.data.Dataset;
import s5.data.Place;
import s5.data.Shape;
import s5.data.Splits;

import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A data set of a user's own: two channels, the same wave or two different ones; which of three
 * delays lies between them is the class.
 */
public final class Waves implements DataSource<Waves.Settings> {
    /** Keys that only this set has. */
    public record Settings(
            @Key(value = "positions of a wave; 4 to 1000", unset = "16") int positions,
            @Key(value = "waves to train on; 1 to 100000", derived = "four times positions")
                    int count,
            @Key(value = "what the waves are", unset = "sine") Form form) {
        public Settings {
            Check.within("data.positions", positions, 4, 1000);
            Check.within("data.count", count, 1, 100_000);
        }
    }

    /** See {@link Settings#form}. */
    public enum Form {
        SINE,
        SQUARE
    }

    @Override
    public String name() {
        return "waves";
    }

    @Override
    public String title() {
        return "two waves of which one lags behind";
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public Map<String, String> derived(Map<String, String> given) {
        String positions = given.getOrDefault("positions", "16");
        return positions.matches("[0-9]{1,4}")
                ? Map.of("count", "" + 4 * Integer.parseInt(positions))
                : Map.of("count", "64");
    }

    @Override
    public void checkBatch(Settings settings, int batch) {
        Check.batch(batch, "data.count", settings.count());
    }

    @Override
    public Shape shape(Settings settings, Place place) {
        return new Shape(settings.positions(), 2, false, false, 3, 1);
    }

    @Override
    public Splits open(Settings settings, Place place, long seed) {
        Shape shape = shape(settings, place);
        return new Splits(
                new Split(shape, settings.form(), settings.count(), seed),
                new Split(shape, settings.form(), 12, seed + 1),
                new Split(shape, settings.form(), 15, seed + 2),
                false);
    }

    private record Split(Shape shape, Form form, int size, long seed) implements Dataset {
        @Override
        public List<String> classNames() {
            return List.of("none", "short", "long");
        }

        @Override
        public void read(int i, Batch batch, int row) {
            Random random = new Random(31 * seed + i);
            double phase = random.nextDouble() * 2 * Math.PI;
            int label = i % 3;
            for (int k = 0; k < shape.length(); k++) {
                int at = 2 * (row * shape.length() + k);
                batch.x[at] = value(0.5 * k + phase);
                batch.x[at + 1] = value(0.5 * k + phase - label);
            }
            batch.lengths[row] = shape.length();
            batch.labels[row] = label;
        }

        private float value(double angle) {
            double sine = Math.sin(angle);
            return (float) (form == Form.SINE ? sine : Math.signum(sine));
        }
    }
}
