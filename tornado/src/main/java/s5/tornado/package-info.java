/**
 * The operations on TornadoVM: kernels in plain Java, compiled for CUDA or OpenCL when a step first
 * runs, and one task graph for each step. On CUDA the graph is captured as a CUDA graph and matrix
 * products go to cuBLAS.
 *
 * <p>A kernel is a public static method of a {@code ...Kernels} class over a {@link
 * uk.ac.manchester.tornado.api.KernelContext}, arrays and ints. What TornadoVM compiles wrongly,
 * without a word, is avoided by rule: no {@code >>>}, no int that overflows, no two loops in the
 * arms of one if, one return at the end of a helper, {@code if (i < n)} around the body instead of
 * an early return, no atomics, names that begin with {@code s5} because a kernel named like a
 * built-in function crashes the driver.
 *
 * <p>An array argument of a parameter or vector is followed by its offset, {@code wAt}, because
 * small tensors share an array; arrays of activations are whole.
 */
package s5.tornado;
