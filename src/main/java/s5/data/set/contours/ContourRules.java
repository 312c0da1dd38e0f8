package s5.data.set.contours;

/**
 * How a Pathfinder picture is drawn: the settings that Long Range Arena states for its difficulty
 * curv_contour_length_14 (lra_benchmarks/data/pathfinder.py), for the published generator
 * (drewlinsley/pathfinder). Lengths are in pixels.
 *
 * @param side pixels in a row
 * @param margins free space around a dash; each picture takes one of them
 * @param dash length of a dash
 * @param thickness of a dash
 * @param marker radius of the two marks
 * @param apart distance from the start of one contour to that of the other
 * @param continuity how little a contour turns: an angle counts so many times
 * @param contour dashes of each of the two contours
 * @param distractor dashes of a distractor
 * @param distractors how many are tried
 * @param contourInk brightness of the contours' dashes, before the picture's is stretched
 * @param distractorInk brightness of the distractors' dashes
 */
public record ContourRules(
        int side,
        int[] margins,
        int dash,
        double thickness,
        double marker,
        int apart,
        double continuity,
        int contour,
        int distractor,
        int distractors,
        double contourInk,
        double distractorInk) {

    /** {@return the rules of Pathfinder, 32 x 32 pixels} */
    public static ContourRules pathfinder() {
        return new ContourRules(32, new int[] {1}, 2, 0.5, 1.5, 7, 1, 14, 4, 5, 1.5, 2);
    }

    /** {@return the rules of Path-X, 128 x 128 pixels} */
    public static ContourRules pathx() {
        return new ContourRules(128, new int[] {2, 3}, 5, 1.5, 3, 20, 1.8, 14, 4, 8, 0.9, 0.9);
    }
}
