package s5.verify;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The errors of one file of official numbers.
 *
 * @param largest error of each comparison that the file allows
 * @param worst name of the tensor with that error
 */
public record Errors(Map<Comparison, Double> largest, Map<Comparison, String> worst) {
    Errors() {
        this(new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    /**
     * Keeps an error if it is the largest of its comparison so far; a NaN is larger than all.
     *
     * @param tensor its name
     */
    void add(Comparison comparison, String tensor, double error) {
        Double before = largest.get(comparison);
        if (before == null || (!(error <= before) && !before.isNaN())) {
            largest.put(comparison, error);
            worst.put(comparison, tensor);
        }
    }
}
