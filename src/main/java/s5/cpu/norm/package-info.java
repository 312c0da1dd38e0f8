/**
 * Batch and layer normalization, on the CPU.
 *
 * <p>{@link s5.cpu.norm.Norms} are the inner loops, plain and with the Vector API.
 */
package s5.cpu.norm;
