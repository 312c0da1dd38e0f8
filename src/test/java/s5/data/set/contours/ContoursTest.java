package s5.data.set.contours;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import s5.data.set.contours.Contours.Picture;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.stream.IntStream;

/** Pictures of contours. */
class ContoursTest {
    /** Pillow 12.3, LANCZOS, of the 9 x 9 picture below. */
    private static final int[] PILLOW = {
        113, 70, 95, 22, 134,
        60, 152, 43, 107, 19,
        98, 41, 168, 41, 98,
        19, 107, 43, 152, 60,
        134, 22, 95, 70, 113
    };

    @Test
    void shrinksAsPillowDoes() {
        boolean[] set = new boolean[81];
        for (int i = 0; i < set.length; i++) {
            set[i] = i % 4 == 0 || i / 9 == i % 9;
        }
        float[] small = new Shrink(9, 5).apply(set);
        assertArrayEquals(
                PILLOW, IntStream.range(0, 25).map(i -> Math.round(255 * small[i])).toArray());
    }

    /** A rule without distractors or gaps, so that a contour is one stroke. */
    private static ContourRules strokes() {
        return new ContourRules(64, new int[] {0}, 4, 1, 2.5, 12, 1.8, 14, 4, 0, 1, 1);
    }

    /**
     * Whether a way over lit pixels joins the two marks, which are the only places where a square
     * of 3 x 3 pixels is white.
     */
    private static boolean flooded(byte[] pixels, int side) {
        int from = mark(pixels, side, 0);
        int to = mark(pixels, side, from + 6 * side);
        if (to < 0) {
            return true; // the marks touch
        }
        boolean[] seen = new boolean[pixels.length];
        Deque<Integer> next = new ArrayDeque<>();
        next.add(from);
        while (!next.isEmpty()) {
            int at = next.remove();
            if (seen[at] || (pixels[at] & 255) < 40) {
                continue;
            }
            seen[at] = true;
            for (int d : new int[] {-side - 1, -side, 1 - side, -1, 1, side - 1, side, side + 1}) {
                if (at + d >= 0 && at + d < seen.length) {
                    next.add(at + d);
                }
            }
        }
        return seen[to];
    }

    private static int mark(byte[] pixels, int side, int from) {
        for (int i = from; i < pixels.length - 2 * side - 2; i++) {
            boolean white = true;
            for (int k = 0; k < 9; k++) {
                white &= (pixels[i + k / 3 * side + k % 3] & 255) > 240;
            }
            if (white) {
                return i + side + 1;
            }
        }
        return -1;
    }

    /** Two contours do not cross, so marks are joined by a stroke if the picture says so. */
    @Test
    void joinedMarksAreJoinedByAStroke() {
        Contours contours = new Contours(strokes());
        int joined = 0;
        int apart = 0;
        for (int i = 0; i < 200; i++) {
            Picture picture = contours.draw(3, i);
            if (picture.joined()) {
                assertTrue(flooded(picture.pixels(), 64), "picture " + i);
                joined++;
            } else if (!flooded(picture.pixels(), 64)) {
                apart++;
            }
        }
        assertTrue(joined > 70 && joined < 130, joined + " of 200 are joined");
        // Strokes without gaps may touch, which joins them for a flood.
        assertTrue(apart > (200 - joined) / 3, apart + " of " + (200 - joined));
    }

    @Test
    void theSameSeedAndNumberGiveTheSamePicture() {
        Contours once = new Contours(ContourRules.pathfinder());
        Contours again = new Contours(ContourRules.pathfinder());
        Picture picture = once.draw(7, 5);
        again.draw(7, 4); // others do not matter
        assertArrayEquals(picture.pixels(), again.draw(7, 5).pixels());
        assertEquals(picture.joined(), again.draw(7, 5).joined());
        assertFalse(Arrays.equals(picture.pixels(), once.draw(8, 5).pixels()));
        assertFalse(Arrays.equals(picture.pixels(), once.draw(7, 6).pixels()));
    }

    /** From black to white, and black at the corners, which dashes keep off. */
    @Test
    void brightnessIsStretched() {
        for (ContourRules rules :
                new ContourRules[] {ContourRules.pathfinder(), ContourRules.pathx()}) {
            byte[] pixels = new Contours(rules).draw(1, 0).pixels();
            assertEquals(rules.side() * rules.side(), pixels.length);
            int[] values = IntStream.range(0, pixels.length).map(i -> pixels[i] & 255).toArray();
            assertEquals(255, Arrays.stream(values).max().orElseThrow());
            assertEquals(0, values[0]);
        }
    }
}
