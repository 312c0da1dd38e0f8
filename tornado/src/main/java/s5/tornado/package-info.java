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
 * <p>A kernel is a public static method of a {@code ...Kernels} class over arrays and numbers, in
 * one of two forms. Where time does not matter it is a plain Java loop whose index is {@link
 * uk.ac.manchester.tornado.api.annotations.Parallel}: one turn for each element of the result, in
 * any order, each with its own sums from first to last. Its task is named by {@link Tasks#loop},
 * and its bound must then be a product or a difference, {@code i < rows * columns}: for a bare
 * argument TornadoVM puts the number of threads that it starts, which is rounded up. Where time
 * matters it is over a {@link uk.ac.manchester.tornado.api.KernelContext}, groups of threads that
 * share local memory, with a plan that says how the work is cut up: products, norms, scans,
 * convolutions, the non-linear parts of a layer, and sums over many rows. Scans have both forms,
 * see {@link s5.tornado.scan.PlainScanKernels}.
 *
 * <p>Kernels are written for float32. Where the precision is bf16, {@link
 * s5.tornado.stored.StoredKernels} makes others of them for arrays of bfloat16, which compute the
 * same and read and write two bytes.
 *
 * <p>What TornadoVM compiles wrongly, without a word, is avoided by rule: no {@code >>>}, no int
 * that overflows, no two loops in the arms of one if, one return at the end of a helper, {@code if
 * (i < n)} around the body instead of an early return, no atomics and no {@code @Reduce}, no array
 * of a work group handed to a method that a kernel calls (a private array may be). A kernel named
 * like a built-in function of OpenCL or CUDA ({@code isnan}) crashes the driver, so their names are
 * of two words, such as {@code poolMeans}.
 *
 * <p>An array argument of a parameter or vector is followed by its offset, {@code wAt}, because
 * small tensors share an array; arrays of activations are whole. Other numbers among the arguments
 * are constants to the compiler, so a flag costs nothing when the kernel runs, and so is -1, the
 * offset of a tensor that is not there. Tasks that differ in arrays and offsets alone share a
 * kernel, see {@link s5.tornado.Kernels}; so no kernel asks for the size of an array.
 */
package s5.tornado;
