package s5.collective;

import s5.UserError;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/** Whether all processes of a training were started for the same one. */
public final class Sameness {
    private Sameness() {}

    /**
     * Compares what has to be the same.
     *
     * @param ranks all call it
     * @param mine names and values, without line ends
     * @throws UserError in rank 0, where another has something else; it names both
     */
    public static void check(Collective ranks, Map<String, String> mine) {
        if (ranks.size() == 1) {
            return;
        }
        if (!ranks.leads()) {
            StringBuilder text = new StringBuilder();
            mine.forEach(
                    (name, value) -> text.append(name).append('\t').append(value).append('\n'));
            ranks.send(text.toString().getBytes(StandardCharsets.UTF_8));
        } else {
            for (int rank = 1; rank < ranks.size(); rank++) {
                compare(mine, parse(ranks.receive(rank)), rank);
            }
        }
        ranks.barrier();
    }

    private static Map<String, String> parse(byte[] text) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String line : new String(text, StandardCharsets.UTF_8).split("\n", -1)) {
            int tab = line.indexOf('\t');
            if (tab >= 0) {
                values.put(line.substring(0, tab), line.substring(tab + 1));
            }
        }
        return values;
    }

    private static void compare(Map<String, String> mine, Map<String, String> theirs, int rank) {
        TreeSet<String> names = new TreeSet<>(mine.keySet());
        names.addAll(theirs.keySet());
        for (String name : names) {
            String here = mine.getOrDefault(name, "nothing");
            String there = theirs.getOrDefault(name, "nothing");
            if (!here.equals(there)) {
                throw new UserError(
                        "rank %d has %s %s, rank 0 %s; start all processes with the same"
                                .formatted(rank, name, there, here));
            }
        }
    }
}
