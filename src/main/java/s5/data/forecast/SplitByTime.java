package s5.data.forecast;

import s5.UserError;
import s5.config.Messages;
import s5.data.format.Moments;
import s5.data.own.OwnKeys;
import s5.data.own.RawSequence;

import java.time.DateTimeException;
import java.util.List;

/**
 * Which rows of a series are for training, validation and test: what comes later is predicted from
 * what was before.
 *
 * @param keys of the forecast
 * @param own the shares
 * @param notes gets what people should know
 */
record SplitByTime(ForecastKeys keys, OwnKeys own, List<String> notes) {
    /** Where the training, the validation and the test rows of a series end. */
    int[] ends(RawSequence s) {
        int n = s.length();
        if (s.part() != null) {
            return switch (s.part()) {
                case TRAIN -> new int[] {n, n, n};
                case VALIDATION -> new int[] {0, n, n};
                case TEST -> new int[] {0, 0, n};
            };
        }
        List<String> rows = ForecastKeys.words(keys.splitRows());
        if (!rows.isEmpty()) {
            int[] ends = new int[3];
            long end = 0;
            for (int part = 0; part < 3; part++) {
                end += Long.parseLong(rows.get(part));
                if (end > n) {
                    throw new UserError(
                            "data.split_rows: are more than the %,d rows of series %s"
                                    .formatted(n, Messages.quoted(s.id())));
                }
                ends[part] = (int) end;
            }
            if (end < n) {
                notes.add(
                        "the last %,d rows of %s are left out, by data.split_rows"
                                .formatted(n - end, s.id()));
            }
            return ends;
        }
        List<String> times = ForecastKeys.words(keys.splitTimes());
        if (!times.isEmpty()) {
            if (s.times() == null) {
                throw new UserError("data.split_times: the rows have no times; name data.time");
            }
            return new int[] {before(s, times.get(0)), before(s, times.get(1)), n};
        }
        int test = n - (int) Math.floor(n * own.test());
        int validation = test - (int) Math.floor(test * own.validation());
        return new int[] {validation, test, n};
    }

    /** How many rows are before a time. */
    private static int before(RawSequence s, String text) {
        double time;
        try {
            time = Moments.seconds(text);
        } catch (DateTimeException e) {
            try {
                time = Double.parseDouble(text);
            } catch (NumberFormatException none) {
                throw new UserError(
                        "data.split_times: %s is no time; use 2017-07-01T12:00 or a number"
                                .formatted(Messages.quoted(text)),
                        none);
            }
        }
        int rows = 0;
        while (rows < s.length() && s.times()[rows] < time) {
            rows++;
        }
        return rows;
    }
}
