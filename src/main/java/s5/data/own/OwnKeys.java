package s5.data.own;

import s5.config.Check;
import s5.config.Key;

/**
 * The keys that all sources of own sequences have.
 *
 * @param files files, folders and patterns, with commas between
 * @param testFiles the test part's, or {@link #NONE}
 * @param validationFiles the validation part's, or {@link #NONE}
 * @param task what is to be told
 * @param length L; 0 for the longest of the training part
 * @param scale of each input
 * @param fill of missing values
 * @param times whether the times of positions count
 * @param validation share of the training sequences
 * @param test share of all sequences
 * @param splitBy a column, or {@link #NONE}
 * @param stratify whether shares hold for each class
 */
public record OwnKeys(
        @Key(
                        value =
                                "files, folders and patterns such as *.csv, with commas between or"
                                        + " as a list; below data.root, or else, all but *, as they"
                                        + " stand",
                        unset = "*",
                        free = true,
                        place = true,
                        list = true)
                String files,
        @Key(
                        value = "the files of the test part; none: data.test says its share",
                        unset = OwnKeys.NONE,
                        free = true,
                        place = true,
                        list = true)
                String testFiles,
        @Key(
                        value = "the files of the validation part; none: data.validation says it",
                        unset = OwnKeys.NONE,
                        free = true,
                        place = true,
                        list = true)
                String validationFiles,
        @Key(
                        value =
                                "what is to be told of a sequence: classify (a class), regress"
                                        + " (numbers), forecast (the next rows of a long series);"
                                        + " auto: class or numbers, what the data has",
                        unset = "auto")
                Task task,
        @Key(
                        value =
                                "L, positions of a sequence; longer ones are cut, which is told."
                                        + " 0: the longest of the training part; to 16777216",
                        unset = "0")
                int length,
        @Key(
                        value =
                                "inputs become: standard (x - mean) / deviation, robust (x -"
                                    + " median) / (difference of the quartiles), minmax 0 to 1,"
                                    + " each column by itself, fitted on the training part; none:"
                                    + " as they are",
                        unset = "standard")
                Scale scale,
        @Key(
                        value =
                                "missing values become: forward the column's last one, or else its"
                                    + " mean; zero the mean; mask the mean, and a column of 0 and 1"
                                    + " beside each input says so",
                        unset = "forward")
                Fill fill,
        @Key(
                        value =
                                "times of the positions: use them, ignore them, or auto, which uses"
                                        + " them where the steps differ",
                        unset = "auto")
                Times times,
        @Key(
                        value =
                                "share of the training sequences held out for validation, from 0 to"
                                        + " below 1; 0 trains on all of them and selects the best"
                                        + " epoch on the test part",
                        unset = "0.2")
                double validation,
        @Key(
                        value =
                                "share of all sequences held out for the test, from 0 to below 1,"
                                    + " where no file is of the test part; 0: the validation part"
                                    + " is the test part, too",
                        unset = "0.2")
                double test,
        @Key(
                        value =
                                "a column: sequences that have the same in it, such as a person's,"
                                        + " stay in one part",
                        unset = OwnKeys.NONE)
                String splitBy,
        @Key(value = "whether the shares hold for each class by itself", unset = "true")
                boolean stratify) {
    /** What a key says that names nothing. */
    public static final String NONE = "none";

    /** What is to be told. */
    public enum Task {
        /** What the data has. */
        AUTO,
        /** A class. */
        CLASSIFY,
        /** Numbers. */
        REGRESS,
        /** The next rows. */
        FORECAST
    }

    /** How inputs are scaled. */
    public enum Scale {
        /** To mean 0 and deviation 1. */
        STANDARD,
        /** By median and quartiles. */
        ROBUST,
        /** To 0 to 1. */
        MINMAX,
        /** Not at all. */
        NONE
    }

    /** What missing values become. */
    public enum Fill {
        /** The last value before. */
        FORWARD,
        /** The mean. */
        ZERO,
        /** The mean, and a column that says so. */
        MASK
    }

    /** What times are for. */
    public enum Times {
        /** Used where the steps differ. */
        AUTO,
        /** Used. */
        USE,
        /** Not used. */
        IGNORE
    }

    /**
     * Checks the values.
     *
     * @throws s5.UserError when one is out of range
     */
    public OwnKeys {
        Check.within("data.length", length, 0, 1 << 24);
        Check.fraction("data.validation", validation);
        Check.fraction("data.test", test);
        Check.that(!files.isBlank(), "data.files", "names no file");
    }
}
