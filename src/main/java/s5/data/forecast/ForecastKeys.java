package s5.data.forecast;

import s5.config.Check;
import s5.config.Key;
import s5.config.Messages;
import s5.data.own.OwnKeys;

import java.util.Arrays;
import java.util.List;

/**
 * The keys of a forecast, {@code data.task: forecast}: the next rows of a long series are told from
 * those before.
 *
 * @param context rows that are seen
 * @param horizon rows to tell
 * @param stride rows between two training windows
 * @param evalStride rows between two windows of the validation and the test part
 * @param patch rows of a position
 * @param apart whether columns are samples of their own
 * @param level what is taken out of a window
 * @param ahead columns that are known ahead, or none
 * @param season rows after which things repeat; -1 for what the times say
 * @param splitRows rows of the three parts, or none
 * @param splitTimes when the validation and the test part begin, or none
 */
public record ForecastKeys(
        @Key(
                        value = "forecast: rows that are seen, a multiple of patch; 1 to 16777216",
                        unset = "96")
                int context,
        @Key(value = "forecast: rows to be told; 1 to 1000000", unset = "24") int horizon,
        @Key(value = "forecast: rows between two training windows; 1 or more", unset = "1")
                int stride,
        @Key(
                        value =
                                "forecast: rows between two windows of the validation and the test"
                                        + " part; 1 or more",
                        unset = "1")
                int evalStride,
        @Key(
                        value =
                                "forecast: rows that make up one position, side by side: as many"
                                        + " times fewer positions, and less time; 1 or more",
                        unset = "1")
                int patch,
        @Key(
                        value =
                                "forecast: each column is a sample of its own, told from its own"
                                        + " past (and the columns known ahead) by a model that all"
                                        + " columns share; else all are told together from all",
                        unset = "true")
                boolean apart,
        @Key(
                        value =
                                "forecast: what is taken out of each column of a window and added"
                                    + " to what is told: its last value, its mean over the context,"
                                    + " or none",
                        unset = "last")
                Windows.Level level,
        @Key(
                        value =
                                "forecast: columns that are known ahead, such as a holiday or a"
                                    + " weather forecast: what they are horizon rows later is one"
                                    + " more input",
                        unset = OwnKeys.NONE,
                        list = true)
                String ahead,
        @Key(
                        value =
                                "forecast: rows after which things repeat, for the rival that says"
                                    + " the same again; 0: none; -1: a day, week or year, as the"
                                    + " times suggest",
                        unset = "-1")
                int season,
        @Key(
                        value =
                                "forecast: rows of the training, validation and test part, such as"
                                    + " 8640,2880,2880, in the order of time; the rest is left out,"
                                    + " which is told. none: data.validation and data.test are the"
                                    + " shares of the last rows",
                        unset = OwnKeys.NONE,
                        list = true)
                String splitRows,
        @Key(
                        value =
                                "forecast: the times at which the validation and the test part"
                                        + " begin, such as 2017-07-01,2018-01-01",
                        unset = OwnKeys.NONE,
                        list = true)
                String splitTimes) {
    /**
     * Checks the values.
     *
     * @throws s5.UserError when one is out of range, or two contradict each other
     */
    public ForecastKeys {
        Check.within("data.context", context, 1, 1 << 24);
        Check.within("data.horizon", horizon, 1, 1_000_000);
        Check.within("data.stride", stride, 1, 1 << 24);
        Check.within("data.eval_stride", evalStride, 1, 1 << 24);
        Check.within("data.patch", patch, 1, context);
        Check.that(
                context % patch == 0,
                "data.patch",
                "%d does not divide data.context %d".formatted(patch, context));
        Check.within("data.season", season, -1, 1 << 24);
        boolean rows = !splitRows.equals(OwnKeys.NONE);
        boolean times = !splitTimes.equals(OwnKeys.NONE);
        Check.that(
                !rows || !times,
                "data.split_rows",
                "and data.split_times are both given; use one of them");
        Check.that(
                !rows || words(splitRows).stream().allMatch(w -> w.matches("[1-9][0-9]{0,8}")),
                "data.split_rows",
                "must be three numbers of rows, not " + Messages.quoted(splitRows));
        Check.that(
                !rows || words(splitRows).size() == 3,
                "data.split_rows",
                "must be three numbers, of training, validation and test rows");
        Check.that(
                !times || words(splitTimes).size() == 2,
                "data.split_times",
                "must be two times, at which the validation and the test part begin");
    }

    /** The words of a list. */
    static List<String> words(String list) {
        return list.equals(OwnKeys.NONE)
                ? List.of()
                : Arrays.stream(list.split(","))
                        .map(String::strip)
                        .filter(w -> !w.isEmpty())
                        .toList();
    }
}
