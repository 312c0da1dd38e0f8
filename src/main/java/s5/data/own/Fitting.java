package s5.data.own;

import s5.UserError;
import s5.config.Messages;
import s5.data.own.OwnKeys.Scale;
import s5.data.own.OwnKeys.Times;
import s5.data.own.Preparation.Column;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Fits scaling, length and time step to the training part. */
final class Fitting {
    /**
     * Numbers of a column, or time steps, that quantiles are computed from; of more, every n-th.
     */
    private static final int MOST = 1 << 20;

    private final Sequences sequences;
    private final Sequences.Source rows;
    private final int[] training;
    private final List<String> notes;
    private Double unread; // see Preparation; of the last call of step

    /**
     * @param training the sequences of the training part
     * @param notes gets what people should know
     */
    Fitting(Sequences sequences, Sequences.Source rows, int[] training, List<String> notes) {
        this.sequences = sequences;
        this.rows = rows;
        this.training = training;
        this.notes = notes;
    }

    /** L: as set, or the longest of the training part. */
    int length(int set) {
        return set > 0 ? set : Arrays.stream(training).map(sequences::length).max().orElseThrow();
    }

    /** What is known of a column when all has been read once. */
    private static final class Moments {
        long count;
        double mean;
        double squares; // sum of squared distances from the mean
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;

        void add(double value) {
            if (!Double.isNaN(value)) {
                count++;
                double distance = value - mean;
                mean += distance / count;
                squares += distance * (value - mean);
                least = Math.min(least, value);
                most = Math.max(most, value);
            }
        }

        double deviation() {
            return Math.sqrt(squares / count);
        }
    }

    /**
     * The inputs' scaling.
     *
     * @param names of the columns
     * @param length L: what is cut off does not count
     * @throws UserError when a column has no value
     */
    List<Column> inputs(List<String> names, Scale scale, int length) {
        int columns = names.size();
        Moments[] moments = moments(columns);
        Sample[] samples = new Sample[scale == Scale.ROBUST ? columns : 0];
        Arrays.setAll(samples, c -> new Sample());
        for (int i : training) {
            double[] values = sequences.inputs(sequences.rows(rows, i, length));
            for (int k = 0; k < values.length; k++) {
                moments[k % columns].add(values[k]);
                if (scale == Scale.ROBUST) {
                    samples[k % columns].add(values[k]);
                }
            }
        }
        List<Column> scaled = new ArrayList<>();
        for (int c = 0; c < columns; c++) {
            Moments m = moments[c];
            if (m.count == 0) {
                throw new UserError(
                        "data: column %s has no value in the training part; leave it out"
                                .formatted(Messages.quoted(names.get(c))));
            }
            if (m.least == m.most && scale != Scale.NONE) {
                notes.add(
                        "column %s is %s all over the training part"
                                .formatted(Messages.quoted(names.get(c)), m.least));
            }
            scaled.add(
                    switch (scale) {
                        case STANDARD -> column(names.get(c), m.mean, m.deviation(), m);
                        case MINMAX -> column(names.get(c), m.least, m.most - m.least, m);
                        case ROBUST -> {
                            double[] q = samples[c].quartiles();
                            // Half of the values may be the same one.
                            double spread = q[2] > q[0] ? q[2] - q[0] : m.deviation();
                            yield column(names.get(c), q[1], spread, m);
                        }
                        case NONE -> new Column(names.get(c), 0, 1);
                    });
        }
        return scaled;
    }

    /** A constant column becomes zeros. */
    private static Column column(String name, double center, double scale, Moments m) {
        boolean constant = m.least == m.most;
        if (!constant && !Double.isFinite(center + scale)) {
            throw new UserError(
                    "data: column %s has numbers from %s to %s, too far apart to be scaled"
                            .formatted(Messages.quoted(name), m.least, m.most));
        }
        double divisor = constant || !(scale > 0) ? 1 : scale;
        return new Column(name, constant ? m.least : center, divisor);
    }

    private static Moments[] moments(int columns) {
        Moments[] moments = new Moments[columns];
        Arrays.setAll(moments, c -> new Moments());
        return moments;
    }

    /**
     * The scaling of the numbers to be told: mean and deviation.
     *
     * @param names of the targets
     * @param whole those of each sequence; null where positions have them
     */
    List<Column> targets(List<String> names, List<double[]> whole) {
        int columns = names.size();
        Moments[] moments = moments(columns);
        for (int i : training) {
            double[] values =
                    sequences.layout().answers() > 0
                            ? sequences.answers(sequences.rows(rows, i, Integer.MAX_VALUE))
                            : whole.get(i);
            for (int k = 0; k < values.length; k++) {
                moments[k % columns].add(values[k]);
            }
        }
        List<Column> scaled = new ArrayList<>();
        for (int c = 0; c < columns; c++) {
            Moments m = moments[c];
            if (m.count == 0) {
                throw new UserError(
                        "data: target %s has no value in the training part"
                                .formatted(Messages.quoted(names.get(c))));
            }
            scaled.add(column(names.get(c), m.mean, m.deviation(), m));
        }
        return scaled;
    }

    /**
     * The time that is one step of the model: the median; 0 where times are not to be used.
     *
     * @param times whether they are
     */
    double step(Times times) {
        unread = null;
        if (!sequences.layout().timed()) {
            unread = Preparation.NO_TIMES;
            if (times == Times.USE) {
                throw new UserError("data.times: use, but the sequences have no times");
            }
            return 0;
        }
        if (times == Times.IGNORE) {
            unread = Preparation.ANY_TIMES;
            return 0;
        }
        Sample steps = new Sample();
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        boolean[] trains = new boolean[sequences.size()];
        for (int i : training) {
            trains[i] = true;
        }
        for (int i = 0; i < trains.length; i++) {
            double[] t = sequences.times(sequences.rows(rows, i, Integer.MAX_VALUE));
            for (int k = 1; k < t.length; k++) {
                double step = t[k] - t[k - 1];
                if (trains[i]) {
                    steps.add(step);
                }
                least = Math.min(least, step);
                most = Math.max(most, step);
            }
        }
        if (steps.count == 0) {
            return times == Times.USE ? 1 : 0;
        }
        double median = steps.quartiles()[1];
        if (times == Times.AUTO && most - least <= Preparation.EQUAL * median) {
            unread = median;
            notes.add("all time steps are %s, so that times are not used".formatted(median));
            return 0;
        }
        return median;
    }

    /** What times are like that {@link #step} has found not to be used. */
    Double unread() {
        return unread;
    }

    /** Every n-th of some numbers, n such that they fit. */
    private static final class Sample {
        double[] kept = new double[1024];
        int count;
        long seen;
        long every = 1;

        void add(double value) {
            if (Double.isNaN(value) || seen++ % every != 0) {
                return;
            }
            if (count == kept.length) {
                if (count < MOST) {
                    kept = Arrays.copyOf(kept, 2 * count);
                } else {
                    count /= 2;
                    for (int i = 0; i < count; i++) {
                        kept[i] = kept[2 * i];
                    }
                    every *= 2;
                }
            }
            kept[count++] = value;
        }

        /** Lower quartile, median, upper quartile, interpolated. */
        double[] quartiles() {
            double[] sorted = Arrays.copyOf(kept, count);
            Arrays.sort(sorted);
            double[] q = new double[3];
            for (int i = 0; i < 3; i++) {
                double at = (i + 1) * 0.25 * (count - 1);
                int below = (int) at;
                int above = Math.min(below + 1, count - 1);
                q[i] = sorted[below] + (at - below) * (sorted[above] - sorted[below]);
            }
            return q;
        }
    }
}
