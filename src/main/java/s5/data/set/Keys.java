package s5.data.set;

import s5.config.Check;

/** Keys that several sets have. */
final class Keys {
    /** What {@code data.validation} is, for {@link s5.config.Key}. */
    static final String VALIDATION =
            "share of the training samples held out for validation, from 0 to below 1; 0 trains on"
                    + " all of them and selects the best epoch on the test set";

    /** What {@code data.length} is. */
    static final String LENGTH =
            "L, tokens of a sequence with its end mark and padding; longer ones are cut; 2 to"
                    + " 16777216";

    private Keys() {}

    static void checkValidation(double validation) {
        Check.fraction("data.validation", validation);
    }

    static void checkLength(int length) {
        Check.within("data.length", length, 2, 1 << 24);
    }
}
