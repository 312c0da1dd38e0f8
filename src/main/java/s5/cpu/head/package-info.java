/**
 * Pooling, pair features and the losses, on the CPU.
 *
 * <p>Small next to the rest, and in plain loops.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.cpu.head;
