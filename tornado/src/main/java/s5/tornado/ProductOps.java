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
        Tensor partial = recorder.temporary("products", Math.max(1, plan.partialSize()));
        recorder.add(
                op,
                accumulate ? list(a, b, c) : list(a, b),
                list(c, partial),
                List.of(c),
                t -> {
                    if (t.cuda) {
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
}
