package s5.ops;

import java.util.List;

/**
 * The operations that an S5 model, its gradient and its optimizer are made of. Model code calls
 * them once to record a {@link Step}; nothing is computed during the call. An implementation exists
 * for each device, and a slow one in double precision in the tests.
 *
 * <p>Shapes: B sequences of length L, {@code n = B * L} rows, sequence-major (row {@code b * L + k}
 * is position k of sequence b); H features; P states kept (half of the state size under conjugate
 * symmetry); directions d = 1, or 2 for a bidirectional layer. A row of complex states holds P real
 * parts, then P imaginary parts, for the forward direction and then again for the backward one: (n,
 * 2P d).
 *
 * <p>Each operation stands beside its adjoint. In an adjoint {@code dX} is the gradient of the loss
 * by X; gradients are overwritten, not added to, unless the text says otherwise. "or null"
 * arguments may be absent. A tensor may stand for two arguments only where the text allows it. Sums
 * run in an order that depends on the shapes only.
 */
public interface Ops {

    /** How an SSM in continuous time becomes a recurrence; paper, section 2 and appendix A. */
    enum Discretization {
        /**
         * Zero-order hold: Lambda_bar = exp(Lambda Delta), B_bar = (Lambda_bar - 1) / Lambda * B.
         */
        ZOH,
        /**
         * Lambda_bar = (1 + Lambda Delta / 2) / (1 - Lambda Delta / 2), B_bar = Delta / (1 - Lambda
         * Delta / 2) * B.
         */
        BILINEAR
    }

    /** Non-linearities whose derivative can be told from their value. */
    enum Curve {
        /** max(0, x); derivative 1 where that is above 0, else 0. */
        RELU,
        /** tanh(x); derivative 1 - tanh(x)^2. */
        TANH
    }

    /** How a sequence becomes one vector. */
    enum Pooling {
        /** Mean over time; over the first {@code lengths[b]} positions when lengths are given. */
        MEAN,
        /** The last position. */
        LAST
    }

    // ---- input ----

    /**
     * Rows of a table: {@code out[i] = W[tokens[i]] + bias}. The same as a dense layer on one-hot
     * vectors.
     *
     * @param tokens int32 (n), each in [0, V)
     * @param w (V, H)
     * @param bias (H)
     * @param out (n, H)
     */
    void embed(Tensor tokens, Tensor w, Tensor bias, Tensor out);

    /** {@code dW[v] = sum of dOut[i] over i with tokens[i] = v; dBias = sum of dOut[i]}. */
    void embedAdjoint(Tensor tokens, Tensor dOut, Tensor dW, Tensor dBias);

    /**
     * {@code out = x W + bias}, for the narrow products at a model's two ends.
     *
     * @param x (n, K)
     * @param w (K, M)
     * @param bias (M)
     * @param out (n, M)
     */
    void dense(Tensor x, Tensor w, Tensor bias, Tensor out);

    /**
     * {@code dW = x' dOut, dBias = column sums of dOut, dX = dOut W'}.
     *
     * @param dX (n, K) or null
     */
    void denseAdjoint(Tensor x, Tensor w, Tensor dOut, Tensor dW, Tensor dBias, Tensor dX);

    /**
     * Puts a column behind the others: {@code out = [x, column]}.
     *
     * @param x (n, K)
     * @param column n elements, of any shape
     * @param out (n, K + 1); written
     */
    void append(Tensor x, Tensor column, Tensor out);

    /** Gradient of {@link #append} by x: dOut without its last column. */
    void appendAdjoint(Tensor dOut, Tensor dX);

    // ---- images ----

    /**
     * Convolution, ReLU and the largest of each 2 by 2 window. With r = (W - 1) / 2, and zeros
     * around the image, {@code c[i, j, m] = bias[m] + sum of image[stride i + a - r, stride j + b -
     * r, k] kernel[a, b, k, m] over a, b, k}, for i and j from 0 while the middle of the kernel
     * stays inside the image; then {@code out[i, j, m] = max(0, c[2i, 2j, m], c[2i, 2j + 1, m],
     * c[2i + 1, 2j, m], c[2i + 1, 2j + 1, m])}. A last row and column that fill no window are left
     * out.
     *
     * @param x (n, S S K): n images of S rows of S pixels of K channels
     * @param kernel (W, W, K, M), W odd
     * @param bias (M)
     * @param size S
     * @param out (n, T T M) with {@code T = ((S - 1) / stride + 1) / 2}, rounded down; written
     * @param winner (n, T T M): which of the four is the largest (the first one among equals), 0 to
     *     3 in the order above, or -1 where none is above 0; written. Or null when no adjoint
     *     follows
     */
    void convReluPool(
            Tensor x, Tensor kernel, Tensor bias, int size, int stride, Tensor out, Tensor winner);

    /**
     * The gradient of an output goes to the winner of its window, if there is one, and from there
     * to the pixels and weights behind it.
     *
     * @param winner (n, T T M), from {@link #convReluPool}
     * @param dOut (n, T T M)
     * @param dX (n, S S K) or null
     */
    void convReluPoolAdjoint(
            Tensor x,
            Tensor kernel,
            Tensor winner,
            Tensor dOut,
            int size,
            int stride,
            Tensor dKernel,
            Tensor dBias,
            Tensor dX);

    // ---- products ----

    /**
     * {@code c = op(a) op(b)}, or {@code c += op(a) op(b)}, where op transposes or does nothing.
     * The large products; on a GPU they may run in TF32.
     *
     * @param a (m, k), or (k, m) when {@code transposeA}
     * @param b (k, n), or (n, k) when {@code transposeB}
     * @param c (m, n)
     */
    void matmul(
            Tensor a,
            boolean transposeA,
            Tensor b,
            boolean transposeB,
            boolean accumulate,
            Tensor c);

    // ---- normalization ----

    /** Added to the variance in {@link #batchNorm}. */
    float BATCH_NORM_EPSILON = 1e-5f;

    /** Added to the variance in {@link #layerNorm}. */
    float LAYER_NORM_EPSILON = 1e-6f;

    /**
     * Batch normalization in training: statistics over all n rows (padding included), biased
     * variance.
     *
     * <p>{@code y = (x - mean) * rstd * scale + bias}, {@code rstd = 1 / sqrt(var +
     * BATCH_NORM_EPSILON)}, {@code running = momentum * running + (1 - momentum) * batch value}.
     *
     * @param x (n, H)
     * @param scale (H); as {@code bias}, {@code runningMean}, {@code runningVar} (updated), {@code
     *     mean}, {@code rstd} (written)
     * @param y (n, H)
     */
    void batchNorm(
            Tensor x,
            Tensor scale,
            Tensor bias,
            Tensor runningMean,
            Tensor runningVar,
            float momentum,
            Tensor mean,
            Tensor rstd,
            Tensor y);

    /** Batch normalization in evaluation: with the running statistics. */
    void batchNormFrozen(
            Tensor x, Tensor scale, Tensor bias, Tensor runningMean, Tensor runningVar, Tensor y);

    /**
     * With {@code xhat = (x - mean) rstd}: {@code dBias = sum dY, dScale = sum dY xhat}, {@code dX
     * = residual + scale rstd (dY - dBias / n - xhat dScale / n)}.
     *
     * @param residual (n, H), added to dX; or null
     */
    void batchNormAdjoint(
            Tensor x,
            Tensor scale,
            Tensor mean,
            Tensor rstd,
            Tensor dY,
            Tensor residual,
            Tensor dScale,
            Tensor dBias,
            Tensor dX);

    /**
     * Layer normalization: each row by its own mean and biased variance over H, then scale and
     * bias; epsilon is LAYER_NORM_EPSILON.
     *
     * @param x (n, H)
     * @param scale (H), as bias
     * @param mean (n), written, as rstd
     * @param y (n, H)
     */
    void layerNorm(Tensor x, Tensor scale, Tensor bias, Tensor mean, Tensor rstd, Tensor y);

    /**
     * With {@code s = scale dY}: {@code dX = residual + rstd (s - mean(s) - xhat mean(s xhat))},
     * means over the row; dScale and dBias as in {@link #batchNormAdjoint}.
     */
    void layerNormAdjoint(
            Tensor x,
            Tensor scale,
            Tensor mean,
            Tensor rstd,
            Tensor dY,
            Tensor residual,
            Tensor dScale,
            Tensor dBias,
            Tensor dX);

    // ---- state space ----

    /** Largest real part of Lambda under {@code clip}. */
    float CLIP_EIGENVALUES = -1e-4f;

    /**
     * Continuous to discrete, with Delta = stepRescale * exp(logStep).
     *
     * @param lambdaRe (P), as lambdaIm; the real part is limited to CLIP_EIGENVALUES when {@code
     *     clip}
     * @param logStep (P, 1)
     * @param b (P, H, 2): real and imaginary part of B-tilde
     * @param lambdaBar (2P): real parts, imaginary parts; written
     * @param bBar (H, 2P): B-bar transposed, so that {@code B u} is the product of u (n, H) with
     *     it; written
     */
    void discretize(
            Tensor lambdaRe,
            Tensor lambdaIm,
            Tensor logStep,
            Tensor b,
            Discretization method,
            boolean clip,
            float stepRescale,
            Tensor lambdaBar,
            Tensor bBar);

    /** Gradients of {@link #discretize}; that of a clipped lambdaRe is zero. */
    void discretizeAdjoint(
            Tensor lambdaRe,
            Tensor lambdaIm,
            Tensor logStep,
            Tensor b,
            Discretization method,
            boolean clip,
            float stepRescale,
            Tensor dLambdaBar,
            Tensor dBBar,
            Tensor dLambdaRe,
            Tensor dLambdaIm,
            Tensor dLogStep,
            Tensor dB);

    /**
     * The matrix that turns states into outputs: {@code y = factor * Re(C x)} is the product of x
     * (n, 2P d) with it. Row {@code 2P j + p} is {@code factor * Re C_j[., p]}, row {@code 2P j + P
     * + p} is {@code -factor * Im C_j[., p]}.
     *
     * @param c one entry for each direction: tensors (H, P, 2), or twice the same tensor (H, 2P, 2)
     *     that holds both side by side
     * @param factor 2 under conjugate symmetry, else 1
     * @param cMatrix (2P d, H); written
     */
    void readout(List<Tensor> c, float factor, Tensor cMatrix);

    /** Gradients of {@link #readout}. */
    void readoutAdjoint(Tensor dCMatrix, float factor, List<Tensor> dC);

    /**
     * The recurrence {@code x_k = Lambda_bar x_{k-1} + bu_k} over each sequence, from x = 0 before
     * the first position; and, when {@code bidirectional}, {@code x_k = Lambda_bar x_{k+1} + bu_k}
     * from behind over the same bu.
     *
     * @param lambdaBar (2P)
     * @param bu (B L, 2P)
     * @param length L; divides the rows
     * @param x (B L, 2P d); written
     */
    void scan(Tensor lambdaBar, Tensor bu, int length, boolean bidirectional, Tensor x);

    /**
     * The same recurrence the other way with the conjugate: {@code g_k = conj(Lambda_bar) g_{k+1} +
     * dX_k} for the forward direction, from behind for the backward one; {@code dBu} = sum of g
     * over the directions; {@code dLambdaBar = sum over sequences, positions and directions of
     * conj(x_before) g}, where x_before is the state that Lambda_bar multiplied.
     *
     * @param x (B L, 2P d), from {@link #scan}
     * @param dX (B L, 2P d)
     * @param dBu (B L, 2P)
     * @param dLambdaBar (2P): gradient by real parts, by imaginary parts
     */
    void scanAdjoint(
            Tensor lambdaBar,
            Tensor x,
            Tensor dX,
            int length,
            boolean bidirectional,
            Tensor dBu,
            Tensor dLambdaBar);

    /**
     * B-tilde as {@link #scanTimed} wants it, without the time step: transposed, so that {@code
     * B-tilde u} is the product of u (n, H) with it.
     *
     * @param b (P, H, 2): real and imaginary part
     * @param bMatrix (H, 2P): real parts, imaginary parts; written
     */
    void inputMatrix(Tensor b, Tensor bMatrix);

    /** Gradient of {@link #inputMatrix}. */
    void inputMatrixAdjoint(Tensor dBMatrix, Tensor dB);

    /**
     * Discretization and recurrence for positions with time steps of their own: with {@code Delta =
     * stepRescale * exp(logStep)}, {@code x_k = Lambda_bar_k x_{k-1} + s_k w_k}, where {@code
     * Lambda_bar_k} and {@code s_k} are the Lambda_bar and the factor B_bar / B of {@link
     * Discretization} for the step {@code Delta dt_k}. They are computed on the way and never
     * stored. Forward, {@code dt_k} is {@code dt[b, k]}; from behind it is {@code dt[b, k + 1]},
     * the time to the position before in that direction, and {@code dt[b, 0]} at the last position.
     * With dt of ones this is {@link #discretize} and {@link #scan}.
     *
     * @param lambdaRe (P), as lambdaIm; the real part is limited to CLIP_EIGENVALUES when {@code
     *     clip}
     * @param logStep (P, 1)
     * @param dt (B, L): the time from the position before to this one; at the first position any
     *     number, officially 1
     * @param w (B L, 2P): B-tilde u, see {@link #inputMatrix}
     * @param x (B L, 2P d); written
     */
    void scanTimed(
            Tensor lambdaRe,
            Tensor lambdaIm,
            Tensor logStep,
            Tensor dt,
            Tensor w,
            Discretization method,
            boolean clip,
            float stepRescale,
            boolean bidirectional,
            Tensor x);

    /**
     * As {@link #scanAdjoint}, and on through the discretization of every position: {@code g_k =
     * conj(Lambda_bar_{k+1}) g_{k+1} + dX_k}; dW is the sum of {@code conj(s_k) g_k} over the
     * directions. Gradients by Lambda and logStep are those of {@code Lambda_bar_k}, which gets
     * {@code conj(x_{k-1}) g_k}, and {@code s_k}, which gets {@code conj(w_k) g_k}, summed over all
     * sequences, positions and directions; that of a clipped lambdaRe is zero.
     *
     * @param x (B L, 2P d), from {@link #scanTimed}
     * @param dX (B L, 2P d)
     * @param dW (B L, 2P)
     */
    void scanTimedAdjoint(
            Tensor lambdaRe,
            Tensor lambdaIm,
            Tensor logStep,
            Tensor dt,
            Tensor w,
            Discretization method,
            boolean clip,
            float stepRescale,
            boolean bidirectional,
            Tensor x,
            Tensor dX,
            Tensor dW,
            Tensor dLambdaRe,
            Tensor dLambdaIm,
            Tensor dLogStep);

    // ---- activation ----

    /**
     * A dropout mask, the same for all positions of a sequence: 0 with probability {@code rate},
     * else {@code 1 / (1 - rate)}. A function of (seed, step, site, sequence, feature) by {@link
     * Dropout}, the same on every device.
     *
     * @param counters int32, see {@link Counters}
     * @param site tells the masks of one step apart
     * @param mask (B, H); written
     */
    void dropoutMask(Tensor counters, int site, float rate, Tensor mask);

    /**
     * The end of the SSM and the first non-linearity in one pass: {@code y = cx + D u}, {@code g =
     * mask gelu(y)}, gelu in its tanh form.
     *
     * @param cx (n, H): real part of C x
     * @param d (H)
     * @param u (n, H): the SSM's input
     * @param mask (B, H), or null for none
     * @param y (n, H), may be cx itself; or null when it is not needed
     * @param g (n, H); written
     */
    void skipGelu(Tensor cx, Tensor d, Tensor u, Tensor mask, Tensor y, Tensor g);

    /**
     * {@code dY = mask dG gelu'(y) + direct}, {@code dD = sum dY u}, {@code dU = D dY}.
     *
     * @param direct (n, H): a gradient that reaches y past gelu; or null. May be dY itself
     * @param dY (n, H), may be dG itself
     */
    void skipGeluAdjoint(
            Tensor y,
            Tensor d,
            Tensor u,
            Tensor mask,
            Tensor dG,
            Tensor direct,
            Tensor dY,
            Tensor dD,
            Tensor dU);

    /**
     * The gated linear unit with the layer's residual: {@code out = skip + mask (v + vBias)
     * sigmoid(z + zBias)}.
     *
     * @param v (n, H)
     * @param vBias (H), or null
     * @param z (n, H)
     * @param zBias (H)
     * @param mask (B, H), or null
     * @param skip (n, H)
     * @param out (n, H); written
     */
    void gate(Tensor v, Tensor vBias, Tensor z, Tensor zBias, Tensor mask, Tensor skip, Tensor out);

    /**
     * With {@code s = sigmoid(z + zBias)}: {@code dV = mask dOut s}, {@code dZ = mask dOut (v +
     * vBias) s (1 - s)}, and their column sums. The gradient by skip is dOut itself.
     *
     * @param dVBias (H); null when vBias is
     * @param dZBias (H)
     */
    void gateAdjoint(
            Tensor v,
            Tensor vBias,
            Tensor z,
            Tensor zBias,
            Tensor mask,
            Tensor dOut,
            Tensor dV,
            Tensor dVBias,
            Tensor dZ,
            Tensor dZBias);

    /** {@code out = a + b}, all of one shape. The gradient by a and by b is dOut itself. */
    void add(Tensor a, Tensor b, Tensor out);

    /** {@code out = gelu(x)}, tanh form. */
    void gelu(Tensor x, Tensor out);

    /** {@code dX = dOut gelu'(x)}; dX may be dOut itself. */
    void geluAdjoint(Tensor x, Tensor dOut, Tensor dX);

    /** {@code out = curve(x)}, element by element. */
    void activate(Tensor x, Curve curve, Tensor out);

    /**
     * {@code dX = dOut curve'(x)}; dX may be dOut itself.
     *
     * @param out from {@link #activate}
     */
    void activateAdjoint(Tensor out, Curve curve, Tensor dOut, Tensor dX);

    // ---- head ----

    /**
     * One vector for each sequence.
     *
     * @param x (B L, H)
     * @param lengths int32 (B), in [1, L], with MEAN only; or null
     * @param out (B, H); written
     */
    void pool(Tensor x, Tensor lengths, Pooling pooling, Tensor out);

    /** Gradient of {@link #pool}; zero where a position does not count. */
    void poolAdjoint(Tensor dOut, Tensor lengths, Pooling pooling, Tensor dX);

    /**
     * What the retrieval head sees of two documents: {@code [e1, e2, e1 - e2, e1 * e2]}.
     *
     * @param e (2B, H): all first documents, then all second ones
     * @param out (B, 4H); written
     */
    void pairFeatures(Tensor e, Tensor out);

    /** Gradient of {@link #pairFeatures}. */
    void pairFeaturesAdjoint(Tensor e, Tensor dOut, Tensor dE);

    /**
     * Log-softmax, mean negative log-likelihood over the first {@code counters[ROWS]} rows, and how
     * many of them are right (the first largest wins).
     *
     * @param logits (B, K)
     * @param labels int32 (B), in [0, K)
     * @param counters int32, see {@link Counters}: ROWS, and SLOT, the row of {@code metrics} to
     *     write
     * @param logProbs (B, K); written, every row
     * @param metrics OUTPUT (slots, 2): row SLOT becomes (mean loss, number right), other rows keep
     *     what earlier runs wrote
     * @param dLogits (B, K): {@code (softmax - onehot) / rows}, zero in rows that do not count; or
     *     null
     */
    void crossEntropy(
            Tensor logits,
            Tensor labels,
            Tensor counters,
            Tensor logProbs,
            Tensor metrics,
            Tensor dLogits);

    /** Least variance in {@link #gaussianLoss}. */
    float LEAST_VARIANCE = 1e-6f;

    /**
     * Mean negative log-likelihood of targets under normal distributions, one for each position and
     * component, over the first {@code counters[ROWS]} sequences. The variance is {@code v = exp(z)
     * for z < 0, else z + 1}, and at least LEAST_VARIANCE in the loss: {@code 1/2 sum over
     * components of log v + (mean - target)^2 / v + log 2 pi}, averaged over positions and
     * sequences.
     *
     * @param mean (B L, K)
     * @param z (B L, K)
     * @param target (B L, K)
     * @param counters int32, see {@link Counters}: ROWS, and SLOT, the row of {@code metrics} to
     *     write
     * @param length L
     * @param prediction (B L, 2K): means, then variances (not limited); written, every row
     * @param metrics OUTPUT (slots, 2): row SLOT becomes (mean loss, minus the sum over sequences
     *     of the squared error averaged over positions and components: larger is better, as with
     *     the number right), other rows keep what earlier runs wrote
     * @param dMean (B L, K): gradient of the loss, zero in rows that do not count; or null
     * @param dZ (B L, K), zero also where the variance is limited; null when dMean is
     */
    void gaussianLoss(
            Tensor mean,
            Tensor z,
            Tensor target,
            Tensor counters,
            int length,
            Tensor prediction,
            Tensor metrics,
            Tensor dMean,
            Tensor dZ);

    // ---- optimizer ----

    /** Adam's decay of the first moment. */
    float BETA1 = 0.9f;

    /** Adam's decay of the second moment. */
    float BETA2 = 0.999f;

    /** Added to the root of the second moment. */
    float ADAM_EPSILON = 1e-8f;

    /**
     * AdamW with decoupled decay (Adam when {@code weightDecay} is 0), for several tensors of one
     * group: {@code m = b1 m + (1 - b1) g}, {@code v = b2 v + (1 - b2) g^2}, {@code p -= lr (m c1 /
     * (sqrt(v c2) + eps) + weightDecay p)}.
     *
     * <p>1 - b1 and 1 - b2 are 0.1 and 0.001 rounded to float32, not differences of rounded
     * numbers.
     *
     * @param p parameters; {@code g}, {@code m}, {@code v}: their gradients and moments, in the
     *     same order
     * @param rates float32, see {@link Rates}: c1, c2 and the learning rates
     * @param rate index of lr in {@code rates}
     */
    void adam(
            List<Tensor> p,
            List<Tensor> g,
            List<Tensor> m,
            List<Tensor> v,
            Tensor rates,
            int rate,
            float weightDecay);
}
