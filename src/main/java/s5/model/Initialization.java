package s5.model;

import s5.config.ModelConfig;
import s5.config.ModelConfig.CInit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The values a model starts from, drawn as the official code draws them (the distributions are
 * equal, the random numbers are not). Every tensor has a generator of its own, seeded by the run's
 * seed and the tensor's name.
 */
public final class Initialization {
    private final ModelConfig config;
    private final long seed;
    private final Hippo hippo;

    /**
     * Start values for a seed.
     *
     * @param config sizes and kinds of start
     * @param seed of the run
     */
    public Initialization(ModelConfig config, long seed) {
        this.config = config;
        this.seed = seed;
        hippo = Hippo.of(config.states() / config.blocks());
    }

    /**
     * Names of the output matrices: one, or one for each direction. A complex_normal start has one
     * for both.
     */
    static List<String> cNames(ModelConfig config) {
        return config.bidirectional() && config.cInit() != CInit.COMPLEX_NORMAL
                ? List.of("C1", "C2")
                : List.of("C");
    }

    /** Columns of an output matrix: P, or 2P for the one that serves both directions. */
    static int cColumns(ModelConfig config) {
        return config.localStates() * config.directions() / cNames(config).size();
    }

    /**
     * {@return start values of all parameters, row-major, by name}
     *
     * @param model whose parameters they are
     */
    public Map<String, float[]> parameters(Model model) {
        Map<String, float[]> values = new HashMap<>();
        for (Parameter p : model.parameters()) {
            values.put(p.name(), start(p));
        }
        return values;
    }

    private float[] start(Parameter p) {
        int n = p.value().size();
        Draw draw = new Draw(seed, p.name());
        return switch (p.leaf()) {
            case "kernel" -> draw.lecun(n, p.value().dim(0));
            case "scale" -> filled(n, 1);
            case "bias" -> new float[n];
            case "Lambda_re" -> eigenvalues(hippo.lambdaRe());
            case "Lambda_im" -> eigenvalues(hippo.lambdaIm());
            case "log_step" -> draw.uniform(n, Math.log(config.dtMin()), Math.log(config.dtMax()));
            case "D" -> draw.normal(n, 1);
            case "B" -> startB(draw);
            case "C", "C1", "C2" -> startC(draw, n);
            default -> throw new IllegalStateException("no start value for " + p.name());
        };
    }

    private static float[] filled(int n, float value) {
        float[] a = new float[n];
        java.util.Arrays.fill(a, value);
        return a;
    }

    /**
     * The first eigenvalues of a block (under conjugate symmetry the half with negative imaginary
     * parts), for every block.
     */
    private float[] eigenvalues(double[] ofBlock) {
        int local = config.localStates();
        int kept = local / config.blocks();
        float[] out = new float[local];
        for (int p = 0; p < local; p++) {
            out[p] = (float) ofBlock[p % kept];
        }
        return out;
    }

    /**
     * {@code V^H B0} with B0 real, (states, H), of standard deviation 1 / sqrt(states): the
     * official initializer takes the number of states, not of features, for the fan-in. (P, H, 2).
     */
    private float[] startB(Draw draw) {
        int states = config.states();
        int h = config.features();
        float[] b0 = draw.lecun(states * h, states);
        int local = config.localStates();
        int block = hippo.n();
        int kept = local / config.blocks();
        float[] b = new float[local * h * 2];
        for (int p = 0; p < local; p++) {
            for (int j = 0; j < h; j++) {
                double re = 0;
                double im = 0;
                for (int s = 0; s < block; s++) {
                    double x = b0[(p / kept * block + s) * h + j];
                    re += hippo.vRe()[s * block + p % kept] * x;
                    im -= hippo.vIm()[s * block + p % kept] * x;
                }
                b[(p * h + j) * 2] = (float) re;
                b[(p * h + j) * 2 + 1] = (float) im;
            }
        }
        return b;
    }

    /**
     * {@code C0 V} with C0 complex, (H, states); or complex normal values as they are. (H, P, 2).
     */
    private float[] startC(Draw draw, int n) {
        if (config.cInit() == CInit.COMPLEX_NORMAL) {
            return draw.normal(n, Math.sqrt(0.5));
        }
        int states = config.states();
        int h = config.features();
        int fanIn = config.cInit() == CInit.LECUN_NORMAL ? h * states : states;
        float[] c0 = draw.lecun(h * states * 2, fanIn);
        int local = config.localStates();
        int block = hippo.n();
        int kept = local / config.blocks();
        float[] c = new float[n];
        for (int i = 0; i < h; i++) {
            for (int p = 0; p < local; p++) {
                double re = 0;
                double im = 0;
                for (int s = 0; s < block; s++) {
                    int at = (i * states + p / kept * block + s) * 2;
                    double vRe = hippo.vRe()[s * block + p % kept];
                    double vIm = hippo.vIm()[s * block + p % kept];
                    re += c0[at] * vRe - c0[at + 1] * vIm;
                    im += c0[at] * vIm + c0[at + 1] * vRe;
                }
                c[(i * local + p) * 2] = (float) re;
                c[(i * local + p) * 2 + 1] = (float) im;
            }
        }
        return c;
    }

    /** Random arrays from one generator. */
    private static final class Draw {
        /**
         * Standard deviation of a standard normal cut off at two: what the official initializers
         * divide by.
         */
        private static final double TRUNCATED_DEVIATION = .8796256610342398;

        private final SplittableRandom random;

        Draw(long seed, String name) {
            random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + name.hashCode());
        }

        /** Normal, cut off at two deviations, of variance 1 / fanIn. */
        float[] lecun(int n, int fanIn) {
            double deviation = 1 / Math.sqrt(fanIn) / TRUNCATED_DEVIATION;
            float[] a = new float[n];
            for (int i = 0; i < n; i++) {
                double x;
                do {
                    x = random.nextGaussian();
                } while (Math.abs(x) > 2);
                a[i] = (float) (x * deviation);
            }
            return a;
        }

        float[] normal(int n, double deviation) {
            float[] a = new float[n];
            for (int i = 0; i < n; i++) {
                a[i] = (float) (random.nextGaussian() * deviation);
            }
            return a;
        }

        float[] uniform(int n, double from, double to) {
            float[] a = new float[n];
            for (int i = 0; i < n; i++) {
                a[i] = (float) (from + (to - from) * random.nextDouble());
            }
            return a;
        }
    }
}
