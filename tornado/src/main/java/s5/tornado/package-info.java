/**
 * The operations on TornadoVM: kernels in plain Java, compiled for CUDA or OpenCL when a step first
 * runs, and one task graph for each step, or two for a long one. On CUDA a graph is captured as a
 * CUDA graph and matrix products go to cuBLAS.
 *
 * <p>{@link s5.tornado.TornadoBackend} hands each operation of a program to its family, which has a
 * package of its own: {@code ...Tasks} says to a {@link s5.tornado.Recorder} what memory it needs,
 * and adds its kernels to the step's {@link s5.tornado.Tasks} with their launches; {@code ...Plan}
 * cuts the work up; {@code ...Kernels} do it.
 *
 * <p>A kernel is a public static method of a {@code ...Kernels} class over a {@link
 * uk.ac.manchester.tornado.api.KernelContext}, arrays and ints. What TornadoVM compiles wrongly,
 * without a word, is avoided by rule: no {@code >>>}, no int that overflows, no two loops in the
 * arms of one if, one return at the end of a helper, {@code if (i < n)} around the body instead of
 * an early return, no atomics. A kernel named like a built-in function of OpenCL or CUDA ({@code
 * isnan}) crashes the driver, so their names are of two words, such as {@code poolMeans}.
 *
 * <p>An array argument of a parameter or vector is followed by its offset, {@code wAt}, because
 * small tensors share an array; arrays of activations are whole.
 */
package s5.tornado;
