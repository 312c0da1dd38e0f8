package s5.train;

import static java.nio.charset.StandardCharsets.UTF_8;

import s5.collective.Collective;
import s5.config.TrainConfig;
import s5.data.Batch;
import s5.metric.Scores;
import s5.model.Initialization;
import s5.model.Inputs;
import s5.model.Model;
import s5.model.Outputs;
import s5.model.Parameter;
import s5.ops.Backend;
import s5.ops.Counters;
import s5.ops.HeadOp.Fit;
import s5.ops.LayerOp.Share;
import s5.ops.Program;
import s5.ops.Step;
import s5.ops.Tensor;
import s5.train.rule.DataParallel;
import s5.train.rule.LabelSmoothing;
import s5.train.rule.Optimizer;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A model on a backend with its optimizer: runs training steps, one batch at a time, and hands out
 * the values of parameters and state by name.
 */
public final class Learner implements AutoCloseable {
    private final Backend backend;
    private final Model model;
    private final Optimizer optimizer;
    private final Inputs inputs;
    private final Outputs outputs;
    private final Program program;
    private final Step step;
    private final float[] weights; // of classes in the loss; or null
    private int seed;

    /**
     * Compiles the training step.
     *
     * @param backend that will hold the model's parameters
     * @param model to train
     * @param config of the optimizer
     * @param samples B
     * @param length L
     * @param seed of dropout
     */
    public Learner(
            Backend backend, Model model, TrainConfig config, int samples, int length, long seed) {
        this(backend, model, config, samples, length, seed, null);
    }

    /**
     * Compiles the training step, with classes that weigh differently in the loss.
     *
     * @param backend that will hold the model's parameters
     * @param model to train
     * @param config of the optimizer
     * @param samples B, of all processes that share the backend's training
     * @param length L
     * @param seed of dropout
     * @param weights of the classes; null where all weigh the same
     * @throws s5.UserError when the processes cannot share a batch evenly
     */
    public Learner(
            Backend backend,
            Model model,
            TrainConfig config,
            int samples,
            int length,
            long seed,
            float[] weights) {
        this.backend = backend;
        this.model = model;
        dropoutSeed(seed);
        optimizer = new Optimizer(config, model.parameters());
        this.weights = weights == null ? null : weights.clone();
        Share share = DataParallel.share(backend.ranks(), samples);
        Inputs plain = Inputs.of(model.shape(), share.samples(), length);
        Inputs whole = weights == null ? plain : plain.weighted(weights.length);
        inputs = backend.ranks().size() == 1 ? whole : whole.shared(model.shape());
        outputs = Outputs.of(model.shape(), share.samples(), length);
        Fit fit = fit(config.loss());
        Program alone =
                LabelSmoothing.of(
                        config.options(),
                        model.training(inputs, outputs, share.samples(), length, fit));
        optimizer.addTo(alone, inputs.rates());
        program =
                backend.ranks().size() == 1
                        ? alone
                        : alone.rewritten(List.of(dataParallel(backend, config, share)));
        step = backend.compile("train", program);
    }

    private DataParallel dataParallel(Backend backend, TrainConfig config, Share share) {
        return new DataParallel(
                backend.ranks().size(),
                share,
                model.parameters().stream().map(Parameter::gradient).toList(),
                inputs.answers(),
                config.options().syncBatchNorm());
    }

    /**
     * Changes the seed of dropout.
     *
     * @param seed for the batches from now on
     */
    void dropoutSeed(long seed) {
        this.seed = Long.hashCode(seed);
    }

    /**
     * Begins a new model: parameters as {@link Initialization} draws them, running mean 0 and
     * variance 1, moments 0.
     *
     * @param seed of the parameters
     */
    public void initialize(long seed) {
        Map<String, float[]> start = new Initialization(model.config(), seed).parameters(model);
        model.parameters().forEach(p -> backend.write(p.value(), start.get(p.name())));
        for (Tensor t : model.statistics()) {
            float[] values = new float[t.size()];
            java.util.Arrays.fill(values, t.name().endsWith("/var") ? 1 : 0);
            backend.write(t, values);
        }
        optimizer.state().forEach(t -> backend.write(t, new float[t.size()]));
        for (int i = 0; i < optimizer.averages().size(); i++) {
            backend.write(optimizer.averages().get(i), start.get(model.parameters().get(i).name()));
        }
    }

    /**
     * Takes parameters and running statistics from a checkpoint, for averages of parameters too.
     *
     * @param checkpoint of such a model
     * @throws s5.UserError as {@link Checkpoint#load(Backend, Model)}
     */
    public void load(Checkpoint checkpoint) {
        load(checkpoint, checkpoint.fits(model));
    }

    /**
     * Takes some parameters and running statistics from a checkpoint; averages begin with what the
     * parameters then are.
     *
     * @param checkpoint that has them
     * @param tensors of the model to take
     */
    void load(Checkpoint checkpoint, List<Tensor> tensors) {
        tensors.forEach(t -> backend.write(t, checkpoint.values(t.name())));
        for (int i = 0; i < optimizer.averages().size(); i++) {
            Tensor parameter = model.parameters().get(i).value();
            backend.write(optimizer.averages().get(i), backend.read(parameter));
        }
    }

    /**
     * Has all processes go on from the state of rank 0.
     *
     * @param progress of the run, in rank 0
     * @return the same everywhere
     */
    RunProgress share(RunProgress progress) {
        Collective ranks = backend.ranks();
        byte[] told = ranks.leads() ? progress.toJson().getBytes(UTF_8) : new byte[0];
        byte[] heard = ranks.broadcast(told);
        for (Tensor t : state().values()) {
            ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * t.size());
            if (ranks.leads()) {
                bytes.asFloatBuffer().put(backend.read(t));
            }
            float[] values = new float[t.size()];
            ByteBuffer.wrap(ranks.broadcast(bytes.array())).asFloatBuffer().get(values);
            if (!ranks.leads()) {
                backend.write(t, values);
            }
        }
        return ranks.leads() ? progress : RunProgress.of(new String(heard, UTF_8));
    }

    /** The present state of a run. */
    Checkpoint checkpoint(Map<String, String> about, RunProgress progress) {
        return Checkpoint.of(about, progress, backend, state());
    }

    /**
     * {@return what an evaluation takes in place of each tensor of the model: of the parameters
     * their averages, where such are kept}
     */
    public UnaryOperator<Tensor> evaluated() {
        Map<Tensor, Tensor> averages = new HashMap<>();
        for (int i = 0; i < optimizer.averages().size(); i++) {
            averages.put(model.parameters().get(i).value(), optimizer.averages().get(i));
        }
        return t -> averages.getOrDefault(t, t);
    }

    /** Has the device compile what the first update would wait for. */
    void prepare() {
        step.prepare();
    }

    /**
     * Learns from a batch: does one update, unless more batches are to be accumulated before.
     *
     * @param number of the batch, from 0; dropout tells apart those of 2^32 in a row
     * @param batch full: this process's share of the samples that the step was compiled for
     * @param ssmLr learning rate of the state space's parameters
     * @param lr learning rate of the others
     */
    public void step(long number, Batch batch, double ssmLr, double lr) {
        feed(number, batch, ssmLr, lr);
        step.run();
    }

    private void feed(long number, Batch batch, double ssmLr, double lr) {
        inputs.write(backend, batch);
        if (weights != null) {
            backend.write(inputs.weights(), weights);
        }
        if (inputs.answers() != null) {
            backend.write(inputs.answers(), new float[] {Scores.counting(batch)});
        }
        int[] counters = new int[Counters.SIZE];
        counters[Counters.STEP] = (int) number;
        counters[Counters.SEED] = seed;
        counters[Counters.ROWS] = batch.rows;
        counters[Counters.SLOT] = slot(number);
        backend.write(inputs.counters(), counters);
        backend.write(inputs.rates(), optimizer.rates(number, ssmLr, lr));
    }

    /** What the means of a regression learn from. */
    static Fit fit(TrainConfig.Loss loss) {
        return switch (loss) {
            case NLL -> Fit.NLL;
            case MSE -> Fit.MSE;
            case MAE -> Fit.MAE;
        };
    }

    /** The row of {@link #metrics} that an update writes. */
    static int slot(long number) {
        return (int) (number % Outputs.SLOTS);
    }

    /**
     * Does what {@link #step} does, with all intermediate results kept, and looks for bad ones.
     *
     * @return what went bad first in it: the name of a tensor, and the operation; empty when all
     *     numbers are finite
     */
    Optional<String> trace(long number, Batch batch, double ssmLr, double lr) {
        try (Trace trace = new Trace(backend, program)) {
            feed(number, batch, ssmLr, lr);
            return trace.firstNotFinite();
        }
    }

    /**
     * {@return mean loss and number right (in regression: minus the squared errors) of the last
     * {@link Outputs#SLOTS} batches: (slots, 2), batch u in row {@code u % SLOTS}}
     */
    public float[] metrics() {
        return backend.read(outputs.metrics());
    }

    /** {@return what the model said of the last batch, see {@link Outputs#prediction()}} */
    public float[] prediction() {
        return backend.read(outputs.prediction());
    }

    /** {@return gradients of the last update, by parameter name} */
    public Map<String, float[]> gradients() {
        Map<String, float[]> all = new LinkedHashMap<>();
        List<Tensor> gradients = optimizer.gradients();
        for (int i = 0; i < gradients.size(); i++) {
            all.put(model.parameters().get(i).name(), backend.read(gradients.get(i)));
        }
        return all;
    }

    /**
     * Euclidean norm of the gradient of all parameters that learn, in the last update, before any
     * limit.
     */
    double gradientNorm() {
        if (optimizer.norm() != null) {
            return backend.read(optimizer.norm())[0];
        }
        double sum = 0;
        List<Tensor> gradients = optimizer.gradients();
        for (int i = 0; i < gradients.size(); i++) {
            boolean learns = !optimizer.frozen(model.parameters().get(i));
            sum += learns ? squares(backend.read(gradients.get(i))) : 0;
        }
        return Math.sqrt(sum);
    }

    /** Sum of the squares, as four sums: one alone would wait for each addition. */
    private static double squares(float[] values) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; i + 3 < values.length; i += 4) {
            a += (double) values[i] * values[i];
            b += (double) values[i + 1] * values[i + 1];
            c += (double) values[i + 2] * values[i + 2];
            d += (double) values[i + 3] * values[i + 3];
        }
        for (; i < values.length; i++) {
            a += (double) values[i] * values[i];
        }
        return a + b + c + d;
    }

    /** Whether the last update left finite numbers only, as far as can be seen from outside. */
    boolean isFinite(long number) {
        return Float.isFinite(metrics()[2 * slot(number)])
                && optimizer.gradients().stream().allMatch(t -> Finite.all(backend.read(t)))
                && state().values().stream().allMatch(t -> Finite.all(backend.read(t)));
    }

    /**
     * {@return every tensor that makes up the model's state between two updates: parameters,
     * running statistics, moments; by name. Where averages of the parameters are kept, those have
     * the parameters' names, and the parameters {@code raw/} before theirs}
     */
    public Map<String, Tensor> state() {
        Map<String, Tensor> all = new LinkedHashMap<>();
        boolean averaged = !optimizer.averages().isEmpty();
        for (int i = 0; i < model.parameters().size(); i++) {
            Parameter p = model.parameters().get(i);
            all.put(p.name(), averaged ? optimizer.averages().get(i) : p.value());
        }
        if (averaged) {
            model.parameters().forEach(p -> all.put("raw/" + p.name(), p.value()));
        }
        model.statistics().forEach(t -> all.put(t.name(), t));
        optimizer.state().forEach(t -> all.put(t.name(), t));
        return all;
    }

    /** {@return the backend that holds the model's parameters} */
    public Backend backend() {
        return backend;
    }

    /** {@return the model that is trained} */
    public Model model() {
        return model;
    }

    /** {@return bytes of scratch and output memory of the training step} */
    public long bytes() {
        return step.bytes();
    }

    /** {@return milliseconds by operation, see {@link Step#profile}} */
    public Map<String, Double> profile() {
        return step.profile();
    }

    @Override
    public void close() {
        step.close();
    }
}
