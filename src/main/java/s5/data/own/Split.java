package s5.data.own;

import s5.UserError;
import s5.data.TorchRandom;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Chooses the parts of sequences that no file has chosen. */
final class Split {
    private Split() {}

    /**
     * Moves a share of the sequences of one part to another.
     *
     * @param parts of all sequences; changed
     * @param from where they are; null for those without a part
     * @param to where the share goes
     * @param share in (0, 1)
     * @param classes of each sequence, from 0, -1 for none; the share holds for each. Null: for all
     *     together
     * @param groups of each sequence, which stay together; null for none
     * @param seed of the draw
     * @param key the setting, for messages
     */
    static void hold(
            Part[] parts,
            Part from,
            Part to,
            double share,
            int[] classes,
            String[] groups,
            long seed,
            String key) {
        int[] all = indices(parts, from);
        int wanted = (int) Math.max(1, Math.round(all.length * share));
        if (wanted >= all.length) {
            throw new UserError(
                    "%s: %s of %d sequences leaves none to train on; bring more sequences, or change it"
                            .formatted(key, share, all.length));
        }
        int[] order = new TorchRandom(seed).randperm(all.length);
        int[] shuffled = Arrays.stream(order).map(i -> all[i]).toArray();
        int[] held =
                groups != null
                        ? groups(shuffled, groups, wanted, key)
                        : classes != null ? stratified(shuffled, classes, wanted) : shuffled;
        boolean whole = groups == null && classes == null;
        int count = whole ? wanted : held.length;
        if (count == 0) {
            throw new UserError(
                    "%s: %s of %d sequences is none, as each class keeps its share and none has two; bring more, or set data.stratify=false"
                            .formatted(key, share, all.length));
        }
        for (int i = 0; i < count; i++) {
            parts[held[i]] = to;
        }
    }

    /** Those of a part. */
    static int[] indices(Part[] parts, Part part) {
        int[] found = new int[parts.length];
        int count = 0;
        for (int i = 0; i < parts.length; i++) {
            if (parts[i] == part) {
                found[count++] = i;
            }
        }
        return Arrays.copyOf(found, count);
    }

    /**
     * So many, of each class in proportion: classes laid one behind the other are dealt out at
     * equal distances, but the last of a class stays.
     */
    private static int[] stratified(int[] shuffled, int[] classes, int wanted) {
        Map<Integer, List<Integer>> byClass = new java.util.TreeMap<>();
        for (int i : shuffled) {
            byClass.computeIfAbsent(classes[i], c -> new ArrayList<>()).add(i);
        }
        int[] held = new int[wanted];
        int count = 0;
        double share = (double) wanted / shuffled.length;
        double due = 0.5;
        List<Integer> rest = new ArrayList<>();
        for (List<Integer> members : byClass.values()) {
            for (int k = 0; k < members.size(); k++) {
                due += share;
                boolean last = k == members.size() - 1;
                boolean only = members.size() == 1;
                if (due >= 1 && count < wanted && !only) {
                    due -= 1;
                    held[count++] = members.get(k);
                } else if (!only && !last) {
                    rest.add(members.get(k));
                }
            }
        }
        for (int i = 0; count < wanted && i < rest.size(); i++) {
            held[count++] = rest.get(i);
        }
        return Arrays.copyOf(held, count);
    }

    private static int[] groups(int[] shuffled, String[] groups, int wanted, String key) {
        Map<String, List<Integer>> byGroup = new LinkedHashMap<>();
        for (int i : shuffled) {
            byGroup.computeIfAbsent(groups[i], g -> new ArrayList<>()).add(i);
        }
        if (byGroup.size() < 2) {
            throw new UserError(
                    "data.split_by: all sequences that %s could divide are of one group; name another column"
                            .formatted(key));
        }
        List<Integer> held = new ArrayList<>();
        int left = byGroup.size();
        for (List<Integer> members : byGroup.values()) {
            // Taken when that comes closer to the share than leaving it.
            boolean closer =
                    Math.abs(held.size() + members.size() - wanted) <= wanted - held.size();
            if (left > 1 && ((held.isEmpty() && left == 2) || closer)) {
                held.addAll(members);
            }
            left--;
        }
        return held.stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * Sees to it that no group is in two parts.
     *
     * @throws UserError that names the group
     */
    static void checkGroups(Part[] parts, String[] groups, String what) {
        Map<String, Part> seen = new HashMap<>();
        for (int i = 0; i < parts.length; i++) {
            Part other = groups[i] == null ? null : seen.putIfAbsent(groups[i], parts[i]);
            if (other != null && other != parts[i]) {
                throw new UserError(
                        "%s %s is in two parts, %s and %s"
                                .formatted(
                                        what,
                                        s5.config.Messages.quoted(groups[i]),
                                        other.name().toLowerCase(java.util.Locale.ROOT),
                                        parts[i].name().toLowerCase(java.util.Locale.ROOT)));
            }
        }
    }
}
