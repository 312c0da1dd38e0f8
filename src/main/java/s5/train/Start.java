package s5.train;

import s5.UserError;
import s5.config.NamePatterns;
import s5.config.TrainConfig;
import s5.config.TrainConfig.StartHead;
import s5.config.TrainOptions;
import s5.model.Model;
import s5.ops.Tensor;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a run begins with: the weights of another model, or some of them.
 *
 * @param config that says so
 * @param weights the file of {@code train.start_from}
 */
record Start(TrainConfig config, Checkpoint weights) {
    /**
     * Reads it, and demands that it fits.
     *
     * @param config of the run
     * @param model of the run
     * @return null when all parameters are drawn
     * @throws UserError when the file is damaged or of another model, or settings make no sense
     */
    static Start of(TrainConfig config, Model model) {
        if (config.startFrom().equals(TrainConfig.NOTHING)) {
            refuse(config.startHead() == StartHead.NEW, "train.start_head: new");
            refuse(!config.options().startOnly().equals(TrainOptions.ALL), "train.start_only:");
            return null;
        }
        Start start = new Start(config, Checkpoint.weights(Path.of(config.startFrom())));
        List<String> names =
                Stream.concat(
                                model.parameters().stream().map(p -> p.name()),
                                model.statistics().stream().map(Tensor::name))
                        .toList();
        config.options().taken().checkUsed("train.start_only", names);
        start.taken(model);
        return start;
    }

    private static void refuse(boolean given, String what) {
        if (given) {
            throw new UserError(what + " is for a run with train.start_from only; leave it out");
        }
    }

    /**
     * {@return the model's parameters and running statistics that are taken from the file}
     *
     * @param model of the run
     * @throws UserError that names those that do not fit
     */
    List<Tensor> taken(Model model) {
        NamePatterns only = config.options().taken();
        boolean keep = config.startHead() == StartHead.KEEP;
        try {
            return weights.fits(model, name -> only.match(name) && (keep || !Model.isOfHead(name)));
        } catch (UserError e) {
            throw keep && fitsWithoutHead(model)
                    ? new UserError(
                            e.getMessage()
                                    + "; for other classes or targets set train.start_head=new",
                            e)
                    : e;
        }
    }

    private boolean fitsWithoutHead(Model model) {
        NamePatterns only = config.options().taken();
        try {
            weights.fits(model, name -> only.match(name) && !Model.isOfHead(name));
            return true;
        } catch (UserError e) {
            return false;
        }
    }

    /** A line for who watches the run. */
    String told() {
        String only = config.options().startOnly();
        return "starts with the weights of %s%s%s"
                .formatted(
                        config.startFrom(),
                        only.equals(TrainOptions.ALL) ? "" : ", those of " + only,
                        config.startHead() == StartHead.NEW ? ", and a new head" : "");
    }
}
