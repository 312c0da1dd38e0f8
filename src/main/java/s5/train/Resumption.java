package s5.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;

import s5.UserError;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.config.ConfigLoader.Difference;
import s5.config.Messages;
import s5.config.TrainConfig;
import s5.data.Dataset;
import s5.data.Fingerprint;
import s5.data.Fitted;
import s5.data.Splits;
import s5.train.rule.Schedule;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Which settings a run may go on with that it did not begin with: those under which all that it has
 * done so far would have been the same.
 *
 * @param otherwise what would not have been, in words; empty when the run may go on
 * @param fromHereOn what is different from now on, in words
 */
record Resumption(List<String> otherwise, List<String> fromHereOn) {
    /** Settings of the learning rates' course, which count for the updates that were done. */
    private static final Set<String> SCHEDULE =
            Set.of(
                    "train.epochs",
                    "train.warmup_epochs",
                    "train.schedule",
                    "train.lr_min",
                    "train.first_update",
                    "train.cosine_start");

    private static final Set<String> PLATEAU =
            Set.of("train.plateau_factor", "train.plateau_patience", "train.lr_min");

    /** The entries of a checkpoint's metadata with the {@link Fingerprint}s of its data. */
    private static final String HELD_OUT = "held_out_data";

    private static final String TRAINING = "training_data";

    private static final String EARLY_STOP = "train.early_stop_patience";

    /** Most updates whose learning rates are compared; of more, evenly spread ones. */
    private static final long COMPARED = 100_000;

    /**
     * Compares settings.
     *
     * @param given to go on with
     * @param run those of the run so far
     * @param at how far it is
     * @param stepsPerEpoch with the settings given
     */
    static Resumption of(Config given, Config run, RunProgress at, int stepsPerEpoch) {
        Resumption result = new Resumption(new ArrayList<>(), new ArrayList<>());
        String rates = otherRates(given.train(), run.train(), at, stepsPerEpoch);
        for (Difference difference : ConfigLoader.differences(given, run)) {
            String why = why(difference.path(), rates, given.train(), run.train(), at);
            (why == null ? result.fromHereOn : result.otherwise)
                    .add(difference + (why == null ? "" : why));
        }
        return result;
    }

    /**
     * Demands that a run can go on.
     *
     * @param file it goes on from
     * @param told what the file has of its data: the number of training samples, and {@link
     *     Fingerprint}s, which are missing in one of before
     * @param fitted what the names of its classes, tokens and targets are
     * @param data the samples now
     * @return what will be done otherwise from now on, in words; mostly nothing
     * @throws UserError that names everything under which the past would have been another
     */
    static List<String> check(
            Path file,
            Config given,
            Config run,
            RunProgress at,
            int stepsPerEpoch,
            Map<String, String> told,
            Fitted fitted,
            Splits data) {
        Resumption resumption = of(given, run, at, stepsPerEpoch);
        if (!resumption.otherwise.isEmpty()) {
            throw new UserError(
                    "%s: is of another run: %s; continue a run with its own settings, or begin another with out=DIR, with train.start_from=FILE from these weights"
                            .formatted(file, String.join(", ", resumption.otherwise)));
        }
        Dataset training = data.train();
        String samples = told.get("training_samples");
        if (!samples.equals(Integer.toString(training.size()))) {
            throw new UserError(
                    "%s: is of another run: there are %s training samples, not %s; has the data set changed?"
                            .formatted(file, training.size(), Messages.shown(samples)));
        }
        checkSame(file, told, data);
        try {
            fitted.checkSame(
                    training); // labels are numbers: samples stay the same under other names
        } catch (UserError e) {
            throw new UserError("%s: is of another run: %s".formatted(file, e.getMessage()), e);
        }
        if (at.step > stepsPerEpoch || at.epoch > run.train().epochs()) {
            throw new UserError(
                    "%s: is damaged: its metadata 'progress' tells of %s, of %d epochs of %d steps"
                            .formatted(file, at.place(), run.train().epochs(), stepsPerEpoch));
        }
        return resumption.fromHereOn;
    }

    /**
     * Of the samples that a run is evaluated on.
     *
     * @param validation those that choose its best epoch
     * @param test those that are told beside them
     */
    private record HeldOut(Fingerprint validation, Fingerprint test) {
        HeldOut {
            Objects.requireNonNull(validation, "validation");
            Objects.requireNonNull(test, "test");
        }

        static HeldOut of(Splits data) {
            Fingerprint validation = Fingerprint.of(data.validation());
            return new HeldOut(
                    validation, data.selectsOnTest() ? validation : Fingerprint.of(data.test()));
        }
    }

    /** {@return what a checkpoint says of the samples that the run is evaluated on} */
    static Map<String, String> heldOut(Splits data) {
        try {
            return Map.of(HELD_OUT, new JsonMapper().writeValueAsString(HeldOut.of(data)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Demands the samples that a run has learned from, and was evaluated on. */
    private static void checkSame(Path file, Map<String, String> told, Splits data) {
        Fingerprint then = read(file, told, TRAINING, Fingerprint.class);
        if (then != null && !Fingerprint.of(data.train()).same(then)) {
            throw others(file, "training samples were others, though as many");
        }
        HeldOut heldOut = read(file, told, HELD_OUT, HeldOut.class);
        if (heldOut != null) {
            HeldOut now = HeldOut.of(data);
            if (!now.validation.same(heldOut.validation)) {
                throw others(file, "validation samples were others");
            }
            if (!now.test.same(heldOut.test)) {
                throw others(file, "test samples were others");
            }
        }
    }

    private static UserError others(Path file, String what) {
        return new UserError(
                "%s: is of another run: its %s; has the data set changed?".formatted(file, what));
    }

    /** What the file says under a name; null where it says nothing. */
    private static <T> T read(Path file, Map<String, String> told, String key, Class<T> type) {
        String json = told.get(key);
        try {
            return json == null ? null : new JsonMapper().readValue(json, type);
        } catch (JsonProcessingException e) {
            throw CheckpointChecks.damaged(file, key, "tells of none");
        }
    }

    /** Why the past would have been otherwise: null when it would not, nothing when it is plain. */
    private static String why(
            String path, String rates, TrainConfig given, TrainConfig run, RunProgress at) {
        if (path.equals("train.epochs")) {
            int begun = at.step > 0 ? at.epoch + 1 : at.epoch;
            if (given.epochs() < begun) {
                return " (it has begun its epoch %d)".formatted(begun);
            }
        }
        if (PLATEAU.contains(path) && otherPlateau(given, run, at)) {
            return " (stalls of validation would have had other consequences)";
        }
        if (SCHEDULE.contains(path)) {
            return rates;
        }
        if (path.equals(EARLY_STOP)) {
            return given.earlyStopPatience() >= Math.min(run.earlyStopPatience(), at.epoch)
                    ? null
                    : " (it might have stopped before epoch %d)".formatted(at.epoch);
        }
        return PLATEAU.contains(path) ? null : "";
    }

    /** Whether the rule about plateaus might have acted otherwise; to be sure, when in doubt. */
    private static boolean otherPlateau(TrainConfig given, TrainConfig run, RunProgress at) {
        if (given.plateauFactor() == 1 && run.plateauFactor() == 1) {
            return false;
        }
        boolean acted = at.ssmLr != run.ssmLr() || at.lr != run.lr();
        boolean never = at.sincePlateau == at.sinceBest; // else it has counted anew
        return acted
                || !never
                || given.plateauPatience() < Math.min(run.plateauPatience(), at.epoch);
    }

    /** The first update that would have had other learning rates, in words; null for none. */
    private static String otherRates(
            TrainConfig given, TrainConfig run, RunProgress at, int stepsPerEpoch) {
        Schedule here = new Schedule(given, stepsPerEpoch);
        Schedule there = new Schedule(run, stepsPerEpoch);
        long done = (long) at.epoch * stepsPerEpoch + at.step;
        long stride = Math.max(1, done / COMPARED);
        return LongStream.concat(
                        LongStream.of(0, 1, 2, done - 2, done - 1),
                        LongStream.concat(
                                LongStream.iterate(0, u -> u < done, u -> u + stride),
                                LongStream.of(here.warmup(), there.warmup())
                                        .flatMap(end -> LongStream.rangeClosed(end - 2, end + 2))))
                .filter(u -> u >= 0 && u < done)
                .filter(u -> here.rate(u, run.ssmLr()) != there.rate(u, run.ssmLr()))
                .sorted()
                .mapToObj(u ->
                        " (step %,d would have had the learning rate %.6g, not %.6g)"
                                .formatted(
                                        u + 1,
                                        here.rate(u, run.ssmLr()),
                                        there.rate(u, run.ssmLr())))
                .findFirst()
                .orElse(null);
    }
}
