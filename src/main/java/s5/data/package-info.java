/**
 * Data sets. A {@link s5.data.DataSource} is one that a config can name, with settings of its own;
 * {@link s5.data.DataSources} knows them all. {@link s5.data.set} has a class for each that comes
 * with this program, {@link s5.data.format} the readers of file formats.
 *
 * <p>A {@link s5.data.Dataset} is one split; it writes a sample into a row of a {@link
 * s5.data.Batch}, the host arrays that go to the device. {@link s5.data.Batches} walks through a
 * split. {@link s5.data.Shape} fixes the model's input and output. Sizes carry the letters of the
 * paper and of the official code:
 *
 * <table>
 *   <caption>Glossary</caption>
 *   <tr><td>B</td><td>samples in a batch (bsz)</td></tr>
 *   <tr><td>L</td><td>positions of a sample, padding included (seq_len)</td></tr>
 *   <tr><td>inputs</td><td>channels of a position, or the size of the one-hot code (in_dim)</td></tr>
 *   <tr><td>length</td><td>positions that are a sample's own; the rest is padding</td></tr>
 *   <tr><td>document</td><td>one of the sequences that a sample consists of (two in retrieval)</td></tr>
 * </table>
 *
 * <p>Every mistake in a user's file ends in a {@link s5.UserError} that names file and place.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.data;
