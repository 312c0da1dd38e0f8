/**
 * Matrix products, on the CPU.
 *
 * <p>{@link s5.cpu.product.Gemm} cuts a product into blocks, {@code Products} are its inner loops,
 * plain and with the Vector API.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.cpu.product;
