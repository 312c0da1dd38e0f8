/**
 * Non-linearities, gates, dropout and sums, on the CPU.
 *
 * <p>{@code Activations} are the inner loops, plain and with the Vector API.
 */
package s5.cpu.layer;
