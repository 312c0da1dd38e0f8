/**
 * Running a trained model on the CPU: what stands behind {@link s5.S5Model}, {@link s5.S5Stream}
 * and {@link s5.S5Streams}.
 *
 * <p>{@code Trained} has the weights, once and unchanging; {@code Runner} is the scratch that one
 * thread borrows to evaluate a sequence, {@code StepEngine} that which steps a stream.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.infer;
