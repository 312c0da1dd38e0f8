package s5.data;

import java.util.List;

/**
 * What the targets of a forecast are: (horizon, columns), the columns of each coming step one after
 * another; or (horizon) of one column, where the columns are samples of their own.
 *
 * @param horizon how many steps ahead
 * @param columns the names of what is forecast
 * @param apart whether sample i is of column {@code i % columns} alone
 */
public record Forecast(int horizon, List<String> columns, boolean apart) {
    /** Keeps a copy of the names. */
    public Forecast {
        columns = List.copyOf(columns);
    }

    /**
     * {@return which column a number of an answer is of}
     *
     * @param sample which sample
     * @param target which number of its answer
     */
    public int column(int sample, int target) {
        return (apart ? sample : target) % columns.size();
    }

    /**
     * {@return where in (horizon, columns) a number of an answer belongs}
     *
     * @param sample which sample
     * @param target which number of its answer
     */
    public int place(int sample, int target) {
        int told = apart ? 1 : columns.size();
        return target / told * columns.size() + column(sample, target);
    }
}
