/**
 * The training loop: {@link s5.train.Trainer} is the main path, {@link s5.train.Learner} one
 * update, {@link s5.train.Evaluator} one look at a data set, {@link s5.train.Verifier} the
 * comparison with the official numbers.
 */
package s5.train;
