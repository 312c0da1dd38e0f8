package s5.cpu.product;

import s5.cpu.Machine;
import s5.cpu.RowTask;
import s5.ops.Matmul;

/** The large products; see {@link Matmul}. */
public final class MatmulTask {
    private MatmulTask() {}

    /**
     * {@return what carries the product out}
     *
     * @param op the product
     * @param cpu what it runs on
     */
    public static Runnable of(Matmul op, Machine cpu) {
        Gemm product = gemm(op, cpu);
        return () ->
                product.run(
                        cpu.floats(op.a()),
                        cpu.floats(op.b()),
                        null,
                        op.accumulate(),
                        cpu.floats(op.c()));
    }

    /**
     * {@return whether a product can be carried out row by row: its sums are not cut}
     *
     * @param op the product
     */
    public static boolean byRows(Matmul op) {
        int m = op.c().rows();
        return !op.transposeA() && !Gemm.split(m, op.c().columns(), op.a().size() / m);
    }

    /**
     * {@return what carries the product out row by row}
     *
     * @param op a product for which {@link #byRows} holds
     * @param cpu what it runs on
     */
    public static RowTask rows(Matmul op, Machine cpu) {
        Gemm product = gemm(op, cpu);
        return RowTask.of(
                product.rows(),
                () ->
                        product.loop(
                                cpu.floats(op.a()),
                                cpu.floats(op.b()),
                                null,
                                op.accumulate(),
                                cpu.floats(op.c())));
    }

    private static Gemm gemm(Matmul op, Machine cpu) {
        boolean ta = op.transposeA();
        boolean tb = op.transposeB();
        int m = op.c().rows();
        int n = op.c().columns();
        int k = op.a().size() / m;
        return new Gemm(cpu, m, n, k, ta ? 1 : k, ta ? m : 1, tb ? 1 : n, tb ? k : 1);
    }
}
