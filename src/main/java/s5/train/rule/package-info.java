/** The rules of training: which parameter learns how, and at which rate in which update. */
package s5.train.rule;
