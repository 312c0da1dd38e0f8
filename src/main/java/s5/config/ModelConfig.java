package s5.config;

import s5.ops.Discretizer;
import s5.ops.HeadOp.Pooling;

/**
 * Section {@code model}: the shape of the network and its start. Defaults are the official ones.
 *
 * @param features H, 1 to 65536
 * @param states P before {@code conj_sym}, 1 to 65536; see {@link #localStates}
 * @param blocks J, which divides {@code states}
 * @param layers S5 layers, 1 to 1000
 * @param cInit start of C
 * @param discretization from continuous to discrete time
 * @param activation what follows the state space
 * @param conjSym whether one state of each conjugate pair is kept
 * @param clipEigs whether the real part of Lambda is limited to -1e-4
 * @param bidirectional whether a second scan runs backward
 * @param dtMin least Delta at the start, above 0, in positions
 * @param dtMax largest Delta at the start, in positions
 * @param norm kind of norm
 * @param prenorm whether the norm comes before the state space, not after the skip connection
 * @param bnMomentum share of the old running statistics that a step keeps, in [0, 1)
 * @param pooling from positions to one vector
 * @param dropout probability of dropping a feature, in [0, 1)
 * @param timeSteps what becomes of time steps that positions have of their own
 * @param maskStates whether padding is kept out of the states
 * @param maskNorm whether padding is kept out of batch norm's statistics
 */
public record ModelConfig(
        @Key(
                        value = "H, features at each position between layers; 1 to 65536",
                        unset = "128",
                        official = "d_model")
                int features,
        @Key(
                        value =
                                "P, states of a layer, before conj_sym keeps one of each conjugate"
                                        + " pair; 1 to 65536",
                        unset = "256",
                        official = "ssm_size_base")
                int states,
        @Key(
                        value =
                                "J, blocks of the HiPPO start; must divide states, and leave an"
                                        + " even block size under conj_sym",
                        unset = "8",
                        official = "blocks")
                int blocks,
        @Key(value = "layers of the encoder; 1 to 1000", unset = "6", official = "n_layers")
                int layers,
        @Key(
                        value =
                                "start of C: trunc_standard_normal has std 1/sqrt(P) (the official"
                                        + " name misleads), lecun_normal 1/sqrt(H P), both then"
                                        + " multiplied by the eigenvectors; complex_normal has"
                                        + " std sqrt(1/2) and is not",
                        unset = "trunc_standard_normal",
                        official = "C_init")
                CInit cInit,
        @Key(
                        value = "continuous to discrete time: zero-order hold or bilinear",
                        unset = "zoh",
                        official = "discretization")
                Discretizer.Method discretization,
        @Key(
                        value =
                                "after the state space, with x its output and g = gelu(x): full_glu"
                                        + " W1 g * sigmoid(W2 g), half_glu1 g * sigmoid(W g),"
                                        + " half_glu2 x * sigmoid(W g), gelu g",
                        unset = "half_glu1",
                        official = "activation_fn")
                Activation activation,
        @Key(
                        value = "keep one state of each conjugate pair and output 2 Re(C x)",
                        unset = "true",
                        official = "conj_sym")
                boolean conjSym,
        @Key(
                        value = "keep Re(Lambda) at -1e-4 or below, so that no state can grow",
                        unset = "false",
                        official = "clip_eigs")
                boolean clipEigs,
        @Key(
                        value = "scan backward too, with the same B and a C of its own",
                        unset = "false",
                        official = "bidirectional")
                boolean bidirectional,
        @Key(
                        value =
                                "least time step at the start (drawn log-uniformly); above 0, in"
                                        + " units of the spacing of positions",
                        unset = "0.001",
                        official = "dt_min")
                double dtMin,
        @Key(value = "largest time step at the start", unset = "0.1", official = "dt_max")
                double dtMax,
        @Key(
                        value =
                                "batch: by feature over batch and positions, see mask_norm;"
                                        + " layer: over the features of each position",
                        unset = "batch",
                        official = "batchnorm")
                Norm norm,
        @Key(
                        value = "norm before the state space instead of after the skip connection",
                        unset = "true",
                        official = "prenorm")
                boolean prenorm,
        @Key(
                        value =
                                "share of the old running statistics kept at each step (norm:"
                                        + " batch); from 0 to below 1",
                        unset = "0.95",
                        official = "bn_momentum")
                double bnMomentum,
        @Key(
                        value =
                                "from positions to one vector: mean over the sequence without its"
                                        + " padding, or the last position (for padded data the last"
                                        + " before the padding, with mask_states only: the"
                                        + " official code cannot)",
                        unset = "mean",
                        official = "mode")
                Pooling pooling,
        @Key(
                        value =
                                "probability of dropping a feature, for all positions of a sequence"
                                        + " at once; from 0 to below 1",
                        unset = "0",
                        official = "p_dropout")
                double dropout,
        @Key(
                        value =
                                "where positions have time steps of their own: use"
                                        + " them in the discretization of each position, ignore"
                                        + " them, or append them to the input instead",
                        unset = "use",
                        official = "use_integration_timestep")
                TimeSteps timeSteps,
        @Key(
                        value =
                                "keep padding out of the states: the scan from behind begins at the"
                                        + " last position before the padding, so that an answer"
                                        + " does not depend on how much padding follows; false as"
                                        + " in the official code, where it does (bidirectional)",
                        derived = "true, but false for the paper's data sets")
                boolean maskStates,
        @Key(
                        value =
                                "keep padding out of batch norm's statistics; false as in the"
                                        + " official code (norm: batch)",
                        derived = "true, but false for the paper's data sets")
                boolean maskNorm) {

    /** Start of C; see {@link #cInit()}. */
    public enum CInit {
        /** Truncated normal of deviation 1 / sqrt(P), times the eigenvectors. */
        TRUNC_STANDARD_NORMAL,
        /** Normal of deviation 1 / sqrt(H P), times the eigenvectors. */
        LECUN_NORMAL,
        /** Complex normal of deviation sqrt(1/2) in each part. */
        COMPLEX_NORMAL
    }

    /** What follows the state space; see {@link #activation()}. */
    public enum Activation {
        /** {@code W1 g * sigmoid(W2 g)}, with g = gelu(x) and x the state space's output. */
        FULL_GLU,
        /** {@code g * sigmoid(W g)}. */
        HALF_GLU1,
        /** {@code x * sigmoid(W g)}. */
        HALF_GLU2,
        /** {@code g} alone. */
        GELU
    }

    /** What becomes of the time between positions; see {@link #timeSteps()}. */
    public enum TimeSteps {
        /** It scales the discretization of its position. */
        USE,
        /** All positions are one step apart. */
        IGNORE,
        /** It is one more input of its position. */
        APPEND
    }

    /** Kind of norm; see {@link #norm()}. */
    public enum Norm {
        /** Statistics of a feature over batch and positions. */
        BATCH,
        /** Statistics of a position over its features. */
        LAYER
    }

    /**
     * Checks the values.
     *
     * @throws s5.UserError when a value is out of range or two contradict each other
     */
    public ModelConfig {
        Check.within("model.features", features, 1, 65_536);
        Check.within("model.states", states, 1, 65_536);
        Check.within("model.blocks", blocks, 1, 65_536);
        Check.within("model.layers", layers, 1, 1_000);
        Check.that(
                states % blocks == 0,
                "model.blocks",
                "%d does not divide model.states %d".formatted(blocks, states));
        Check.that(
                !conjSym || states / blocks % 2 == 0,
                "model.blocks",
                ("%d blocks of model.states %d have size %d, which is odd; model.conj_sym needs an"
                                + " even size")
                        .formatted(blocks, states, states / blocks));
        Check.positive("model.dt_min", dtMin);
        Check.positive("model.dt_max", dtMax);
        Check.that(
                dtMin <= dtMax,
                "model.dt_min",
                "%s is larger than model.dt_max %s".formatted(dtMin, dtMax));
        Check.fraction("model.bn_momentum", bnMomentum);
        Check.fraction("model.dropout", dropout);
    }

    /**
     * {@return the states kept in a layer, P in shapes: half of {@link #states()} under {@code
     * conj_sym}, else all} (What the official code calls local_P is {@link #states()}.)
     */
    public int localStates() {
        return conjSym ? states / 2 : states;
    }

    /**
     * {@return whether the padding of what the state space gets is made zero} Under {@code
     * mask_states} where it would reach states that count; and where batch norm has not seen it, so
     * that it could grow from layer to layer.
     */
    public boolean masksInput() {
        return maskStates && (bidirectional || (maskNorm && norm == Norm.BATCH));
    }

    /** {@return the number of scans of a layer: 2 when bidirectional, else 1} */
    public int directions() {
        return bidirectional ? 2 : 1;
    }
}
