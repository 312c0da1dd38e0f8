package s5.data.own.table;

import s5.UserError;
import s5.config.Messages;
import s5.data.format.Moments;
import s5.data.format.Numbers;
import s5.data.format.Rows;
import s5.data.own.Preparation;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Where the columns that keys name stand in a table, and reading their values. A place is -1 where
 * no column is named.
 *
 * @param names of all columns
 * @param id of the sequence
 * @param time of the position
 * @param group of the sequence
 * @param label the class
 * @param targets the numbers to be told
 * @param inputs in the model's order
 * @param decimal the mark in numbers
 * @param unit seconds of times that are numbers; 0: they are taken as they are
 */
record TableColumns(
        List<String> names,
        int id,
        int time,
        int group,
        int label,
        int[] targets,
        int[] inputs,
        char decimal,
        double unit) {
    /**
     * Finds the columns of the first file, whose rows say which are numbers.
     *
     * @param keys that name them
     * @param splitBy a column, or none
     * @param rows of the file
     * @param first some of its rows
     * @param fitted whose inputs are to be found, and no answer; null to train
     */
    static TableColumns of(
            TableKeys keys,
            String splitBy,
            char decimal,
            Rows rows,
            List<String[]> first,
            Preparation fitted) {
        List<String> names = rows.columns();
        Path file = rows.file();
        boolean train = fitted == null;
        int id = find("data.id", keys.id(), names, file);
        int time = find("data.time", keys.time(), names, file);
        int group = train ? find("data.split_by", splitBy, names, file) : -1;
        int label = train ? find("data.label", keys.label(), names, file) : -1;
        int[] targets = new int[train ? keys.targets().size() : 0];
        for (int t = 0; t < targets.length; t++) {
            targets[t] = find("data.target", keys.targets().get(t), names, file);
        }
        Set<Integer> taken = new LinkedHashSet<>(List.of(id, time, group, label));
        // What is not to be an input, though it need not be there when it is predicted.
        for (String name : keys.targets()) {
            taken.add(names.indexOf(name));
        }
        double unit = TableKeys.UNITS.getOrDefault(keys.timeUnit(), 0.0);
        int[] inputs =
                train
                        ? inputs(keys, names, file, taken, first, decimal)
                        : fitted.inputNames().stream()
                                .mapToInt(name -> find("the model's input", name, names, file))
                                .toArray();
        return new TableColumns(names, id, time, group, label, targets, inputs, decimal, unit);
    }

    /** Those of a wide table: its inputs are positions, so that a model's need not be there. */
    TableColumns with(int[] inputs) {
        return new TableColumns(names, id, time, group, label, targets, inputs, decimal, unit);
    }

    static int find(String key, String name, List<String> names, Path file) {
        if (!TableKeys.given(name)) {
            return -1;
        }
        int at = names.indexOf(name);
        if (at < 0) {
            String near = Messages.didYouMean(name, names);
            throw new UserError(
                    "%s:1: %s: there is no column %s%s"
                            .formatted(
                                    file,
                                    key,
                                    Messages.quoted(name),
                                    near.isEmpty()
                                            ? "; there are "
                                                    + Messages.shown(String.join(", ", names))
                                            : near));
        }
        return at;
    }

    static int[] inputs(
            TableKeys keys,
            List<String> names,
            Path file,
            Set<Integer> taken,
            List<String[]> first,
            char decimal) {
        Set<Integer> found = new LinkedHashSet<>();
        if (!keys.inputs().equals("auto")) {
            for (String word : TableKeys.words(keys.inputs())) {
                if (!word.contains("*")) {
                    found.add(find("data.inputs", word, names, file));
                    continue;
                }
                String pattern = "\\Q" + word.replace("*", "\\E.*\\Q") + "\\E";
                int before = found.size();
                for (int c = 0; c < names.size(); c++) {
                    if (names.get(c).matches(pattern) && !taken.contains(c)) {
                        found.add(c);
                    }
                }
                if (found.size() == before) {
                    throw new UserError(
                            "%s:1: data.inputs: no column is like %s"
                                    .formatted(file, Messages.quoted(word)));
                }
            }
        } else {
            for (int c = 0; c < names.size(); c++) {
                if (taken.contains(c)) {
                    continue;
                }
                if (isNumbers(c, first, decimal)) {
                    found.add(c);
                } else if (decimal == '.' && isNumbers(c, first, ',')) {
                    throw new UserError(
                            "%s: column %s has %s, a number with a decimal comma; data.decimal=comma reads it, or name the inputs in data.inputs"
                                    .formatted(
                                            file,
                                            Messages.quoted(names.get(c)),
                                            Messages.quoted(withComma(c, first))));
                }
            }
        }
        if (found.isEmpty()) {
            throw new UserError(
                    file + ":1: no column of numbers is left for inputs; name them in data.inputs");
        }
        return found.stream().mapToInt(i -> i).toArray();
    }

    private static String withComma(int column, List<String[]> rows) {
        return rows.stream()
                .map(row -> row[column])
                .filter(text -> text.indexOf(',') >= 0)
                .findFirst()
                .orElse("");
    }

    private static boolean isNumbers(int column, List<String[]> rows, char decimal) {
        boolean some = false;
        for (String[] row : rows) {
            try {
                some |= !Double.isNaN(Numbers.parse(row[column], decimal));
            } catch (NumberFormatException e) {
                return false;
            }
        }
        return some;
    }

    /** Names of columns that are not used. */
    List<String> unused(TableKeys keys) {
        Set<Integer> used = new LinkedHashSet<>(List.of(id, time, group, label));
        for (int c : targets) {
            used.add(c);
        }
        for (int c : inputs) {
            used.add(c);
        }
        List<String> unused = new ArrayList<>();
        for (int c = 0; c < names.size(); c++) {
            boolean answer =
                    names.get(c).equals(keys.label()) || keys.targets().contains(names.get(c));
            if (!used.contains(c) && !answer) {
                unused.add(names.get(c));
            }
        }
        return unused;
    }

    /** A number in a row; NaN where it is missing. */
    double number(String[] row, int column, Rows at) {
        try {
            return Numbers.parse(row[column], decimal);
        } catch (NumberFormatException e) {
            throw new UserError(
                    "%s: column %s has %s, which is no number%s"
                            .formatted(
                                    at.place(),
                                    Messages.quoted(names.get(column)),
                                    Messages.quoted(row[column]),
                                    otherMark(row[column])),
                    e);
        }
    }

    /** What to do where a number has the other decimal mark. */
    private String otherMark(String text) {
        char other = decimal == ',' ? '.' : ',';
        return text.strip().matches("[+-]?[0-9]*[%c][0-9]+".formatted(other))
                ? "; data.decimal=%s reads it".formatted(other == ',' ? "comma" : "point")
                : "";
    }

    /** The time in a row. */
    double time(String[] row, Rows at) {
        String text = row[time];
        try {
            double number = Numbers.parse(text, decimal);
            if (!Double.isNaN(number)) {
                return unit == 0 ? number : number * unit;
            }
        } catch (NumberFormatException e) {
            try {
                return Moments.seconds(text);
            } catch (DateTimeException none) {
                // said below
            }
        }
        throw new UserError(
                "%s: column %s has %s, which is no time; use a number or 2016-07-01T12:30:00Z"
                        .formatted(
                                at.place(),
                                Messages.quoted(names.get(time)),
                                Messages.quoted(text)));
    }

    /** Whether a text is a date, not a number. */
    boolean dated(String[] row) {
        try {
            return time >= 0 && Double.isNaN(Numbers.parse(row[time], decimal));
        } catch (NumberFormatException e) {
            return true;
        }
    }
}
