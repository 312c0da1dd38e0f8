/**
 * What turns the input of a position into features: embedding, dense layers, convolutions, on the
 * CPU.
 *
 * <p>{@code Convolutions} are inner loops, plain and with the Vector API.
 */
package s5.cpu.input;
