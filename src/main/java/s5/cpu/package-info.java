/**
 * The operations on the CPU, without any native library: loops over {@code float[]}, played by a
 * fixed set of threads.
 *
 * <p>{@link s5.cpu.CpuBackend} owns the memory and makes a task of each operation; a folder for
 * each family holds the rest: {@code NormTasks} one method for each operation, which cuts it into
 * blocks of work; {@code Norms} the inner loops, in two versions, {@code PlainNorms} in plain Java
 * and {@code VectorNorms} with the Vector API. {@link s5.cpu.Machine} is what tasks run on. What a
 * {@link s5.ops.Program.Rewrite} makes of several operations is a {@link s5.cpu.CpuFused}.
 *
 * <p>How work is cut into blocks depends on shapes only, never on the number of threads.
 * Elementwise results do not depend on the cut; a sum is taken in float32 within a block (a few
 * hundred terms) and over the blocks in double, in the order of the blocks. So the number of
 * threads changes no bit of any result.
 *
 * <p>Public for the rest of this program; only {@link s5} is promised to others.
 */
package s5.cpu;
