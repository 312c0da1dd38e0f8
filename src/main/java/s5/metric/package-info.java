/**
 * How good predictions are: what there is to say of an evaluation, besides the loss that a model
 * learns from, and what the simplest predictors would reach.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.metric;
