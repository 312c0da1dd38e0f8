/**
 * Weights in and out: files of parameters and running statistics for other programs, and theirs for
 * this one; docs/interchange.md tells formats and names.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.exchange;
