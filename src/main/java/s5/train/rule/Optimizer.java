package s5.train.rule;

import s5.UserError;
import s5.config.TrainConfig;
import s5.config.TrainConfig.OptimizerGroups;
import s5.config.TrainOptions;
import s5.model.Parameter;
import s5.ops.Program;
import s5.ops.Rates;
import s5.ops.Tensor;
import s5.ops.UpdateOp;
import s5.ops.UpdateOp.Adam;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The update of all parameters: AdamW, or what is asked for in its place, with the official code's
 * groups, which say which parameter follows which learning rate and which decays; and the sums,
 * limits and averages around it that {@link TrainOptions} ask for. Parameters that are frozen
 * follow none: they and their moments, which are 0, stay as they are.
 */
public final class Optimizer {

    /** A learning rate and a decay that several parameters share. */
    public enum Group {
        /** SSM learning rate, no weight decay. */
        SSM("ssm_lr, no decay"),
        /** SSM learning rate, weight decay. */
        SSM_DECAYED("ssm_lr, weight decay"),
        /** Global learning rate, weight decay. */
        REGULAR("lr, weight decay"),
        /** Global learning rate, no weight decay; the official code has no such group. */
        REGULAR_UNDECAYED("lr, no decay");

        private final String text;

        Group(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private static final Set<String> STEPS_AND_POLES = Set.of("Lambda_re", "Lambda_im", "log_step");
    private static final Set<String> OUTPUTS = Set.of("C", "C1", "C2", "D");
    private static final Set<String> NORMS_AND_BIASES = Set.of("scale", "bias");

    private final TrainConfig config;
    private final TrainOptions options;
    private final List<Parameter> parameters;
    private final List<Tensor> m = new ArrayList<>();
    private final List<Tensor> v = new ArrayList<>(); // empty where there are no second moments
    private final List<Tensor> sums = new ArrayList<>(); // of gradients; empty where not needed
    private final List<Tensor> averages = new ArrayList<>(); // empty where there are none
    private final Tensor norm = Tensor.output("gradient norm", 1); // of an update, where limited

    /**
     * Makes the tensors that it needs.
     *
     * @param config what it does
     * @param parameters that it updates
     * @throws UserError when {@code train.freeze} or {@code train.no_decay} names no parameter, or
     *     {@code train.freeze} all
     */
    public Optimizer(TrainConfig config, List<Parameter> parameters) {
        this.config = config;
        options = config.options();
        this.parameters = List.copyOf(parameters);
        checkNames();
        for (Parameter p : parameters) {
            int[] shape = p.value().shape();
            m.add(Tensor.state("m/" + p.name(), shape));
            if (options.optimizer() != TrainOptions.Kind.SGD) {
                v.add(Tensor.state("v/" + p.name(), shape));
            }
            if (options.accumulate() > 1) {
                sums.add(Tensor.state("sum/" + p.name(), shape));
            }
            if (options.ema() > 0) {
                averages.add(Tensor.state("ema/" + p.name(), shape));
            }
        }
    }

    private void checkNames() {
        List<String> names = parameters.stream().map(Parameter::name).toList();
        config.frozen().checkUsed("train.freeze", names);
        options.spared().checkUsed("train.no_decay", names);
        if (names.stream().allMatch(config.frozen()::match)) {
            throw new UserError("train.freeze: leaves no parameter to learn; leave one out");
        }
    }

    /**
     * {@return whether no step changes a parameter}
     *
     * @param parameter of the model
     */
    public boolean frozen(Parameter parameter) {
        return config.frozen().match(parameter.name());
    }

    /**
     * {@return the group of a parameter}
     *
     * @param config of the optimizer
     * @param p the parameter
     */
    public static Group group(TrainConfig config, Parameter p) {
        Group group = group(config, p.leaf());
        boolean spared = config.options().spared().match(p.name());
        return switch (group) {
            case SSM_DECAYED -> spared ? Group.SSM : group;
            case REGULAR -> spared ? Group.REGULAR_UNDECAYED : group;
            default -> group;
        };
    }

    /**
     * {@return the group of a parameter by the last part of its name, {@code train.no_decay} left
     * aside}
     *
     * @param config of the optimizer
     * @param leaf the last part of the parameter's name
     */
    static Group group(TrainConfig config, String leaf) {
        OptimizerGroups groups = config.optConfig();
        if (STEPS_AND_POLES.contains(leaf)) {
            return leaf.equals("log_step") && config.dtGlobal() ? Group.REGULAR : Group.SSM;
        }
        if (leaf.equals("B")) {
            return switch (groups) {
                case STANDARD, NOBCDECAY -> Group.SSM;
                case BANDCDECAY -> Group.SSM_DECAYED;
                case BFASTANDCDECAY -> Group.REGULAR;
            };
        }
        if (OUTPUTS.contains(leaf)) {
            return groups == OptimizerGroups.NOBCDECAY ? Group.SSM : Group.REGULAR;
        }
        return NORMS_AND_BIASES.contains(leaf) && !config.decayNorms()
                ? Group.REGULAR_UNDECAYED
                : Group.REGULAR;
    }

    /** {@return moments of all parameters, in their order: all first, then all second} */
    public List<Tensor> state() {
        List<Tensor> all = new ArrayList<>(m);
        all.addAll(v);
        return all;
    }

    /** {@return the averages of all parameters, in their order; empty where none are kept} */
    public List<Tensor> averages() {
        return List.copyOf(averages);
    }

    /**
     * {@return what an update takes for the gradients of the parameters, in their order: those of
     * its last batch, or of all its batches, and after it has run not longer than they may be}
     */
    public List<Tensor> gradients() {
        return sums.isEmpty()
                ? parameters.stream().map(Parameter::gradient).toList()
                : List.copyOf(sums);
    }

    /** {@return how long the gradient was before it was limited; null where it is not} */
    public Tensor norm() {
        return options.clipNorm() > 0 ? norm : null;
    }

    /**
     * Puts one update of all parameters but the frozen ones behind a program that computes their
     * gradients.
     *
     * @param program to add to
     * @param rates INPUT, see {@link #rates}
     */
    public void addTo(Program program, Tensor rates) {
        Map<Group, List<Integer>> members = new EnumMap<>(Group.class);
        for (int i = 0; i < parameters.size(); i++) {
            Parameter p = parameters.get(i);
            if (!frozen(p)) {
                members.computeIfAbsent(group(config, p), g -> new ArrayList<>()).add(i);
            }
        }
        List<Integer> order = members.values().stream().flatMap(List::stream).toList();
        List<Tensor> values = parameters.stream().map(Parameter::value).toList();
        List<Tensor> gradients = gradients();
        if (!sums.isEmpty()) {
            List<Tensor> last = parameters.stream().map(Parameter::gradient).toList();
            float share = 1f / options.accumulate();
            program.add(new UpdateOp.Accumulate(of(last, order), of(sums, order), rates, share));
        }
        if (norm() != null) {
            float limit = (float) options.clipNorm();
            program.add(new UpdateOp.ClipNorm(of(gradients, order), rates, limit, norm));
        }
        members.forEach((group, list) -> {
            boolean ssm = group == Group.SSM || group == Group.SSM_DECAYED;
            boolean decayed = group == Group.SSM_DECAYED || group == Group.REGULAR;
            int rate = ssm ? Rates.SSM : Rates.REGULAR;
            float decay = decayed ? (float) config.weightDecay() : 0;
            List<Tensor> p = of(values, list);
            List<Tensor> g = of(gradients, list);
            program.add(
                    switch (options.optimizer()) {
                        case ADAMW -> new Adam(p, g, of(m, list), of(v, list), rates, rate, decay);
                        case ADAM ->
                                new Adam(p, g, of(m, list), of(v, list), rates, rate, decay, true);
                        case SGD -> {
                            float momentum = (float) options.momentum();
                            yield new UpdateOp.Sgd(p, g, of(m, list), rates, rate, momentum, decay);
                        }
                    });
        });
        if (!averages.isEmpty()) {
            program.add(new UpdateOp.Average(of(values, order), of(averages, order), rates));
        }
    }

    private static List<Tensor> of(List<Tensor> all, List<Integer> which) {
        return which.stream().map(all::get).toList();
    }

    /**
     * {@return what the optimizer reads after a batch, see {@link Rates}}
     *
     * @param batch its number, from 0; {@link TrainOptions#accumulate} of them make an update
     * @param ssmLr learning rate of the state space's parameters
     * @param lr learning rate of the others
     */
    public float[] rates(long batch, double ssmLr, double lr) {
        int batches = options.accumulate();
        long done = batch / batches;
        double update = done + 1.0;
        float[] rates = new float[Rates.SIZE];
        rates[Rates.SSM] = (float) ssmLr;
        rates[Rates.REGULAR] = (float) lr;
        rates[Rates.C1] = (float) (1 / (1 - Math.pow(Adam.BETA1, update)));
        rates[Rates.C2] = (float) (1 / (1 - Math.pow(Adam.BETA2, update)));
        rates[Rates.PENDING] = batch % batches < batches - 1 ? 1 : 0;
        rates[Rates.FRESH] = batch % batches == 0 ? 1 : 0;
        rates[Rates.AVERAGE] = (float) (1 - Math.min(options.ema(), update / (update + 9)));
        return rates;
    }
}
