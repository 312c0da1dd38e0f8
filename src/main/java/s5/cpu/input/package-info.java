/**
 * What turns the input of a position into features: embedding, dense layers, convolutions, on the
 * CPU.
 *
 * <p>{@code Convolutions} are inner loops, plain and with the Vector API.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.cpu.input;
