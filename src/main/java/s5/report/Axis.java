package s5.report;

import java.util.ArrayList;
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
            case LOG -> new Axis(label, scale, min / 1.3, max * 1.3);
            case SIGNED_LOG -> {
                double room = 0.06 * Math.max(scale.of(max) - scale.of(min), 1);
                yield new Axis(label, scale, less(min, room), -less(-max, room));
            }
            case LINEAR, COUNT -> {
                double least = Math.max(0.05 * Math.abs(max), 0.05);
                double room = max > min ? 0.06 * (max - min) : least;
                yield new Axis(label, scale, min - room, max + room);
            }
        };
    }

    /** The value that stands {@code room} below another on a SIGNED_LOG axis. */
    private static double less(double value, double room) {
        double place = Scale.SIGNED_LOG.of(value) - room;
        return Math.signum(place) * Math.expm1(Math.abs(place));
    }

    /** The place of a value: 0 at {@code min}, 1 at {@code max}. */
    double place(double value) {
        return (scale.of(value) - scale.of(min)) / (scale.of(max) - scale.of(min));
    }

    /** Round values to write at the axis, about so many. */
    List<Tick> ticks(int count) {
        List<Tick> ticks = new ArrayList<>();
        switch (scale) {
            case LINEAR, COUNT -> addEven(ticks, count);
            case LOG -> {
                double decades = Math.log10(max / min);
                if (decades < 1) {
                    addEven(ticks, count);
                    return ticks;
                }
                int every = (int) Math.max(1, Math.ceil(decades / (count + 1)));
                for (int e = -30; e <= Math.log10(max); e++) {
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
                for (double power = 1; power <= Math.max(max, -min); power *= 10) {
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
        double step = step((max - min) / count);
        step = scale == Scale.COUNT ? Math.max(1, step) : step;
        for (double k = Math.ceil(min / step); k * step <= max + 1e-9 * step; k++) {
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
