package s5.data.set;

import java.util.List;

/**
 * The language of ListOps (Nangia and Bowman, 2018): a digit, or {@code [OP x1 x2 ... ]} of such
 * expressions. Its 15 symbols have codes here, a byte each, that are the same for every data set;
 * the ids that a model sees come from the vocabulary of its training split.
 */
final class ListOpsGrammar {
    /** Codes: 0 to 9 are the digits. */
    static final byte MIN = 10;

    static final byte MAX = 11;
    static final byte MED = 12;
    static final byte SUM_MOD_10 = 13;
    static final byte CLOSE = 14;

    /** The end of a sequence, which is no symbol of the language. */
    static final byte END = 15;

    /** What the official code calls the symbols: it writes X for a closing bracket. */
    static final List<String> NAMES =
            List.of(
                    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "[MIN", "[MAX", "[MED", "[SM",
                    "X");

    /** The symbols as they stand in a file, for messages. */
    static final String SYMBOLS = "0..9 [MIN [MAX [MED [SM ] ( )";

    private ListOpsGrammar() {}

    /**
     * The code of a symbol as it stands in a file (a closing bracket is "]"); -1 when there is
     * none.
     */
    static int code(byte[] text, int from, int to) {
        int length = to - from;
        if (length == 1) {
            int c = text[from];
            return c >= '0' && c <= '9' ? c - '0' : c == ']' ? CLOSE : -1;
        }
        if (text[from] != '[' || length < 3 || length > 4) {
            return -1;
        }
        int word = text[from + 1] << 16 | text[from + 2] << 8 | (length == 4 ? text[from + 3] : 0);
        return switch (word) {
            case 'M' << 16 | 'I' << 8 | 'N' -> MIN;
            case 'M' << 16 | 'A' << 8 | 'X' -> MAX;
            case 'M' << 16 | 'E' << 8 | 'D' -> MED;
            case 'S' << 16 | 'M' << 8 -> SUM_MOD_10;
            default -> -1;
        };
    }

    /**
     * The value of an expression. MED of an even number of arguments is the mean of the two in the
     * middle, rounded down, as {@code int(np.median(x))} is; SM is the sum modulo 10.
     *
     * @param codes {@code count} codes, one expression
     * @throws IllegalArgumentException when they are no expression; the message says where
     */
    static int value(byte[] codes, int count) {
        byte[] values = new byte[count]; // of the arguments read so far, of all open operators
        int[] first = new int[count]; // of an open operator: where its arguments start
        byte[] operators = new byte[count];
        int top = 0;
        int open = 0;
        for (int i = 0; i < count; i++) {
            if (i > 0 && open == 0) {
                throw new IllegalArgumentException(
                        "unbalanced brackets: token %d comes after the end of the expression"
                                .formatted(i + 1));
            }
            byte code = codes[i];
            if (code < MIN) {
                values[top++] = code;
            } else if (code < CLOSE) {
                operators[open] = code;
                first[open++] = top;
            } else {
                if (open == 0) {
                    throw new IllegalArgumentException(
                            "unbalanced brackets: token %d is a ] that closes nothing"
                                    .formatted(i + 1));
                }
                int from = first[--open];
                if (from == top) {
                    throw new IllegalArgumentException(
                            "token %d closes an operator without arguments".formatted(i + 1));
                }
                values[from] = apply(operators[open], values, from, top);
                top = from + 1;
            }
        }
        if (count == 0) {
            throw new IllegalArgumentException("there is no expression");
        }
        if (open > 0) {
            throw new IllegalArgumentException(
                    "unbalanced brackets: %d not closed at the end".formatted(open));
        }
        return values[0];
    }

    private static byte apply(byte operator, byte[] values, int from, int to) {
        int[] counts = new int[10];
        int sum = 0;
        for (int i = from; i < to; i++) {
            counts[values[i]]++;
            sum += values[i];
        }
        int n = to - from;
        int result =
                switch (operator) {
                    case MIN -> ranked(counts, 0);
                    case MAX -> ranked(counts, n - 1);
                    case MED -> (ranked(counts, (n - 1) / 2) + ranked(counts, n / 2)) / 2;
                    case SUM_MOD_10 -> sum % 10;
                    default -> throw new IllegalArgumentException("code " + operator);
                };
        return (byte) result;
    }

    /** The value with {@code rank} values before it in ascending order. */
    private static int ranked(int[] counts, int rank) {
        int value = 0;
        for (int before = counts[0]; before <= rank; before += counts[value]) {
            value++;
        }
        return value;
    }
}
