package s5.ops;

import java.util.List;

/**
 * {@code c = op(a) op(b)}, or {@code c += op(a) op(b)}, where op transposes or does nothing. The
 * large products; on a GPU they may run in TF32.
 *
 * @param a (m, k), or (k, m) when {@code transposeA}
 * @param transposeA whether op(a) is the transpose of a
 * @param b (k, n), or (n, k) when {@code transposeB}
 * @param transposeB whether op(b) is the transpose of b
 * @param accumulate whether the product is added to c
 * @param c (m, n); written
 */
public record Matmul(
        Tensor a,
        boolean transposeA,
        Tensor b,
        boolean transposeB,
        boolean accumulate,
        @Out Tensor c)
        implements Op {
    /** Checks the shapes. */
    public Matmul {
        String op = "matmul";
        Shapes.matrix(op, "a", a);
        Shapes.matrix(op, "b", b);
        int m = transposeA ? a.columns() : a.rows();
        int k = transposeA ? a.rows() : a.columns();
        int n = transposeB ? b.rows() : b.columns();
        Shapes.shape(op, "b", b, transposeB ? n : k, transposeB ? k : n);
        Shapes.shape(op, "c", c, m, n);
    }

    @Override
    public List<Tensor> reads() {
        return accumulate ? Op.present(a, b, c) : Op.present(a, b);
    }

    @Override
    public List<Tensor> inPlace() {
        return accumulate && c != a && c != b ? List.of(c) : List.of();
    }
}
