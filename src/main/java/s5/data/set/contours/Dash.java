package s5.data.set.contours;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A dash that starts in the middle of a square: what it paints and what it keeps others from, each
 * (2 reach + 1) x (2 reach + 1) values from 0 to 1.
 */
record Dash(int reach, float[] ink, float[] block) {
    /** Dashes and marks are drawn so many times as large, then made smaller. */
    static final int FINE = 2;

    /** Makes the dashes of one margin. */
    static final class Maker {
        private final ContourRules rules;
        private final int margin;
        private final int reach;
        private final Shrink shrink;
        private final Map<Double, Dash> made = new ConcurrentHashMap<>();

        Maker(ContourRules rules, int margin) {
            this.rules = rules;
            this.margin = margin;
            reach = rules.dash() + (int) Math.ceil(rules.thickness()) + margin;
            shrink = new Shrink(2 * FINE * reach + 1, 2 * reach + 1);
        }

        /**
         * Angles come from whole degrees and from the pixels of a small circle, so they are few.
         *
         * @param angle in radians; 0 points to the right, a quarter turn down
         */
        Dash dash(double angle) {
            return made.computeIfAbsent(angle, this::make);
        }

        private Dash make(double angle) {
            int n = 2 * FINE * reach + 1;
            int start = FINE * reach;
            int endY = Drawing.moved(start, Math.sin(angle), FINE * rules.dash());
            int endX = Drawing.moved(start, Math.cos(angle), FINE * rules.dash());
            double half = Math.rint(FINE * rules.thickness()) / 2;
            int grow = FINE * margin;
            boolean[] line = new boolean[n * n];
            boolean[] near = new boolean[n * n];
            for (int y = 0; y < n; y++) {
                for (int x = 0; x < n; x++) {
                    if (distance(y - start, x - start, endY - start, endX - start) <= half) {
                        line[y * n + x] = true;
                        disc(near, n, y, x, grow);
                    }
                }
            }
            return new Dash(reach, shrink.apply(line), shrink.apply(near));
        }

        /** From the point (y, x) to the segment that joins the origin with (toY, toX). */
        private static double distance(int y, int x, int toY, int toX) {
            int square = toY * toY + toX * toX;
            double along = square == 0 ? 0 : (double) (y * toY + x * toX) / square;
            along = Math.max(0, Math.min(1, along));
            return Math.hypot(y - along * toY, x - along * toX);
        }
    }

    /** Sets all pixels of a picture (n x n) that are no farther from (y, x) than the radius. */
    static void disc(boolean[] set, int n, int y, int x, double radius) {
        int r = (int) radius;
        for (int dy = Math.max(-r, -y); dy <= Math.min(r, n - 1 - y); dy++) {
            for (int dx = Math.max(-r, -x); dx <= Math.min(r, n - 1 - x); dx++) {
                if (dy * dy + dx * dx <= radius * radius) {
                    set[(y + dy) * n + x + dx] = true;
                }
            }
        }
    }

    /** Lays values (2 reach + 1 squared) around (y, x) over a picture (n x n); the larger stays. */
    void over(float[] picture, int n, int y, int x, float[] values, float factor) {
        for (int dy = Math.max(-reach, -y); dy <= Math.min(reach, n - 1 - y); dy++) {
            for (int dx = Math.max(-reach, -x); dx <= Math.min(reach, n - 1 - x); dx++) {
                int at = (y + dy) * n + x + dx;
                float value = factor * values[(dy + reach) * (2 * reach + 1) + dx + reach];
                picture[at] = Math.max(picture[at], value);
            }
        }
    }

    /** Whether this dash around (y, x) lies on nothing in a picture (n x n) above the limit. */
    boolean fits(float[] mask, int n, int y, int x, float limit) {
        for (int dy = Math.max(-reach, -y); dy <= Math.min(reach, n - 1 - y); dy++) {
            for (int dx = Math.max(-reach, -x); dx <= Math.min(reach, n - 1 - x); dx++) {
                boolean solid = block[(dy + reach) * (2 * reach + 1) + dx + reach] >= 1;
                if (solid && mask[(y + dy) * n + x + dx] > limit) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The largest sum of a picture (n x n) and what this dash around (y, x) blocks. */
    float crowding(float[] mask, int n, int y, int x) {
        float most = 0;
        for (int dy = Math.max(-reach, -y); dy <= Math.min(reach, n - 1 - y); dy++) {
            for (int dx = Math.max(-reach, -x); dx <= Math.min(reach, n - 1 - x); dx++) {
                float blocked = block[(dy + reach) * (2 * reach + 1) + dx + reach];
                most = Math.max(most, mask[(y + dy) * n + x + dx] + blocked);
            }
        }
        return most;
    }
}
