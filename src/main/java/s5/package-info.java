/**
 * S5 sequence models for the JVM: training, evaluation and running, in plain Java.
 *
 * <p>The model is that of Smith, Warrington and Linderman, "Simplified State Space Layers for
 * Sequence Modeling" (arXiv 2208.04933). A layer carries a sequence of inputs u_k (H numbers at
 * each of L positions) through a linear state space,
 *
 * <pre>
 *   x_k = Lambda-bar x_{k-1} + B-bar u_k        the state, complex; x_0 = B-bar u_0
 *   y_k = C x_k + D u_k                         the output, real
 * </pre>
 *
 * and a nonlinearity, with a skip connection and a norm around both. The code uses the paper's
 * letters:
 *
 * <table>
 * <caption>Names and shapes</caption>
 * <tr><th>name</th><th>shape</th><th>what it is</th></tr>
 * <tr><td>L</td><td></td><td>length: positions of a sequence, padding included</td></tr>
 * <tr><td>H</td><td></td><td>features at a position, between layers ({@code model.features})</td></tr>
 * <tr><td>P</td><td></td><td>size of the state. {@code model.states} says it before conjugate
 *     symmetry; in shapes, here and in the code, P is the number kept: half of it under
 *     {@code conj_sym}, all of it otherwise ({@code ModelConfig.localStates()})</td></tr>
 * <tr><td>J</td><td></td><td>blocks of the block-diagonal start; each has {@code states / J}
 *     states before halving ({@code model.blocks})</td></tr>
 * <tr><td>Lambda</td><td>(P), complex</td><td>eigenvalues of the continuous-time state matrix;
 *     starts as the HiPPO-N eigenvalues of one block, J times over</td></tr>
 * <tr><td>B</td><td>(P, H), complex</td><td>input matrix in the eigenvectors' coordinates (the
 *     paper's B-tilde)</td></tr>
 * <tr><td>C</td><td>(H, P), complex</td><td>output matrix in the same coordinates (C-tilde); two
 *     of them, C1 forward and C2 backward, when bidirectional</td></tr>
 * <tr><td>D</td><td>(H), real</td><td>feedthrough, a vector: y gets D * u, feature by
 *     feature</td></tr>
 * <tr><td>Delta</td><td>(P), real</td><td>time steps, one for each state; kept as log_step, used
 *     as step_rescale * exp(log_step)</td></tr>
 * <tr><td>Lambda-bar</td><td>(P), complex</td><td>Lambda discretized with Delta; for zero-order
 *     hold exp(Lambda Delta)</td></tr>
 * <tr><td>B-bar</td><td>(P, H), complex</td><td>B discretized; for zero-order hold
 *     (Lambda-bar - 1) / Lambda * B, row by row</td></tr>
 * </table>
 *
 * <p>Conjugate symmetry ({@code conj_sym}): Lambda comes in conjugate pairs, so one of each pair
 * (the one with the negative imaginary part) is kept, and the real output is 2 Re(C x) instead of
 * Re(C x).
 *
 * <p>Programs may rely on this package alone. What is public in the packages below is there for the
 * other packages, and may change at any time.
 *
 * <p>Where to read on: {@link s5.Main}, the command line; {@link s5.config}, every setting.
 */
package s5;
