package s5;

import s5.infer.CpuModel;
import s5.train.Checkpoint;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * A trained model, on the CPU. Its weights are in memory once and never change: any number of
 * threads may use it at the same time, and each answer is the same, bit for bit, as if it were
 * alone.
 *
 * <pre>{@code
 * double[] xy = ...; // x, y, x, y, ... of a recording
 * try (S5Model model = S5Model.load(Path.of("runs/quickstart/best.safetensors"))) {
 *     if (model.predict(Sequence.ofValues(xy, 2)) instanceof Prediction.Classes c) {
 *         System.out.println(c.name() + " with " + c.probability());
 *     }
 * }
 * }</pre>
 *
 * <p>Who is wrong is said by the exception: {@link IllegalArgumentException} is the program's
 * mistake (text for a model of numbers), {@link UserError} is one of the data (a text that is
 * damaged or too long, a number that is not finite), {@link IllegalStateException} tells that the
 * model is closed.
 */
public interface S5Model extends AutoCloseable {

    /**
     * Loads a model.
     *
     * @param checkpoint a file that training wrote, {@code best.safetensors}
     * @return the model; to be closed
     * @throws UserError when the file is missing, damaged, or none of this program, or the model's
     *     weights are no finite numbers
     * @throws Failure when the thread is interrupted, which it stays
     */
    static S5Model load(Path checkpoint) {
        return CpuModel.of(Checkpoint.read(Objects.requireNonNull(checkpoint, "checkpoint")));
    }

    /**
     * Loads a model from anywhere, such as a resource of the program.
     *
     * @param checkpoint the bytes of such a file; read to its end, not closed
     * @return the model; to be closed
     * @throws UserError as {@link #load(Path)}
     * @throws Failure as well
     */
    static S5Model load(InputStream checkpoint) {
        return CpuModel.of(Checkpoint.read(Objects.requireNonNull(checkpoint, "checkpoint")));
    }

    /**
     * {@return what the model says of a sequence} Computed on the calling thread.
     *
     * <p>A model of forecasts takes the rows of a series so far, as many as there are, and tells
     * the next, as {@link Prediction.NumbersEach}. It looks at the last {@link #length}; rows
     * before them fill gaps. Where columns are known ahead, their rows follow, with NaN in those to
     * be told.
     *
     * @param sequence as in training: what was scaled there is to be scaled here
     * @throws IllegalArgumentException when the model takes none of that kind
     * @throws UserError when it is too long, for a forecast too short, or one of its numbers is not
     *     finite, or the text is damaged; or when it has times that a model which reads none does
     *     not know: it was trained on positions equally far apart
     * @throws IllegalStateException when the model is closed
     */
    Prediction predict(Sequence sequence);

    /**
     * {@return what the model says of each sequence, in their order} Computed on the calling thread
     * and the common pool of {@link java.util.concurrent.ForkJoinPool}.
     *
     * @param sequences of any lengths
     * @throws IllegalArgumentException as {@link #predict(Sequence)}; the message names the place
     * @throws UserError as well
     * @throws IllegalStateException when the model is closed
     */
    List<Prediction> predict(List<Sequence> sequences);

    /**
     * {@return what the model says of each sequence, in their order} Computed on the calling thread
     * and a pool of the caller's; it ends also when the pool takes no task.
     *
     * @param sequences of any lengths
     * @param pool gets a task for each processor
     * @throws IllegalArgumentException as {@link #predict(Sequence)}; the message names the place
     * @throws UserError as well
     * @throws IllegalStateException when the model is closed
     */
    List<Prediction> predict(List<Sequence> sequences, Executor pool);

    /**
     * {@return the same model for input at another rate; it shares the weights, so that closing one
     * closes both}
     *
     * @param factor multiplies every time step: 2 for input at half the rate of the training data
     * @throws IllegalArgumentException when it is not above 0 and finite
     */
    S5Model withStepRescale(double factor);

    /**
     * {@return a new stream: the model one position at a time}
     *
     * @throws UserError when the model looks at a sequence from both ends, at two documents, or at
     *     a window to tell what comes next
     * @throws IllegalStateException when the model is closed
     */
    S5Stream stream();

    /**
     * {@return streams that step together, for a server with many sensors}
     *
     * @param sessions how many
     * @throws IllegalArgumentException when there are less than one, or more than arrays and the
     *     memory of this JVM hold
     * @throws UserError as {@link #stream}
     * @throws IllegalStateException when the model is closed
     */
    S5Streams streams(int sessions);

    /** {@return the classes in the order of the probabilities; empty when it tells numbers} */
    List<String> classes();

    /** {@return what the numbers are that it tells; empty when it tells classes} */
    List<String> targets();

    /** {@return the tokens by their ids; empty when it takes none, or their names are not known} */
    List<String> tokens();

    /**
     * {@return L, the longest sequence that it was trained on; of a forecast, the rows it looks at}
     */
    int length();

    /** {@return the numbers of a position, or how many tokens it can tell apart} */
    int inputs();

    /** {@return in words: what it takes and tells} */
    String describe();

    /**
     * Frees the memory. Predictions that other threads are at are finished; later calls, those of
     * its streams included, throw {@link IllegalStateException}. May be called twice.
     */
    @Override
    void close();
}
