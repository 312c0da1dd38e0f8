package s5.data.own;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import s5.UserError;
import s5.config.Messages;
import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Fitted;
import s5.data.Shape;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Raw sequences, prepared as they are read: a split of a cache, or samples to be predicted. */
final class OwnSet implements Dataset {
    /**
     * What all splits share.
     *
     * @param shape of a sample
     * @param preparation what turns raw numbers into the model's
     * @param json the same, as it is kept
     * @param classes their names
     * @param tokens their names; empty for numbers
     * @param tokenizer turns texts into tokens; null for numbers
     * @param sequences where the raw ones are
     * @param rows their bytes
     * @param ids of all sequences
     * @param answers of all sequences: the class, or the numbers to be told; null when they are not
     *     known
     * @param order the class of each label that positions have
     * @param notes what was left out and why
     */
    record Content(
            Shape shape,
            Preparation preparation,
            String json,
            List<String> classes,
            List<String> tokens,
            Texts.Tokenizer tokenizer,
            Sequences sequences,
            Sequences.Source rows,
            List<String> ids,
            double[] answers,
            int[] order,
            List<String> notes) {
        /**
         * The same sequences for a trained model: all that was fitted is the model's, but for the
         * length.
         *
         * @param fitted of the model
         * @param tokenizer of its vocabulary; null for numbers
         * @throws UserError when they are none that the model takes
         */
        Content as(Fitted fitted, Texts.Tokenizer tokenizer) {
            Preparation its = Preparation.of(fitted.preparation()).withLength(preparation.length());
            if (!its.inputNames().equals(preparation.inputNames())) {
                throw new UserError(
                        "data.inputs: the data have %s, and the model takes %s, in this order"
                                .formatted(
                                        names(preparation.inputNames()), names(its.inputNames())));
            }
            if (!its.reader().equals(preparation.reader())) {
                throw new UserError(
                        "the data are read as %s, and the model takes %s; say so in the settings"
                                .formatted(
                                        Messages.shown(preparation.reader()),
                                        Messages.shown(its.reader())));
            }
            if (its.timed() && !sequences.layout().timed()) {
                throw new UserError("data.time: the data have no times, and the model takes them");
            }
            boolean each = shape.each();
            if (each != fitted.shape().each()) {
                throw new UserError(
                        "the data have an answer %s, and the model has one %s"
                                .formatted(each ? EACH : WHOLE, each ? WHOLE : EACH));
            }
            if (!its.isLike(preparation) || !tokens.equals(fitted.tokenNames())) {
                LOG.warn(
                        "the data are not as those that the model was trained on: scaling, filling"
                                + " of gaps, time steps and vocabulary are the model's, as in"
                                + " predict");
            }
            return new Content(
                    its.shape(classes.size(), fitted.tokenNames().size(), each),
                    its,
                    its.toJson(),
                    classes,
                    fitted.tokenNames(),
                    tokenizer,
                    sequences,
                    rows,
                    ids,
                    answers,
                    order,
                    notes);
        }

        private static String names(List<String> columns) {
            return columns.isEmpty() ? "texts" : Messages.shown(String.join(", ", columns));
        }
    }

    private static final String EACH = "at each position";
    private static final String WHOLE = "for the whole";
    private static final Logger LOG = LoggerFactory.getLogger(OwnSet.class);

    private final Content all;
    private final int[] members;

    OwnSet(Content all, int[] members) {
        this.all = all;
        this.members = members;
    }

    @Override
    public Shape shape() {
        return all.shape;
    }

    @Override
    public List<String> classNames() {
        return all.classes;
    }

    @Override
    public List<String> tokenNames() {
        return all.tokens;
    }

    @Override
    public List<String> targetNames() {
        return all.preparation.targets().stream().map(Preparation.Column::name).toList();
    }

    @Override
    public String preparation() {
        return all.json;
    }

    @Override
    public int size() {
        return members.length;
    }

    @Override
    public String id(int i) {
        return all.ids.get(members[i]);
    }

    @Override
    public boolean named() {
        return true;
    }

    private int[] ids(int i) {
        return all.tokenizer.ids(all.sequences.text(all.rows, members[i]));
    }

    /** How many tokens of all texts are not in the vocabulary. */
    long unknown() {
        return all.shape.tokens()
                ? IntStream.range(0, size()).mapToLong(i -> TextFitting.unknown(ids(i))).sum()
                : 0;
    }

    @Override
    public String cut(int i) {
        int length = all.shape.tokens() ? ids(i).length : rawLength(i);
        return length <= all.shape.length()
                ? ""
                : "%s: has %,d %s where the model takes %,d"
                        .formatted(
                                id(i),
                                length,
                                all.shape.tokens() ? "tokens" : "positions",
                                all.shape.length());
    }

    /** How many positions it has in the file. */
    int rawLength(int i) {
        return all.sequences.length(members[i]);
    }

    /** Its inputs as they stand in the file, (positions, C). */
    double[] rawInputs(int i) {
        return all.sequences.inputs(all.sequences.rows(all.rows, members[i], Integer.MAX_VALUE));
    }

    /** Its times as they stand in the file, (positions); null where there are none. */
    double[] rawTimes(int i) {
        return all.sequences.times(all.sequences.rows(all.rows, members[i], Integer.MAX_VALUE));
    }

    List<String> notes() {
        return all.notes;
    }

    Preparation fitted() {
        return all.preparation;
    }

    @Override
    public void restore(int i, double[] means, double[] deviations) {
        all.preparation.restore(means, deviations);
    }

    @Override
    public void read(int i, Batch batch, int row) {
        int member = members[i];
        if (all.shape.tokens()) {
            int[] ids = ids(i);
            int kept = Math.min(ids.length, all.shape.length());
            int from = row * all.shape.length();
            System.arraycopy(ids, 0, batch.tokens, from, kept);
            batch.tokens[from + kept - 1] = ids[ids.length - 1]; // the mark of the end
            Arrays.fill(batch.tokens, from + kept, from + all.shape.length(), 0);
            batch.lengths[row] = kept;
            answer(member, batch, row);
            return;
        }
        double[] rows = all.sequences.rows(all.rows, member, all.shape.length());
        int length = rows.length / all.sequences.layout().width();
        all.preparation.write(
                length, all.sequences.times(rows), all.sequences.inputs(rows), batch, row);
        if (all.shape.each()) {
            answers(all.sequences.answers(rows), batch, row);
        } else {
            answer(member, batch, row);
        }
    }

    /** The answer of the whole; 0 where none is known. */
    private void answer(int member, Batch batch, int row) {
        if (batch.labels != null) {
            batch.labels[row] = all.answers == null ? 0 : (int) all.answers[member];
            return;
        }
        int targets = all.shape.targets();
        for (int t = 0; t < targets; t++) {
            double value = all.answers == null ? Double.NaN : all.answers[member * targets + t];
            batch.targets[row * targets + t] = scaled(t, value);
        }
    }

    /** The answers of the positions; none, for a sample to be predicted. */
    private void answers(double[] known, Batch batch, int row) {
        int length = all.shape.length();
        if (batch.labels != null) {
            for (int k = 0; k < length; k++) {
                int label = k < known.length ? (int) known[k] : -1;
                batch.labels[row * length + k] = label < 0 ? -1 : all.order[label];
            }
            return;
        }
        int targets = all.shape.targets();
        for (int k = 0; k < length * targets; k++) {
            double value = k < known.length ? known[k] : Double.NaN;
            batch.targets[row * length * targets + k] = scaled(k % targets, value);
        }
    }

    private float scaled(int target, double value) {
        return Double.isNaN(value) ? 0 : all.preparation.targets().get(target).scaled(value);
    }
}
