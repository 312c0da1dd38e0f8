/**
 * Files that other programs read too: {@link s5.io.Safetensors} for Python, {@link s5.io.EventFile}
 * for TensorBoard. {@link s5.io.AtomicFile} writes a file whole or not at all, {@link
 * s5.io.TarReader} reads archives of others, {@link s5.io.Sha256} and {@link s5.io.Locks} are for
 * any file.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.io;
