package s5.data.own.table;

import s5.UserError;
import s5.config.Messages;
import s5.data.own.table.TableKeys.Answers;

import java.util.function.LongFunction;

/**
 * In how many sequences an answer changes from row to row, which says whether it is one of each
 * position, or a mistake.
 *
 * @param changed sequences within which an answer changes
 * @param sequences all
 * @param answer of the first change, from 0
 * @param before the row before it; -1 where nothing changes
 * @param row the first that has another answer
 */
record AnswerChanges(int changed, int sequences, int answer, long before, long row) {
    /** Where fewer than one of so many sequences have a change, it is taken for a mistake. */
    private static final int FEW = 10;

    /**
     * Looks.
     *
     * @param runs the rows of each sequence
     * @param spill the rows' numbers
     * @param count sequences
     * @param answers columns of answers, from the third on
     * @param classes whether they are classes, of which negative ones are missing
     */
    static AnswerChanges of(RowRuns runs, Spill spill, int count, int answers, boolean classes) {
        int changed = 0;
        AnswerChanges first = new AnswerChanges(0, count, 0, -1, -1);
        for (int id = 0; id < count; id++) {
            long[] rows = runs.rows(id);
            boolean changes = false;
            for (int a = 0; a < answers && !changes; a++) {
                long known = -1; // the last row with an answer
                for (int k = 0; k < rows.length && !changes; k++) {
                    double value = spill.get(rows[k], 2 + a);
                    if (Double.isNaN(value) || (classes && value < 0)) {
                        continue;
                    }
                    changes = known >= 0 && value != spill.get(known, 2 + a);
                    if (changes && changed == 0) {
                        first = new AnswerChanges(0, count, a, known, rows[k]);
                    }
                    known = rows[k];
                }
            }
            changed += changes ? 1 : 0;
        }
        return new AnswerChanges(changed, count, first.answer, first.before, first.row);
    }

    /**
     * Whether answers are told of each position.
     *
     * @param key what the settings say
     * @param told a row's place and answer, in words
     * @throws UserError when they change where they should not
     */
    boolean each(Answers key, LongFunction<String> told) {
        if (key == Answers.POSITION) {
            return true;
        }
        boolean few = (long) changed * FEW < sequences;
        if (changed > 0 && (key == Answers.SEQUENCE || few)) {
            throw new UserError(
                    "%s, and %s; it changes within %,d of %,d sequences: mend it, or set data.answers=position where each position has an answer of its own"
                            .formatted(told.apply(row), told.apply(before), changed, sequences));
        }
        return changed > 0;
    }

    /** What was decided, for people. */
    String note(String column) {
        return "column %s changes within %,d of %,d sequences, so that it is told at each position (data.answers)"
                .formatted(Messages.quoted(column), changed, sequences);
    }
}
