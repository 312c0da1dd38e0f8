/**
 * The rules of training: which parameter learns how, at which rate in which update, and when a run
 * is over.
 */
package s5.train.rule;
