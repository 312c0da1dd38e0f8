package s5.data;

import java.util.List;

/**
 * What the targets of a forecast are: (horizon, columns), the columns of each coming step one after
 * another.
 *
 * @param horizon how many steps ahead
 * @param columns the names of what is forecast
 */
public record Forecast(int horizon, List<String> columns) {
    /** Keeps a copy of the names. */
    public Forecast {
        columns = List.copyOf(columns);
    }
}
