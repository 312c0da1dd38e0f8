package s5.train.rule;

import s5.UserError;
import s5.config.Messages;
import s5.config.NamePatterns;
import s5.config.TrainConfig;
import s5.config.TrainConfig.OptimizerGroups;
import s5.model.Parameter;
import s5.ops.Adam;
import s5.ops.Program;
import s5.ops.Rates;
import s5.ops.Tensor;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * AdamW with the official code's parameter groups: which parameter follows which learning rate, and
 * which decays. Those that are frozen follow none: they and their moments, which are 0, stay as
 * they are.
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
    private final List<Parameter> parameters;
    private final List<Tensor> m = new ArrayList<>();
    private final List<Tensor> v = new ArrayList<>();

    /**
     * Makes the tensors that it needs.
     *
     * @param config what it does
     * @param parameters that it updates
     * @throws UserError when {@code train.freeze} names no parameter, or all
     */
    public Optimizer(TrainConfig config, List<Parameter> parameters) {
        this.config = config;
        this.parameters = List.copyOf(parameters);
        for (Parameter p : parameters) {
            m.add(Tensor.state("m/" + p.name(), p.value().shape()));
            v.add(Tensor.state("v/" + p.name(), p.value().shape()));
        }
        checkFrozen();
    }

    private void checkFrozen() {
        NamePatterns frozen = config.frozen();
        List<String> names = parameters.stream().map(Parameter::name).toList();
        for (String unused : frozen.unused(names)) {
            throw new UserError(
                    "train.freeze: %s is the name of no parameter%s; s5 info CONFIG lists them"
                            .formatted(
                                    Messages.quoted(unused), Messages.didYouMean(unused, names)));
        }
        if (names.stream().allMatch(frozen::match)) {
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
     * {@return the group of a parameter by the last part of its name}
     *
     * @param config of the optimizer
     * @param leaf the last part of the parameter's name
     */
    public static Group group(TrainConfig config, String leaf) {
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
                members.computeIfAbsent(group(config, p.leaf()), g -> new ArrayList<>()).add(i);
            }
        }
        members.forEach((group, list) -> {
            boolean ssm = group == Group.SSM || group == Group.SSM_DECAYED;
            boolean decayed = group == Group.SSM_DECAYED || group == Group.REGULAR;
            program.add(
                    new Adam(
                            list.stream().map(i -> parameters.get(i).value()).toList(),
                            list.stream().map(i -> parameters.get(i).gradient()).toList(),
                            list.stream().map(m::get).toList(),
                            list.stream().map(v::get).toList(),
                            rates,
                            ssm ? Rates.SSM : Rates.REGULAR,
                            decayed ? (float) config.weightDecay() : 0));
        });
    }

    /**
     * {@return what the optimizer reads in one step, see {@link Rates}}
     *
     * @param step number of the update, from 0
     * @param ssmLr learning rate of the state space's parameters
     * @param lr learning rate of the others
     */
    public static float[] rates(long step, double ssmLr, double lr) {
        float[] rates = new float[Rates.SIZE];
        rates[Rates.SSM] = (float) ssmLr;
        rates[Rates.REGULAR] = (float) lr;
        rates[Rates.C1] = (float) (1 / (1 - Math.pow(Adam.BETA1, (double) step + 1)));
        rates[Rates.C2] = (float) (1 / (1 - Math.pow(Adam.BETA2, (double) step + 1)));
        return rates;
    }
}
