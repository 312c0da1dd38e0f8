/**
 * The state space model: discretization, readout, recurrence, on the CPU.
 *
 * <p>{@code Discrete} is the arithmetic of one state, {@code Scans} are the inner loops of the
 * scan, plain and with the Vector API; the timed scan is plain.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.cpu.scan;
