/**
 * Batch and layer normalization, on the CPU.
 *
 * <p>{@code Norms} are the inner loops, plain and with the Vector API.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.cpu.norm;
