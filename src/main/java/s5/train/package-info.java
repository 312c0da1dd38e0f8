/**
 * Training, evaluation and what they need: {@link s5.train.Trainer} is the loop over epochs, {@link
 * s5.train.Learner} the training step, {@link s5.train.Evaluator} the evaluation of a data set,
 * {@link s5.train.rule.Optimizer} and {@link s5.train.rule.Schedule} how parameters are updated,
 * {@link s5.train.Checkpoint} a run at one moment, {@code RunProgress} how far it is.
 *
 * <p>Around the loop stands a class for each thing that it has to look after:
 *
 * <pre>
 *   Steps              the compiled steps, which runs of a search hand on
 *   Updates            one update after the other, by its number
 *   EpochLosses        reads the losses from the device, many steps at a time
 *   RunCheckpoints     the states to go back to, in memory and in files
 *   DivergenceSearch   where a number went bad first
 *   EpochEvaluation    the evaluation at the end of an epoch
 *   Patience           what follows when validation no longer improves
 *   TrainingLog        rows of the table of numbers, a line for each epoch
 *   OverheadTimer      what of the time is neither steps nor evaluation
 * </pre>
 *
 * <p>{@link s5.train.Footprint} tells beforehand what memory a step takes. Nothing here knows the
 * report, which is made from a checkpoint and the run's table.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.train;
