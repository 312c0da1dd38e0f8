package s5.cpu;

import s5.ops.LayerOp;
import s5.ops.Matmul;
import s5.ops.NormOp;
import s5.ops.Op;
import s5.ops.ScanOp;
import s5.ops.Tensor;

/**
 * How much there is to do in an operation, roughly, in numbers read and written: so that a short
 * sequence is not handed to threads that take longer to wake than to work.
 */
final class Work {
    /** Numbers that a thread has at least, a matter of 10 microseconds: a hand-off costs 1 to 50. */
    private static final int LEAST = 1 << 14;

    /** Products, in registers, in the time of a number read or written. */
    private static final int PRODUCTS = 64;

    /** Numbers in the time of one, where exponentials, convolutions and the like are made of it. */
    private static final int HARD = 8;

    private Work() {}

    /**
     * {@return how many threads should share an operation}
     *
     * @param op any
     * @param most threads that there are
     */
    static int threads(Op op, int most) {
        return (int) Math.clamp(of(op) / LEAST, 1, most);
    }

    private static long of(Op op) {
        return switch (op) {
            case Chain chain -> chain.links().stream().mapToLong(Work::of).sum();
            case Matmul o -> numbers(o) + (long) o.a().size() * o.b().size() / shared(o) / PRODUCTS;
            case LayerOp _, NormOp _, CpuFused _, ScanOp.Scan _, ScanOp.ScanAdjoint _ ->
                    numbers(op);
            default -> HARD * numbers(op);
        };
    }

    /** m n k = (m k) (k n) / k. */
    private static long shared(Matmul o) {
        return o.a().size() / o.c().rows();
    }

    private static long numbers(Op op) {
        return op.tensors().stream().mapToLong(Tensor::size).sum();
    }
}
