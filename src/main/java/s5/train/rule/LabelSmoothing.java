package s5.train.rule;

import s5.UserError;
import s5.config.TrainOptions;
import s5.ops.HeadOp.CrossEntropy;
import s5.ops.HeadOp.SmoothLabels;
import s5.ops.Op;
import s5.ops.Program;

/** Puts {@link SmoothLabels} behind the loss of a training step. */
public final class LabelSmoothing {
    private LabelSmoothing() {}

    /**
     * {@return a training step with smoothed labels; the program itself where they are not asked
     * for}
     *
     * @param options say so
     * @param program forward and backward
     * @throws UserError when the model tells no classes
     */
    public static Program of(TrainOptions options, Program program) {
        if (options.labelSmoothing() == 0) {
            return program;
        }
        float share = (float) options.labelSmoothing();
        Program smoothed = new Program();
        boolean found = false;
        for (Op op : program.ops()) {
            smoothed.add(op);
            if (op instanceof CrossEntropy loss) {
                found = true;
                smoothed.add(
                        new SmoothLabels(
                                loss.logProbs(),
                                loss.labels(),
                                loss.weights(),
                                loss.counters(),
                                loss.length(),
                                share,
                                loss.dLogits(),
                                loss.metrics()));
            }
        }
        if (!found) {
            throw new UserError(
                    "train.label_smoothing: the model tells numbers, not classes; leave it out");
        }
        return smoothed;
    }
}
