package s5.tornado.product;

import s5.ops.Matmul;
import s5.ops.Tensor;
import s5.tornado.Launch;
import s5.tornado.Recorder;
import s5.tornado.Tasks;

/** The large matrix products: cuBLAS on CUDA, own kernels elsewhere. */
public final class MatmulTask {
    /**
     * Multiply-adds up to which a product is not rounded to TF32: a large GPU takes a microsecond
     * for them in FP32, less than for the launch.
     */
    private static final long EXACT = 1 << 25;

    private MatmulTask() {}

    /** Says how {@link Matmul} is done. */
    public static void plan(Matmul op, Recorder recorder) {
        recorder.whole(op.a());
        int k = op.transposeA() ? op.a().rows() : op.a().columns();
        MatmulPlan plan = MatmulPlan.of(op.c().rows(), op.c().columns(), k);
        boolean narrow = recorder.isNarrow(op.a());
        Tensor turned =
                !narrow && !op.transposeA() && !op.transposeB() && gainsFromTurning(plan)
                        ? Tensor.scratch("turned", plan.n() * k)
                        : null;
        // cuBLAS takes two of a kind; the smaller one is a parameter
        Tensor rounded =
                narrow && !recorder.isNarrow(op.b())
                        ? Tensor.activation("rounded", op.b().rows(), op.b().columns())
                        : null;
        Tensor partial = recorder.temporary("products", Math.max(1, plan.partialSize()));
        recorder.add(
                op,
                t -> {
                    if (!t.cuda) {
                        byOwnKernels(op, plan, partial, t);
                    } else if (turned == null) {
                        Tensor b = rounded == null ? op.b() : rounded;
                        if (rounded != null) {
                            round(op.b(), rounded, t);
                        }
                        byCublas(plan, op.a(), op.transposeA(), b, op.transposeB(), op, t);
                    } else {
                        turn(op.b(), turned, plan, t);
                        byCublas(plan, op.a(), false, turned, true, op, t);
                    }
                },
                partial,
                turned,
                rounded);
    }

    /**
     * Whether cuBLAS is faster with a transposed copy of b. Measured on an H200 with m from 50,000
     * to 520,000: 1.1 to 1.6 times faster for wide c, no difference for narrow ones; small products
     * do not win back the time of the copy.
     */
    private static boolean gainsFromTurning(MatmulPlan plan) {
        int n = plan.n();
        int k = plan.k();
        long moved = (long) plan.m() * (n + k);
        return (n > k || n >= 128) && moved > 12_000_000 && 16L * n * k < moved;
    }

    private static void round(Tensor b, Tensor rounded, Tasks t) {
        t.end();
        t.graph.task(
                t.loop(b.size()),
                MatmulKernels::copyElements,
                t.array(b),
                t.at(b),
                t.array(rounded),
                b.rows(),
                b.columns());
    }

    private static void turn(Tensor b, Tensor turned, MatmulPlan plan, Tasks t) {
        t.end();
        t.graph.task(
                t.id(Launch.over(plan.n() * plan.k())),
                MatmulKernels::turn,
                t.context,
                t.array(b),
                t.at(b),
                t.array(turned),
                t.at(turned),
                plan.k(),
                plan.n());
    }

    /** Products that follow each other become one task. */
    private static void byCublas(
            MatmulPlan plan,
            Tensor a,
            boolean transposeA,
            Tensor b,
            boolean transposeB,
            Matmul op,
            Tasks t) {
        if (!(t.deferred() instanceof Products)) {
            t.defer(new Products());
        }
        Products products = (Products) t.deferred();
        boolean narrow = t.isNarrow(a);
        if (narrow != t.isNarrow(b) || (!narrow && t.isNarrow(op.c()))) {
            throw new IllegalArgumentException(
                    "product of %s and %s into %s: stored differently".formatted(a, b, op.c()));
        }
        products.add(
                new Products.Gemm(
                        plan.m(),
                        plan.n(),
                        plan.k(),
                        transposeA,
                        transposeB,
                        op.accumulate(),
                        t.tf32 && (long) plan.m() * plan.n() * plan.k() > EXACT,
                        narrow,
                        t.isNarrow(op.c()),
                        products.number(t.array(a)),
                        t.at(a),
                        products.number(t.array(b)),
                        t.at(b),
                        products.number(t.array(op.c())),
                        t.at(op.c())));
    }

    private static void byOwnKernels(Matmul op, MatmulPlan plan, Tensor partial, Tasks t) {
        String id = t.id();
        boolean split = plan.splits() > 1;
        Tensor out = split ? partial : op.c();
        t.graph.task(
                t.id(id + "Tiles", plan.launch()),
                MatmulKernels::matmulTiles,
                t.context,
                t.array(op.a()),
                t.array(op.b()),
                t.at(op.b()),
                t.array(out),
                t.at(out),
                plan.m(),
                plan.n(),
                plan.k(),
                op.transposeA() ? 1 : plan.k(),
                op.transposeA() ? plan.m() : 1,
                op.transposeB() ? 1 : plan.n(),
                op.transposeB() ? plan.k() : 1,
                plan.rowTiles(),
                plan.columnTiles(),
                plan.share(),
                op.accumulate() && !split ? 1 : 0);
        if (split) {
            t.graph.task(
                    t.id(id + "Combine", plan.combineLaunch()),
                    MatmulKernels::matmulCombine,
                    t.context,
                    t.array(partial),
                    t.array(op.c()),
                    t.at(op.c()),
                    plan.splits(),
                    plan.m() * plan.n(),
                    op.accumulate() ? 1 : 0);
        }
    }
}
