/**
 * Pooling, pair features and the losses, on the CPU.
 *
 * <p>Small next to the rest, and in plain loops.
 */
package s5.cpu.head;
