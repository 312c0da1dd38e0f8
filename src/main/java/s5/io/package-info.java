/**
 * Files that other programs read too: {@link s5.io.Safetensors} for Python, {@link s5.io.EventFile}
 * for TensorBoard. {@link s5.io.AtomicFile} writes a file whole or not at all, {@link
 * s5.io.TarReader} reads archives of others.
 */
package s5.io;
