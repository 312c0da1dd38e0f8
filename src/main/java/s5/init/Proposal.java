package s5.init;

import s5.Devices;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.data.Shape;
import s5.ops.Backend;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model and its training that suit the number and length of sequences, and the machine: three
 * layers of 64 features learn what the archives of time series have; where these take too long
 * here, smaller ones, then fewer passes. How long is reckoned, not measured: the same data gives
 * the same config, however busy the machine is.
 */
final class Proposal {
    /** What training should take at most, in seconds, evaluation not counted. */
    private static final double BUDGET = 240;

    /** Steps after which sets of some hundred sequences are learned. */
    private static final int STEPS = 1_500;

    private static final int MOST_EPOCHS = 200;
    private static final int FEWEST_EPOCHS = 4;

    /**
     * Multiplications in a second on a core of a CPU of today, as {@link Size#cost} counts them.
     */
    private static final double CORE = 4e9;

    /** And on a GPU, where a step takes a millisecond at least. */
    private static final double GPU = 4e11;

    private record Size(int layers, int features, int states, int blocks) {
        /**
         * Multiplications of a step, about: states in and out, gate, and three times for adjoints.
         */
        double cost(long positions) {
            double position = 4.0 * features * states + 2.0 * features * features;
            return 3.0 * positions * layers * position;
        }
    }

    private static final List<Size> SIZES =
            List.of(
                    new Size(3, 64, 64, 4),
                    new Size(2, 64, 64, 4),
                    new Size(2, 32, 32, 2),
                    new Size(1, 32, 16, 1));

    /** Key, value and why of the sections model and train. */
    record Choice(String key, String value, String why) {}

    private Proposal() {}

    /**
     * Chooses.
     *
     * @param words of the section data, as a command line has them
     * @param shape of a sample
     * @param training samples to train on
     * @param validation samples to select on
     */
    static List<Choice> of(List<String> words, Shape shape, int training, int validation) {
        int batch = training < 100 ? 8 : training < 1_000 ? 16 : training < 10_000 ? 32 : 64;
        batch = Math.max(1, Math.min(batch, training / 2));
        if (shape.length() > 4_000) {
            batch = Math.min(batch, 16);
        }
        int steps = Math.max(1, training / batch);
        Config plain = ConfigLoader.of(words.toArray(String[]::new));
        String device;
        double seconds = Double.POSITIVE_INFINITY; // of a step
        Size chosen = SIZES.getLast();
        try (Backend backend = Devices.open(plain)) {
            device = backend.describe();
        }
        boolean cpu = device.startsWith("CPU");
        int cores =
                plain.threads() > 0 ? plain.threads() : Runtime.getRuntime().availableProcessors();
        for (Size size : SIZES) {
            double cost = size.cost((long) batch * shape.length());
            chosen = size;
            seconds = cpu ? cost / (CORE * Math.min(cores, 16)) : Math.max(0.001, cost / GPU);
            if (seconds * Math.max(STEPS * 0.6, steps * 10.0) <= BUDGET) {
                break;
            }
        }
        int wanted = Math.clamp(Math.round((double) STEPS / steps), 15, MOST_EPOCHS);
        int fit = (int) Math.min(MOST_EPOCHS, BUDGET / (seconds * steps));
        int epochs = Math.max(FEWEST_EPOCHS, Math.min(fit, wanted));
        String where = cpu ? "on %d quiet cores".formatted(cores) : "on the GPU";
        return choices(where, shape, chosen, seconds, steps, epochs, batch, training, validation);
    }

    private static Map<String, String> model(Size size) {
        Map<String, String> model = new LinkedHashMap<>();
        model.put("layers", "" + size.layers);
        model.put("features", "" + size.features);
        model.put("states", "" + size.states);
        model.put("blocks", "" + size.blocks);
        model.put("bidirectional", "true");
        return model;
    }

    private static List<Choice> choices(
            String where,
            Shape shape,
            Size size,
            double seconds,
            int steps,
            int epochs,
            int batch,
            int training,
            int validation) {
        List<Choice> all = new ArrayList<>();
        boolean largest = size.equals(SIZES.getFirst());
        Map<String, String> why =
                Map.of(
                        "layers",
                        largest ? "enough for most sets of this kind" : "small, to be quick here",
                        "states",
                        size.blocks == 1
                                ? "in one block"
                                : "in " + size.blocks + " blocks, each with time scales of its own",
                        "bidirectional",
                        "the whole sequence is there before it is answered");
        model(size)
                .forEach((key, value) ->
                        all.add(new Choice("model." + key, value, why.getOrDefault(key, ""))));
        boolean few = training < 2_000;
        all.add(
                new Choice(
                        "model.dropout",
                        few ? "0.1" : "0.0",
                        few
                                ? "against learning few sequences by heart"
                                : "there are many sequences"));
        // A step of a state's clock: from a position to a good part of the sequence.
        double least = Math.clamp(1.0 / shape.length(), 0.0001, 0.01);
        all.add(
                new Choice(
                        "model.dt_min",
                        "" + Double.parseDouble("%.1g".formatted(least)),
                        "time scales to the sequence's length, %,d".formatted(shape.length())));
        double minutes = seconds * steps * epochs / 60;
        all.add(
                new Choice(
                        "train.epochs",
                        "" + epochs,
                        "%,d steps; about %s %s"
                                .formatted(
                                        (long) steps * epochs,
                                        minutes < 1.5
                                                ? "%.0f s".formatted(Math.ceil(60 * minutes))
                                                : "%.0f min".formatted(minutes),
                                        where)));
        all.add(
                new Choice(
                        "train.batch",
                        "" + batch,
                        "%,d steps an epoch of %,d sequences".formatted(steps, training)));
        all.add(new Choice("train.ssm_lr", "0.002", ""));
        all.add(new Choice("train.lr_factor", "4", "learning rate 0.008 beside the states"));
        all.add(new Choice("train.warmup_epochs", epochs > 10 ? "2" : "1", ""));
        boolean selects = ConfigLoader.keyNamed("select").isPresent();
        if (selects && validation < 200) {
            all.add(
                    new Choice(
                            "train.select",
                            "loss",
                            "%,d sequences to validate on: their accuracy is coarse"
                                    .formatted(validation)));
        }
        return all;
    }
}
