package s5.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One axis of a figure: from values to places between 0 and 1.
 *
 * @param label what is measured
 * @param scale how values are spread
 * @param min least value shown
 * @param max largest value shown; more than {@code min}
 */
record Axis(String label, Scale scale, double min, double max) {

    /** How values are spread over an axis. */
    enum Scale {
        LINEAR {
            @Override
            double of(double value) {
                return value;
            }
        },
        /** As LINEAR, with whole numbers at the axis. */
        COUNT {
            @Override
            double of(double value) {
                return value;
            }
        },
        /** For values above 0. */
        LOG {
            @Override
            double of(double value) {
                return Math.log10(value);
            }
        },
        /** Logarithmic far from 0, linear near it, for values of both signs. */
        SIGNED_LOG {
            @Override
            double of(double value) {
                return Math.signum(value) * Math.log1p(Math.abs(value));
            }
        };

        abstract double of(double value);
    }

    /** Values closer together than this share of their size count as equal. */
    private static final double FINEST = 1e-9;

    /** As do those closer than this: even smaller numbers have but few digits. */
    private static final double SMALLEST = 1e-300;

    /** A LOG axis that begins below SMALLEST ends here at least. */
    private static final double FIRST = 1e-290;

    /** Most powers of ten that are written on one side of a SIGNED_LOG axis. */
    private static final int DECADES = 12;

    /** A value written at the axis. */
    record Tick(double value, String text) {}

    /**
     * An axis that shows all of these values, with a little room; those that are no numbers are
     * left out.
     */
    static Axis around(String label, Scale scale, double... values) {
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (double v : values) {
            if (Double.isFinite(v) && (scale != Scale.LOG || v > 0)) {
                min = Math.min(min, v);
                max = Math.max(max, v);
            }
        }
        if (min > max) {
            return new Axis(label, scale, scale == Scale.LOG ? 0.1 : 0, 1);
        }
        return switch (scale) {
            case LOG -> {
                double least = Math.max(min / 1.3, Double.MIN_VALUE);
                double most = max * 1.3;
                yield finite(label, scale, least, least < SMALLEST ? Math.max(most, FIRST) : most);
            }
            case SIGNED_LOG -> {
                double room = 0.06 * Math.max(scale.of(max) - scale.of(min), 1);
                yield finite(label, scale, less(min, room), -less(-max, room));
            }
            case LINEAR, COUNT -> {
                double size = Math.max(Math.abs(min), Math.abs(max));
                boolean apart = max / 2 - min / 2 > Math.max(FINEST * size, SMALLEST);
                double least = Math.max(0.05 * Math.abs(max), 0.05);
                double room = apart ? 0.12 * (max / 2 - min / 2) : least;
                yield finite(label, scale, min - room, max + room);
            }
        };
    }

    /** An axis that begins at 0, for amounts; those that are no numbers are left out. */
    static Axis fromZero(String label, Scale scale, double... values) {
        double[] finite = Arrays.stream(values).filter(Double::isFinite).toArray();
        double max = Arrays.stream(finite).max().orElse(1);
        return Arrays.stream(finite).anyMatch(v -> v < 0)
                ? around(label, scale, values)
                : finite(label, scale, 0, max < SMALLEST ? 1 : max * 1.06);
    }

    /** An axis whose ends are numbers, though room was added to the largest that there are. */
    private static Axis finite(String label, Scale scale, double min, double max) {
        double least = Math.max(min, -Double.MAX_VALUE);
        double most = Math.min(max, Double.MAX_VALUE);
        return new Axis(label, scale, least, most);
    }

    /** The value that stands {@code room} below another on a SIGNED_LOG axis. */
    private static double less(double value, double room) {
        double place = Scale.SIGNED_LOG.of(value) - room;
        return Math.signum(place) * Math.expm1(Math.abs(place));
    }

    /** The place of a value: 0 at {@code min}, 1 at {@code max}. */
    double place(double value) {
        // Of halves: the difference of two numbers may be too large for one.
        double from = scale.of(min) / 2;
        return (scale.of(value) / 2 - from) / (scale.of(max) / 2 - from);
    }

    /** Round values to write at the axis, about so many. */
    List<Tick> ticks(int count) {
        List<Tick> ticks = new ArrayList<>();
        switch (scale) {
            case LINEAR, COUNT -> addEven(ticks, count);
            case LOG -> {
                double decades = Math.log10(max) - Math.log10(min);
                if (decades < 1) {
                    addEven(ticks, count);
                    return ticks;
                }
                int every = (int) Math.max(1, Math.ceil(decades / (count + 1)));
                for (int e = (int) Math.floor(Math.log10(min)); e <= Math.log10(max); e++) {
                    double power = Math.pow(10, e);
                    if (Math.floorMod(e, every) == 0) {
                        add(ticks, power);
                    }
                    if (decades < 2) {
                        add(ticks, 2 * power);
                        add(ticks, 5 * power);
                    }
                }
            }
            case SIGNED_LOG -> {
                add(ticks, 0);
                double most = Math.max(max, -min);
                double every = Math.pow(10, Math.max(1, Math.ceil(Math.log10(most) / DECADES)));
                for (double power = 1; power <= most; power *= every) {
                    add(ticks, power);
                    add(ticks, -power);
                }
                if (ticks.size() < 3) { // all within a decade
                    ticks.clear();
                    addEven(ticks, count);
                }
            }
        }
        return ticks;
    }

    private void addEven(List<Tick> ticks, int count) {
        double step = step(max / count - min / count);
        step = scale == Scale.COUNT ? Math.max(1, step) : step;
        double last = Math.min(max + 1e-9 * step, Double.MAX_VALUE); // or it never ends
        for (double k = Math.ceil(min / step); k * step <= last; k++) {
            ticks.add(new Tick(k * step, text(k * step, step)));
        }
    }

    private void add(List<Tick> ticks, double value) {
        if (value >= min && value <= max) {
            ticks.add(new Tick(value, text(value, Math.abs(value))));
        }
    }

    /** The least of 1, 2 and 5 times the powers of ten that is not below {@code least}. */
    static double step(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        for (double factor : new double[] {1, 2, 5}) {
            if (factor * power >= least * (1 - 1e-9)) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    /** A value with as many digits as tell it from its neighbours, {@code step} away. */
    static String text(double value, double step) {
        if (value == 0 || Math.abs(value) < 1e-9 * step) {
            return "0";
        }
        double size = Math.abs(value);
        if (size >= 1e6 || (step < 9.99e-4 && size < 99 * step)) {
            String text = String.format(Locale.ROOT, "%.1e", value);
            return text.replace(".0e", "e").replaceAll("e([+-])0*", "e$1").replace("e+", "e");
        }
        if (size >= 10_000 && step >= 1000) {
            return String.format(Locale.ROOT, "%.0fk", value / 1000);
        }
        int digits = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
}
