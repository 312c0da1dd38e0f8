/**
 * Sequences that a user brings: readers of common formats, each a {@link s5.data.DataSource}, and
 * what they share.
 *
 * <p>A {@link s5.data.own.RawReader} gives {@link s5.data.own.RawSequence}s one at a time, as they
 * stand in the file. {@link s5.data.own.OwnSource} does the rest for every format: the numbers go
 * to the cache as they are, parts are chosen, a {@link s5.data.own.Preparation} is fitted on the
 * training part, and is applied whenever a sample is read, from the cache or from a raw file that
 * is to be predicted.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.data.own;
