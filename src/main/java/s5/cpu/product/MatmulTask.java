package s5.cpu.product;

import s5.cpu.Machine;
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
        boolean ta = op.transposeA();
        boolean tb = op.transposeB();
        int m = op.c().rows();
        int n = op.c().columns();
        int k = op.a().size() / m;
        Gemm product = new Gemm(cpu, m, n, k, ta ? 1 : k, ta ? m : 1, tb ? 1 : n, tb ? k : 1);
        return () ->
                product.run(
                        cpu.floats(op.a()),
                        cpu.floats(op.b()),
                        null,
                        op.accumulate(),
                        cpu.floats(op.c()));
    }
}
