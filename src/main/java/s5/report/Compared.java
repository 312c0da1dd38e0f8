package s5.report;

import s5.run.Metrics.Row;

import java.util.List;
import java.util.Map;

/**
 * One of several runs side by side.
 *
 * @param name for people
 * @param group whose colour its curves have; runs of one group differ in their seed, say
 * @param settings that differ between the runs, by their names
 * @param outcome how it ended
 * @param bestEpoch from 1; 0 where none is known
 * @param metrics of the best epoch
 * @param rows of its table of numbers
 * @param regression whether it predicts numbers
 */
public record Compared(
        String name,
        String group,
        Map<String, String> settings,
        String outcome,
        int bestEpoch,
        Map<String, Double> metrics,
        List<Row> rows,
        boolean regression) {}
