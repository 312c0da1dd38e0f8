package s5.data;

import org.slf4j.LoggerFactory;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** How large the official sets are: results on others do not compare with published ones. */
public final class Official {
    private Official() {}

    /**
     * Tells of a set that is not as large as the official one.
     *
     * @param set its name for people
     * @param what it counts: images, pairs
     * @param splits that were opened
     * @param sizes the official ones: of training, validation and test; or of training and test,
     *     where a part of the training set validates, or validation and test are the same
     */
    public static void compare(String set, String what, Splits splits, long... sizes) {
        long train = splits.train().size();
        long validation = splits.validation().size();
        long test = splits.test().size();
        long[] found =
                sizes.length == 3
                        ? new long[] {train, validation, test}
                        : new long[] {splits.selectsOnTest() ? train : train + validation, test};
        List<String> parts =
                sizes.length == 3
                        ? List.of("training", "validation", "test")
                        : List.of("training", "test");
        if (!Arrays.equals(found, sizes)) {
            LoggerFactory.getLogger(Official.class)
                    .warn(
                            "{}: {} {}, where the official set has {}: results do not compare with"
                                    + " published ones",
                            set,
                            list(found, parts),
                            what,
                            list(sizes, parts));
        }
    }

    private static String list(long[] sizes, List<String> parts) {
        List<String> each =
                IntStream.range(0, sizes.length)
                        .mapToObj(i -> String.format(Locale.ROOT, "%,d %s", sizes[i], parts.get(i)))
                        .toList();
        return String.join(", ", each.subList(0, each.size() - 1)) + " and " + each.getLast();
    }
}
