/**
 * The comparison with the official JAX code, number by number, which {@code s5 verify} and the
 * tests run on every backend. {@link s5.verify.Verifier} does what the official code did for a file
 * of its numbers ({@code src/test/resources/golden}): a training step with all gradients, five
 * updates, the evaluation after them. What runs on no backend, HiPPO's start values and the
 * learning-rate schedules, is compared by itself. {@link s5.verify.Comparison} names what is
 * compared and how far it may be off, {@link s5.verify.Errors} holds how far it was.
 *
 * <p>Nothing else in the program depends on this package.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.verify;
