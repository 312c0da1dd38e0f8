/**
 * {@link s5.ops.Ops} on the CPU, without any native library: recorded loops over {@code float[]},
 * played by a fixed set of threads.
 *
 * <p>{@link s5.cpu.CpuBackend} owns the memory and records; {@code InputOps} to {@code AdamOp} hold
 * one method for each operation (shape checks, then the loops over blocks of work); {@code Kernels}
 * are the inner loops, in two versions: {@code ScalarKernels} plain, {@code VectorKernels} with the
 * Vector API.
 *
 * <p>How work is cut into blocks depends on shapes only, never on the number of threads.
 * Elementwise results do not depend on the cut; a sum is taken in float32 within a block (a few
 * hundred terms) and over the blocks in double, in the order of the blocks. So the number of
 * threads changes no bit of any result.
 */
package s5.cpu;
