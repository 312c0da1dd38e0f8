package s5.data.set;

import s5.UserError;
import s5.data.Batch;
import s5.data.TokenSet;
import s5.data.Vocabulary;
import s5.data.format.RawFile;
import s5.data.format.TsvReader;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** {@link ListOps} as text: from expressions to tokens, and what tokens say. */
final class ListOpsText {
    private ListOpsText() {}

    /**
     * Reads a split's file, as codes of {@link ListOpsGrammar}, each expression cut and ended.
     *
     * @param length L
     */
    static TokenSet.Builder read(Path file, int length) {
        TokenSet.Builder split = new TokenSet.Builder();
        byte[] codes = new byte[1 << 12];
        try (TsvReader rows = new TsvReader(file, List.of("Source", "Target"))) {
            while (rows.next()) {
                if (codes.length < rows.to(0) - rows.from(0)) {
                    codes = new byte[2 * (rows.to(0) - rows.from(0))];
                }
                int count = tokenize(rows, codes);
                try {
                    ListOpsGrammar.value(codes, count);
                } catch (IllegalArgumentException e) {
                    throw new UserError(rows.error(e.getMessage()).getMessage(), e);
                }
                split.add(codes, Math.min(count, length - 1));
                split.add(new byte[] {ListOpsGrammar.END}, 1);
                split.endSequence();
                split.endSample(target(rows));
            }
        }
        if (split.samples() == 0) {
            throw new UserError(file + ": no expressions below the header; download it again");
        }
        return split;
    }

    private static int target(TsvReader rows) {
        int from = rows.from(1);
        int digit = rows.to(1) - from == 1 ? rows.bytes()[from] - '0' : -1;
        if (digit < 0 || digit > 9) {
            throw rows.error(
                    from,
                    "the target \"%s\" is no digit"
                            .formatted(RawFile.shorten(rows.text(from, rows.to(1)))));
        }
        return digit;
    }

    /** Writes the codes of the Source field of a row; returns how many. */
    private static int tokenize(TsvReader rows, byte[] codes) {
        byte[] text = rows.bytes();
        int end = rows.to(0);
        int count = 0;
        int parentheses = 0;
        int at = rows.from(0);
        while (at < end) {
            byte c = text[at];
            if (c == '(') {
                parentheses++;
            } else if (c == ')') {
                if (--parentheses < 0) {
                    throw rows.error(at, "unbalanced parentheses: ) closes nothing");
                }
            } else if (c != ' ') {
                int to = at + 1;
                while (to < end && text[to] != ' ' && text[to] != '(' && text[to] != ')') {
                    to++;
                }
                int code = ListOpsGrammar.code(text, at, to);
                if (code < 0) {
                    throw rows.error(
                            at,
                            "unknown token \"%s\"; ListOps has %s"
                                    .formatted(
                                            RawFile.shorten(rows.text(at, to)),
                                            ListOpsGrammar.SYMBOLS));
                }
                codes[count++] = (byte) code;
                at = to - 1;
            }
            at++;
        }
        if (parentheses != 0) {
            throw rows.error(
                    "unbalanced parentheses: %d not closed at the end".formatted(parentheses));
        }
        return count;
    }

    /**
     * The ids of an expression as it stands in the Source column of the files; it has to be
     * well-formed. An end mark follows.
     *
     * @param place names it, for messages
     */
    static int[] ids(String expression, Vocabulary vocabulary, String place) {
        byte[] text = expression.getBytes(StandardCharsets.UTF_8);
        byte[] codes = new byte[text.length];
        int count = 0;
        for (String symbol : expression.replaceAll("[()]", " ").strip().split(" +", -1)) {
            byte[] bytes = symbol.getBytes(StandardCharsets.UTF_8);
            int code = bytes.length == 0 ? -1 : ListOpsGrammar.code(bytes, 0, bytes.length);
            if (code < 0) {
                throw new UserError(
                        "%s: unknown token \"%s\"; ListOps has %s"
                                .formatted(place, RawFile.shorten(symbol), ListOpsGrammar.SYMBOLS));
            }
            codes[count++] = (byte) code;
        }
        try {
            ListOpsGrammar.value(codes, count);
        } catch (IllegalArgumentException e) {
            throw new UserError(place + ": " + e.getMessage(), e);
        }
        int[] ids = new int[count + 1];
        for (int i = 0; i < count; i++) {
            ids[i] = vocabulary.id(ListOpsGrammar.NAMES.get(codes[i]));
        }
        ids[count] = Vocabulary.END_ID;
        return ids;
    }

    /**
     * The levels of nesting of the expression in row 0 of a batch; a lone digit has one.
     *
     * @param names of the tokens, by their ids
     */
    static int depth(Batch batch, List<String> names) {
        int depth = 1;
        int deepest = 1;
        for (int k = 0; k < batch.lengths[0]; k++) {
            String token = names.get(batch.tokens[k]);
            depth +=
                    token.startsWith("[")
                            ? 1
                            : token.equals(ListOpsGrammar.NAMES.get(ListOpsGrammar.CLOSE)) ? -1 : 0;
            deepest = Math.max(deepest, depth);
        }
        return deepest;
    }
}
