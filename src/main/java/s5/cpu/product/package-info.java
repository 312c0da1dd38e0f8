/**
 * Matrix products, on the CPU.
 *
 * <p>{@link s5.cpu.product.Gemm} cuts a product into blocks, {@code Products} are its inner loops,
 * plain and with the Vector API.
 */
package s5.cpu.product;
