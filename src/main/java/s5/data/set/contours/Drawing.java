package s5.data.set.contours;

import java.util.Arrays;
import java.util.SplittableRandom;

/** One picture of {@link Contours} while it is drawn. */
final class Drawing {
    /** Pixels at each edge that contours keep off. */
    static final int BORDER = 1;

    private static final int TRIALS = 3; // for a dash
    private static final int DISTRACTOR_TRIALS = 5;
    private static final float TAKEN = 0.3f; // a pixel blocked by more cannot start a contour
    private static final float CROSSING = 1.8f; // of two dashes, both block a pixel
    private static final double FULL = 0.01; // with so little room no distractor starts

    /** Where a contour starts or ends. */
    private record Point(int y, int x) {}

    /** The last dash of a contour that is being drawn: it blocks only what comes after the next. */
    private static final class Tip {
        Dash dash;
        int y;
        int x; // where the dash is drawn from, the contour's tip
        int pivotY;
        int pivotX; // behind its other end
        double angle;
    }

    private final ContourRules rules;
    private final Contours.Empty empty;
    private final int side;
    private final int margin;
    private final Dash.Maker dashes;
    private final SplittableRandom random;
    private float[] picture;
    private float[] mask; // what is blocked, 0 to 1

    Drawing(
            ContourRules rules,
            Contours.Empty empty,
            int margin,
            Dash.Maker dashes,
            SplittableRandom random) {
        this.rules = rules;
        this.empty = empty;
        this.margin = margin;
        this.dashes = dashes;
        this.random = random;
        side = rules.side();
    }

    /** The whole picture (side x side), with its marks on one contour or on two. */
    byte[] pixels(boolean joined) {
        Point[] starts;
        Point[] ends = new Point[2];
        do {
            starts = twoContours(ends);
        } while (starts == null);
        for (int i = 0; i < rules.distractors(); i++) {
            for (int trial = 0; trial < DISTRACTOR_TRIALS && !distractor(); trial++) {
                // tried again
            }
        }
        int marked = random.nextInt(2);
        mark(starts[marked]);
        mark(ends[joined ? marked : 1 - marked]);
        return stretched();
    }

    // ---- contours

    /** Both contours on an empty picture, or null where one of them has no room to go on. */
    private Point[] twoContours(Point[] ends) {
        picture = new float[side * side];
        mask = empty.border().clone();
        Tip one = start(empty.middle(), rules.contourInk());
        if (one == null) {
            return null;
        }
        Tip two = beside(one);
        if (two == null) {
            return null;
        }
        Point[] starts = {new Point(one.y, one.x), new Point(two.y, two.x)};
        for (int i = 1; i < rules.contour(); i++) {
            if (!extend(one, rules.contourInk()) || !extend(two, rules.contourInk())) {
                return null;
            }
        }
        blockBy(two); // the published rules leave the first contour's last dash free
        ends[0] = new Point(one.y, one.x);
        ends[1] = new Point(two.y, two.x);
        return starts;
    }

    /** A distractor, or no change where it has no room. */
    private boolean distractor() {
        float[] pictureBefore = picture.clone();
        float[] maskBefore = mask.clone();
        float[] lined = mask.clone();
        Contours.frame(lined, side, 1);
        Tip tip = room() < FULL ? null : start(lined, rules.distractorInk());
        boolean done = tip != null;
        for (int i = 1; done && i < rules.distractor(); i++) {
            done = extend(tip, rules.distractorInk());
        }
        if (done) {
            blockBy(tip);
        } else {
            picture = pictureBefore;
            mask = maskBefore;
        }
        return done;
    }

    /** A first dash that touches nothing that is blocked, or null. */
    private Tip start(float[] lined, double ink) {
        for (int trial = 0; trial < TRIALS; trial++) {
            double angle = degrees(-180);
            int at = free(lined, angle);
            if (at < 0) {
                return null;
            }
            Tip tip = first(at / side, at % side, angle);
            if (tip != null) {
                paint(tip, ink);
                return tip;
            }
        }
        return null;
    }

    /** The second contour's first dash, at the set distance from the first one's. */
    private Tip beside(Tip one) {
        for (int trial = 0; trial < TRIALS; trial++) {
            double angle = degrees(-180);
            double direction = degrees(0);
            int y = (int) Math.rint(one.y + rules.apart() * Math.sin(direction));
            int x = (int) Math.rint(one.x + rules.apart() * Math.cos(direction));
            Tip two = first(y, x, angle);
            if (two != null) {
                paint(two, rules.contourInk());
                return two;
            }
        }
        return null;
    }

    /** A first dash from (y, x), or null where one of its ends lies outside. */
    private Tip first(int y, int x, double angle) {
        Tip tip = new Tip();
        tip.y = y;
        tip.x = x;
        tip.angle = angle;
        int headY = moved(y, Math.sin(angle), rules.dash());
        int headX = moved(x, Math.cos(angle), rules.dash());
        double back = turned(angle);
        tip.pivotY = moved(headY, Math.sin(back), rules.dash() + margin);
        tip.pivotX = moved(headX, Math.cos(back), rules.dash() + margin);
        tip.dash = dashes.dash(angle);
        return inside(y, x) && inside(headY, headX) && inside(tip.pivotY, tip.pivotX) ? tip : null;
    }

    /** Adds a dash whose direction is drawn, straight on most likely; false without room. */
    private boolean extend(Tip tip, double ink) {
        int pivotY = moved(tip.pivotY, Math.sin(tip.angle), rules.dash() + 2 * margin);
        int pivotX = moved(tip.pivotX, Math.cos(tip.angle), rules.dash() + 2 * margin);
        int[] around = around(pivotY, pivotX);
        double[] upTo = new double[around.length];
        double total = 0;
        for (int i = 0; i < around.length; i++) {
            double angle = Math.atan2(around[i] / side - pivotY, around[i] % side - pivotX);
            double turn = Math.abs(angle - tip.angle);
            turn = Math.min(turn, 2 * Math.PI - turn) * rules.continuity();
            double cosine = Math.max(0, Math.cos(Math.min(turn, Math.PI / 2)));
            total += (1 - blockedNear(around[i] / side, around[i] % side)) * cosine * cosine;
            upTo[i] = total;
        }
        if (total < 1e-4) {
            return false;
        }
        for (int trial = 0; trial < TRIALS; trial++) {
            int i = Arrays.binarySearch(upTo, random.nextDouble() * total);
            int at = around[Math.min(i < 0 ? -i - 1 : i + 1, around.length - 1)];
            double angle = Math.atan2(at / side - pivotY, at % side - pivotX);
            Dash dash = dashes.dash(turned(angle));
            if (dash.crowding(mask, side, at / side, at % side) < CROSSING) {
                blockBy(tip);
                tip.dash = dash;
                tip.y = at / side;
                tip.x = at % side;
                tip.pivotY = pivotY;
                tip.pivotX = pivotX;
                tip.angle = angle;
                paint(tip, ink);
                return true;
            }
        }
        return false;
    }

    /** The pixels on the circle on which the next dash ends, sorted, each once. */
    private int[] around(int y, int x) {
        int radius = rules.dash() + margin;
        int n = (int) Math.ceil(2 * Math.PI * radius);
        int[] found = new int[n];
        int count = 0;
        for (int i = 0; i < n; i++) {
            double atY = y + radius * Math.sin((double) i / radius);
            double atX = x + radius * Math.cos((double) i / radius);
            if (atY >= 0 && atY < side && atX >= 0 && atX < side) {
                found[count++] = ((int) atY) * side + (int) atX;
            }
        }
        return Arrays.stream(found, 0, count).sorted().distinct().toArray();
    }

    // ---- masks

    /** The most that is blocked within the margin of a pixel. */
    private float blockedNear(int y, int x) {
        float most = 0;
        for (int dy = Math.max(-margin, -y); dy <= Math.min(margin, side - 1 - y); dy++) {
            for (int dx = Math.max(-margin, -x); dx <= Math.min(margin, side - 1 - x); dx++) {
                if (dy * dy + dx * dx <= margin * margin) {
                    most = Math.max(most, mask[(y + dy) * side + x + dx]);
                }
            }
        }
        return most;
    }

    /**
     * A pixel from which a dash of that angle lies on nothing that is blocked, each such pixel as
     * likely; -1 without one.
     */
    private int free(float[] blocked, double angle) {
        Dash dash = dashes.dash(angle);
        int[] left = new int[blocked.length];
        int count = 0;
        for (int i = 0; i < blocked.length; i++) {
            if (blocked[i] <= TAKEN) {
                left[count++] = i;
            }
        }
        while (count > 0) {
            int k = random.nextInt(count);
            if (dash.fits(blocked, side, left[k] / side, left[k] % side, TAKEN)) {
                return left[k];
            }
            left[k] = left[--count];
        }
        return -1;
    }

    /** The share of pixels that are not blocked. */
    private double room() {
        int count = 0;
        for (float value : mask) {
            count += value <= TAKEN ? 1 : 0;
        }
        return (double) count / mask.length;
    }

    private void blockBy(Tip tip) {
        tip.dash.over(mask, side, tip.y, tip.x, tip.dash.block(), 1);
    }

    // ---- the picture

    private void paint(Tip tip, double ink) {
        tip.dash.over(picture, side, tip.y, tip.x, tip.dash.ink(), (float) ink);
    }

    private void mark(Point point) {
        int n = Dash.FINE * side;
        boolean[] disc = new boolean[n * n];
        Dash.disc(disc, n, Dash.FINE * point.y, Dash.FINE * point.x, Dash.FINE * rules.marker());
        float[] values = empty.marks().apply(disc);
        for (int i = 0; i < values.length; i++) {
            picture[i] = Math.max(picture[i], values[i]);
        }
    }

    private byte[] stretched() {
        float most = 0;
        for (float value : picture) {
            most = Math.max(most, value);
        }
        byte[] pixels = new byte[picture.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) Math.round(255 * picture[i] / most);
        }
        return pixels;
    }

    // ---- small things

    private boolean inside(int y, int x) {
        return y >= 0 && y < side && x >= 0 && x < side;
    }

    /** A whole number of degrees, of 360 from the given one on, in radians. */
    private double degrees(int from) {
        return Math.toRadians(from + random.nextInt(360));
    }

    /** A coordinate so far along a direction whose part in it is given, rounded up. */
    static int moved(int from, double part, int distance) {
        return (int) Math.ceil(from + distance * part);
    }

    private static double turned(double angle) {
        return angle < 0 ? angle + Math.PI : angle - Math.PI;
    }
}
