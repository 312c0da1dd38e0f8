package s5.init;

import java.util.ArrayList;
import java.util.List;

/**
 * What some files look like: the section {@code data} of a config, with a word why for each line.
 *
 * @param set the data set's name
 * @param lines of the section, after {@code set}
 */
record Sighting(String set, List<Line> lines) {
    /**
     * A key of the section.
     *
     * @param key without the section's name
     * @param value as it stands in YAML, quoted where it has to be
     * @param why a comment; empty for none
     */
    record Line(String key, String value, String why) {}

    /** Of a set whose lines are to be added. */
    static Sighting of(String set) {
        return new Sighting(set, new ArrayList<>());
    }

    Sighting with(String key, Object value, String why) {
        boolean plain = value instanceof Number || value instanceof Boolean;
        lines.add(new Line(key, plain ? value.toString() : quoted(value.toString()), why));
        return this;
    }

    /** The same with another value of a key, or with one more. */
    Sighting set(String key, Object value, String why) {
        lines.removeIf(line -> line.key().equals(key));
        return with(key, value, why);
    }

    /** A value as YAML has it: in quotes unless it is plain for certain. */
    static String quoted(String value) {
        boolean plain =
                value.matches("[A-Za-z0-9_./][A-Za-z0-9_./ -]*")
                        && !value.endsWith(" ")
                        && !value.matches("(?i)y|n|yes|no|on|off|true|false|null|none|\\.")
                        && !value.matches("[0-9.][0-9a-fA-Fx_.eE+-]*");
        return plain
                ? value
                : '"'
                        + value.replace("\\", "\\\\")
                                .replace("\"", "\\\"")
                                .replace("\n", "\\n")
                                .replace("\t", "\\t")
                        + '"';
    }
}
