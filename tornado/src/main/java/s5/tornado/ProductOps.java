package s5.tornado;

import static s5.tornado.Recorder.list;

import s5.ops.Tensor;

import java.util.List;

/** The large matrix products: cuBLAS on CUDA, own kernels elsewhere. */
final class ProductOps {
    private final Recorder recorder;

    ProductOps(Recorder recorder) {
        this.recorder = recorder;
    }

    void matmul(
            Tensor a,
            boolean transposeA,
            Tensor b,
            boolean transposeB,
            boolean accumulate,
            Tensor c) {
        String op = "matmul";
        int m = a.dim(transposeA ? 1 : 0);
        int k = a.dim(transposeA ? 0 : 1);
        int n = b.dim(transposeB ? 0 : 1);
        Check.shape(op, b, transposeB ? n : k, transposeB ? k : n);
        Check.shape(op, c, m, n);
        recorder.whole(a);
        MatmulPlan plan = MatmulPlan.of(m, n, k);
        Tensor turned =
                !transposeA && !transposeB && gainsFromTurning(m, n, k)
                        ? Tensor.scratch("turned", n * k)
                        : null;
        Tensor partial = recorder.temporary("products", Math.max(1, plan.partialSize()));
        recorder.add(
                op,
                accumulate ? list(a, b, c) : list(a, b),
                list(c, partial, turned),
                List.of(c),
                t -> {
                    if (t.cuda && turned != null) {
                        t.end();
                        t.graph.task(
                                t.id(Launch.over(n * k)),
                                MatmulKernels::turn,
                                t.context,
                                t.array(b),
                                t.at(b),
                                t.array(turned),
                                t.at(turned),
                                k,
                                n);
                        t.product(m, n, k, a, false, turned, true, accumulate, c);
                    } else if (t.cuda) {
                        t.product(m, n, k, a, transposeA, b, transposeB, accumulate, c);
                    } else {
                        t.kernels.matmul(
                                t.id(),
                                plan,
                                t.array(a),
                                transposeA,
                                t.part(b),
                                transposeB,
                                accumulate,
                                t.array(partial),
                                t.part(c));
                    }
                });
    }

    /**
     * Whether cuBLAS is faster with a transposed copy of b. Measured on an H200 with m from 50,000
     * to 520,000: 1.1 to 1.6 times faster for wide c, no difference for narrow ones; small products
     * do not win back the time of the copy.
     */
    private static boolean gainsFromTurning(int m, int n, int k) {
        long moved = (long) m * (n + k);
        return (n > k || n >= 128) && moved > 12_000_000 && 16L * n * k < moved;
    }
}
