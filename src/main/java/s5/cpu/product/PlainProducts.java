package s5.cpu.product;

import java.util.Arrays;

/** Products in plain loops, which any JVM runs. */
final class PlainProducts implements Products {
    @Override
    public int padded(int n) {
        return n;
    }

    @Override
    public void pack(
            float[] b, int at, int kStride, int nStride, int k, int n, float[] out, int to) {
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < n; j++) {
                out[to + i * n + j] = b[at + i * kStride + j * nStride];
            }
        }
    }

    @Override
    public boolean inPlace(int n) {
        return true;
    }

    @Override
    public void gemm(Matrices x, int aAt, int bAt, int cAt, int m, int k, boolean accumulate) {
        float[] b = x.b();
        float[] c = x.c();
        int n = x.n();
        int stride = x.bStride() == 0 ? n : x.bStride();
        for (int i = 0; i < m; i++) {
            int row = cAt + i * n;
            if (!accumulate) {
                Arrays.fill(c, row, row + n, 0f);
            }
            for (int l = 0; l < k; l++) {
                float factor = x.a()[aAt + i * x.mStride() + l * x.kStride()];
                int other = bAt + l * stride;
                for (int j = 0; j < n; j++) {
                    c[row + j] = Math.fma(factor, b[other + j], c[row + j]);
                }
            }
        }
    }

    @Override
    public void row(Matrices x, int aAt, int packedAt, int cAt, int k, boolean accumulate) {
        gemm(x, aAt, packedAt, cAt, 1, k, accumulate);
    }
}
