package s5.data.set;

import s5.UserError;
import s5.data.TokenSet;
import s5.data.TorchRandom;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Random ListOps expressions by the published rules of Long Range Arena (Tay et al., 2021;
 * lra_benchmarks/data/listops.py). What is reproduced:
 *
 * <ul>
 *   <li>A node at depth d (the root has depth 1) is an operator with probability 0.25 if d <
 *       max_depth, and else a digit, each of the ten as likely; so an operator lies at depth
 *       max_depth - 1 at most, and three quarters of all trees are a bare digit.
 *   <li>An operator is MIN, MAX, MED or SM (sum modulo 10), each as likely, and has 2 to max_args
 *       arguments, each number as likely.
 *   <li>The length of an expression counts digits, operators and closing brackets, no parentheses:
 *       it is the number of tokens that the S5 tokenization leaves, without &lt;eos&gt;.
 *       Expressions are kept when min_length < length < max_length, both bounds excluded.
 *   <li>No expression occurs twice, within a split or in two of them.
 *   <li>The splits are taken from the set of all expressions in an order that has nothing to do
 *       with when they were found (there: of a Python set; here: a seeded shuffle).
 * </ul>
 *
 * Other than there, a tree is given up as soon as it is too long, and random numbers come from a
 * seeded {@link TorchRandom} (the published program has no seed, so its very data cannot be had).
 */
final class ListOpsGenerator {
    /** Part of the cache key: raise it when the same settings give other expressions. */
    static final int VERSION = 1;

    /** So many trees in a row without a new expression mean that there will be none. */
    private static final int PATIENCE = 1_000_000;

    private static final int OPERATOR_BELOW = 1 << 30; // of 2^32: probability 0.25

    private static final int MOST_TOKENS = 1 << 24;
    private static final int MOST_EXPRESSIONS = 100_000_000;

    /**
     * What to generate. Officially: lengths 500 to 2000, depth 10, 10 arguments, 96,000, 2,000 and
     * 2,000 expressions.
     *
     * @param minLength tokens that an expression must have more than
     * @param maxLength tokens that an expression must have less than
     * @param maxDepth depth that no node exceeds; the root has 1
     * @param maxArgs most arguments of an operator
     * @param trainSize expressions to train on
     * @param validationSize expressions to choose the best epoch by
     * @param testSize expressions to report the accuracy on
     * @param seed of the random numbers; the lower 32 bits count
     */
    record Settings(
            int minLength,
            int maxLength,
            int maxDepth,
            int maxArgs,
            int trainSize,
            int validationSize,
            int testSize,
            long seed) {
        /**
         * @throws UserError when a value is out of range
         */
        Settings {
            check("min_length", minLength, 0, MOST_TOKENS);
            check("max_length", maxLength, minLength + 2, MOST_TOKENS + 2);
            check("max_depth", maxDepth, 1, MOST_TOKENS);
            check("max_args", maxArgs, 2, MOST_TOKENS);
            checkSize("train_size", trainSize, minLength);
            checkSize("val_size", validationSize, minLength);
            checkSize("test_size", testSize, minLength);
        }

        private static void check(String name, int value, int least, int most) {
            if (value < least || value > most) {
                throw new UserError(
                        "data.%s: %d is not in %d..%d".formatted(name, value, least, most));
            }
        }

        private static void checkSize(String name, int value, int minLength) {
            check(name, value, 1, MOST_EXPRESSIONS);
            if ((long) value * (minLength + 2) > Integer.MAX_VALUE) {
                throw new UserError(
                        "data.%s: %d expressions of more than %d tokens pass 2 GiB; lower it"
                                .formatted(name, value, minLength));
            }
        }

        /** The number of expressions in all splits. */
        int size() {
            return trainSize + validationSize + testSize;
        }

        /** All of it as one line: equal lines mean equal data. */
        String key() {
            return "generated version=%d min_length=%d max_length=%d max_depth=%d max_args=%d train=%d val=%d test=%d seed=%d"
                    .formatted(
                            VERSION,
                            minLength,
                            maxLength,
                            maxDepth,
                            maxArgs,
                            trainSize,
                            validationSize,
                            testSize,
                            seed & 0xffffffffL);
        }
    }

    private final Settings settings;
    private final TorchRandom random;
    private final byte[] tree; // the codes of the tree being drawn
    private final int[] missing; // arguments that the open operator of each depth still lacks

    private ListOpsGenerator(Settings settings) {
        this.settings = settings;
        this.random = new TorchRandom(settings.seed());
        this.tree = new byte[settings.maxLength()];
        this.missing = new int[settings.maxLength() + 1];
    }

    /**
     * Draws the three splits, as codes of {@link ListOpsGrammar}; each ends with its value.
     *
     * @return training, validation and test expressions
     * @throws UserError when there are not as many different expressions as asked for
     */
    static List<TokenSet.Builder> generate(Settings settings) {
        ListOpsGenerator generator = new ListOpsGenerator(settings);
        List<byte[]> found = generator.draw();
        int[] order = generator.random.randperm(found.size());
        List<TokenSet.Builder> splits = new ArrayList<>();
        int next = 0;
        for (int size :
                new int[] {settings.trainSize(), settings.validationSize(), settings.testSize()}) {
            TokenSet.Builder split = new TokenSet.Builder();
            for (int i = 0; i < size; i++) {
                byte[] codes = found.set(order[next++], null); // memory for one copy is enough
                split.add(codes, codes.length);
                split.add(new byte[] {ListOpsGrammar.END}, 1);
                split.endSequence();
                split.endSample(ListOpsGrammar.value(codes, codes.length));
            }
            splits.add(split);
        }
        return splits;
    }

    private List<byte[]> draw() {
        int wanted = settings.size();
        List<byte[]> found = new ArrayList<>();
        Set<Long> seen = new HashSet<>();
        int vain = 0;
        while (found.size() < wanted) {
            int length = drawTree();
            // By hash: two that share one would cost an expression, and never let one in twice.
            if (length > settings.minLength() && seen.add(hash(tree, length))) {
                found.add(Arrays.copyOf(tree, length));
                vain = 0;
            } else if (++vain == PATIENCE) {
                throw new UserError(
                        "data: only %d of %d different expressions found (min_length %d, max_length %d, max_depth %d, max_args %d); widen the range of lengths, raise max_depth or lower the sizes"
                                .formatted(
                                        found.size(),
                                        wanted,
                                        settings.minLength(),
                                        settings.maxLength(),
                                        settings.maxDepth(),
                                        settings.maxArgs()));
            }
        }
        return found;
    }

    /** Draws a tree into {@link #tree}; returns its length, or -1 when it gets too long. */
    private int drawTree() {
        int depth = 1; // of the node to come
        int length = 0;
        do {
            if (length + 1 >= settings.maxLength()) {
                return -1;
            }
            if (depth < settings.maxDepth()
                    && Integer.compareUnsigned(random.random32(), OPERATOR_BELOW) < 0) {
                tree[length++] = (byte) (ListOpsGrammar.MIN + random.below(4));
                missing[depth++] = 2 + random.below(settings.maxArgs() - 1);
            } else {
                tree[length++] = (byte) random.below(10);
                while (depth > 1 && --missing[depth - 1] == 0) {
                    if (length + 1 >= settings.maxLength()) {
                        return -1;
                    }
                    tree[length++] = ListOpsGrammar.CLOSE;
                    depth--;
                }
            }
        } while (depth > 1);
        return length;
    }

    /** 64 bits of a polynomial hash with a final mix. */
    private static long hash(byte[] codes, int length) {
        long h = length;
        for (int i = 0; i < length; i++) {
            h = (h ^ codes[i]) * 0x9e3779b97f4a7c15L;
            h ^= h >>> 32;
        }
        return h;
    }
}
