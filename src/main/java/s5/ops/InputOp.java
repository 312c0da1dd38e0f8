package s5.ops;

/**
 * What turns the input of a position into features; and the narrow products at a model's two ends.
 * See {@link Op} for what the letters mean.
 */
public sealed interface InputOp extends Op
        permits InputOp.Embed,
                InputOp.EmbedAdjoint,
                InputOp.Dense,
                InputOp.DenseAdjoint,
                InputOp.Append,
                InputOp.AppendAdjoint {
    /**
     * Rows of a table: {@code out[i] = W[tokens[i]] + bias}. The same as a dense layer on one-hot
     * vectors.
     *
     * @param tokens int32 (n), each in [0, V)
     * @param w (V, H)
     * @param bias (H)
     * @param out (n, H); written
     */
    record Embed(Tensor tokens, Tensor w, Tensor bias, @Out Tensor out) implements InputOp {
        /** Checks the shapes. */
        public Embed {
            String op = "embed";
            Shapes.matrix(op, "w", w);
            Shapes.present(op, "tokens", tokens);
            Shapes.integers(op, "tokens", tokens, tokens.size());
            Shapes.vector(op, "bias", bias, w.columns());
            Shapes.shape(op, "out", out, tokens.size(), w.columns());
        }
    }

    /**
     * {@code dW[v] = sum of dOut[i] over i with tokens[i] = v; dBias = sum of dOut[i]}.
     *
     * @param tokens int32 (n), each in [0, V)
     * @param dOut (n, H)
     * @param dW (V, H); written
     * @param dBias (H); written
     */
    record EmbedAdjoint(Tensor tokens, Tensor dOut, @Out Tensor dW, @Out Tensor dBias)
            implements InputOp {
        /** Checks the shapes. */
        public EmbedAdjoint {
            String op = "embedAdjoint";
            Shapes.matrix(op, "dW", dW);
            Shapes.present(op, "tokens", tokens);
            Shapes.integers(op, "tokens", tokens, tokens.size());
            Shapes.shape(op, "dOut", dOut, tokens.size(), dW.columns());
            Shapes.vector(op, "dBias", dBias, dW.columns());
        }
    }

    /**
     * {@code out = x W + bias}, for the narrow products at a model's two ends.
     *
     * @param x (n, K)
     * @param w (K, M)
     * @param bias (M)
     * @param out (n, M); written
     */
    record Dense(Tensor x, Tensor w, Tensor bias, @Out Tensor out) implements InputOp {
        /** Checks the shapes. */
        public Dense {
            String op = "dense";
            Shapes.matrix(op, "x", x);
            Shapes.matrix(op, "w", w);
            Shapes.shape(op, "w", w, x.columns(), w.columns());
            Shapes.vector(op, "bias", bias, w.columns());
            Shapes.shape(op, "out", out, x.rows(), w.columns());
        }
    }

    /**
     * {@code dW = x' dOut, dBias = column sums of dOut, dX = dOut W'}.
     *
     * @param x (n, K)
     * @param w (K, M)
     * @param dOut (n, M)
     * @param dW (K, M); written
     * @param dBias (M); written
     * @param dX (n, K), written; or null
     */
    record DenseAdjoint(
            Tensor x, Tensor w, Tensor dOut, @Out Tensor dW, @Out Tensor dBias, @Out Tensor dX)
            implements InputOp {
        /** Checks the shapes. */
        public DenseAdjoint {
            String op = "denseAdjoint";
            Shapes.matrix(op, "x", x);
            Shapes.matrix(op, "w", w);
            int k = x.columns();
            int m = w.columns();
            Shapes.shape(op, "w", w, k, m);
            Shapes.shape(op, "dOut", dOut, x.rows(), m);
            Shapes.shape(op, "dW", dW, k, m);
            Shapes.vector(op, "dBias", dBias, m);
            Shapes.shapeOrNull(op, "dX", dX, x.rows(), k);
        }
    }

    /**
     * Puts a column behind the others: {@code out = [x, column]}.
     *
     * @param x (n, K)
     * @param column n elements, of any shape
     * @param out (n, K + 1); written
     */
    record Append(Tensor x, Tensor column, @Out Tensor out) implements InputOp {
        /** Checks the shapes. */
        public Append {
            String op = "append";
            Shapes.matrix(op, "x", x);
            Shapes.vector(op, "column", column, x.rows());
            Shapes.shape(op, "out", out, x.rows(), x.columns() + 1);
        }
    }

    /**
     * Gradient of {@link Append} by x: dOut without its last column.
     *
     * @param dOut (n, K + 1)
     * @param dX (n, K); written
     */
    record AppendAdjoint(Tensor dOut, @Out Tensor dX) implements InputOp {
        /** Checks the shapes. */
        public AppendAdjoint {
            String op = "appendAdjoint";
            Shapes.matrix(op, "dX", dX);
            Shapes.shape(op, "dOut", dOut, dX.rows(), dX.columns() + 1);
        }
    }
}
