package s5.data.set.contours;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Draws Pathfinder pictures by the rules of the published generator: two contours of dashes that
 * start close to each other near the middle and wander off, each dash turned a little from the one
 * before and none across another; shorter distractors in what is left; a mark on the start of one
 * contour, the other on the end of the same (joined) or of the other one (apart). Brightness is
 * stretched to 0..255.
 *
 * <p>Random numbers and the drawing of a line are our own, so the pictures have the distribution of
 * the published ones but not their bytes. Any number of threads may draw.
 */
public final class Contours {
    /** Part of a cache's key: raise it when the same seed gives other pictures. */
    public static final int VERSION = 1;

    /**
     * A picture.
     *
     * @param pixels (side x side) from 0, black, to 255, as unsigned bytes
     * @param joined whether one contour joins the two marks
     */
    public record Picture(byte[] pixels, boolean joined) {}

    /**
     * What all pictures have alike.
     *
     * @param border (side x side) what an empty picture blocks for dashes
     * @param middle (side x side) likewise for the dash that the first contour starts with
     * @param marks makes marks of their size
     */
    record Empty(float[] border, float[] middle, Shrink marks) {}

    private final ContourRules rules;
    private final Empty empty;
    private final Dash.Maker[] dashes; // for each margin

    /**
     * Prepares what all pictures share.
     *
     * @param rules of the pictures
     */
    public Contours(ContourRules rules) {
        this.rules = rules;
        int side = rules.side();
        empty =
                new Empty(
                        frame(new float[side * side], side, Drawing.BORDER),
                        frame(new float[side * side], side, 2 * rules.apart()),
                        new Shrink(Dash.FINE * side, side));
        dashes =
                Arrays.stream(rules.margins())
                        .mapToObj(margin -> new Dash.Maker(rules, margin))
                        .toArray(Dash.Maker[]::new);
    }

    /**
     * Draws a picture.
     *
     * @param seed of the set
     * @param number of the picture in it: the same two give the same picture
     * @return the picture
     */
    public Picture draw(long seed, int number) {
        long first = new SplittableRandom(seed).nextLong();
        SplittableRandom random = new SplittableRandom(first + number);
        boolean joined = random.nextBoolean();
        int i = random.nextInt(dashes.length);
        Drawing drawing = new Drawing(rules, empty, rules.margins()[i], dashes[i], random);
        return new Picture(drawing.pixels(joined), joined);
    }

    /** Blocks what is less than a width away from an edge. */
    static float[] frame(float[] blocked, int side, int width) {
        for (int i = 0; i < side * side; i++) {
            int y = i / side;
            int x = i % side;
            if (Math.min(Math.min(y, x), Math.min(side - 1 - y, side - 1 - x)) < width) {
                blocked[i] = 1;
            }
        }
        return blocked;
    }
}
