package s5.train.rule;

import s5.config.TrainOptions;

import java.util.Locale;
import java.util.Optional;

/**
 * How much a run may do, whatever its epochs; one step at least.
 *
 * @param options say so
 */
public record Limit(TrainOptions options) {

    /**
     * {@return the setting because of which a run is over, as it is written: {@code
     * train.max_steps=100}; empty when it may go on}
     *
     * @param steps that it has done
     * @param seconds that it has taken
     */
    public Optional<String> reached(long steps, double seconds) {
        if (options.maxSteps() > 0 && steps >= options.maxSteps()) {
            return Optional.of("train.max_steps=" + options.maxSteps());
        }
        if (options.maxMinutes() > 0 && steps > 0 && seconds >= 60 * options.maxMinutes()) {
            return Optional.of(
                    String.format(Locale.ROOT, "train.max_minutes=%s", options.maxMinutes()));
        }
        return Optional.empty();
    }
}
