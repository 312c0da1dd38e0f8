package s5.data.set;

import s5.data.set.contours.ContourRules;

/** Path-X: {@link Pathfinder} with images of 128 x 128 pixels. */
public final class Pathx extends Pathfinder {
    /** For {@link java.util.ServiceLoader}. */
    public Pathx() {}

    @Override
    public String name() {
        return "pathx";
    }

    @Override
    public String title() {
        return "Path-X, images of 128 x 128 pixels: does a path join two points";
    }

    @Override
    int side() {
        return 128;
    }

    @Override
    ContourRules rules() {
        return ContourRules.pathx();
    }
}
