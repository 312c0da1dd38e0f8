/**
 * The processes of a training on several GPUs or machines: who is who ({@link
 * s5.collective.Ranks}), how they find each other, what they tell each other ({@link
 * s5.collective.Collective}), and how one learns that another is gone.
 *
 * <p>{@link s5.collective.TcpCollective} is a star of plain TCP connections around rank 0. It
 * carries what the hosts have to agree on, small and rare; on the CPU it also carries the sums of
 * gradients, which is enough for tests and hosts without a GPU, and grows with the number of
 * processes. On GPUs NCCL sums, see the package {@code s5.tornado}.
 */
package s5.collective;
