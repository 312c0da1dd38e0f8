package s5.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import s5.UserError;
import s5.config.Config;
import s5.config.Key;
import s5.config.Messages;
import s5.data.Dataset;
import s5.train.Checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** What {@code predict} is given: all of it counts, or is refused or told. */
final class PredictInput {
    private static final Logger LOG = LoggerFactory.getLogger(PredictInput.class);

    /** The settings that change what predict does. */
    private static final List<String> USED =
            List.of("device", "precision", "kernels", "threads", "train.eval_batch");

    private PredictInput() {}

    /** Options of the command. */
    record Options(
            @Key(value = "whether what is longer than the model takes is cut", unset = "false")
                    boolean cut) {}

    /**
     * {@return the settings, none of which changes nothing} Those of the model are checked against
     * it elsewhere.
     */
    static List<String> used(List<String> settings) {
        for (String setting : settings) {
            String key = Words.key(setting);
            if (!USED.contains(key) && !key.startsWith("model.")) {
                throw new UserError(
                        "command line: predict has no use for %s%s; it takes cut, %s"
                                .formatted(
                                        Messages.quoted(key),
                                        Messages.didYouMean(key, USED),
                                        String.join(", ", USED)));
            }
        }
        return settings;
    }

    /**
     * Hands on a file, or standard input as one.
     *
     * @param word of the command line; {@code -} is standard input
     * @param config of the model
     */
    static void file(String word, Config config, Consumer<Path> use) {
        if (!word.equals("-")) {
            use.accept(Words.path(word));
            return;
        }
        String plain = config.data().set().name().equals("text") ? ".txt" : ".csv";
        try (StandardInput input = StandardInput.read(System.in, plain)) {
            try {
                use.accept(input.file());
            } catch (UserError e) {
                throw input.named(e);
            }
        }
    }

    /**
     * Refuses samples of which the model would see a part only, and warns of values far outside
     * what it was trained on.
     */
    static void check(Checkpoint checkpoint, Dataset data, Path file, Options options) {
        for (int i = 0; i < data.size() && !options.cut(); i++) {
            if (!data.cut(i).isEmpty()) {
                throw new UserError(
                        data.cut(i) + "; shorten it, or add cut=true to predict from its start");
            }
        }
        for (String far : checkpoint.ranges().far(data)) {
            LOG.warn("{}", Messages.plain(file + ": " + far));
        }
    }

    /** Names a sample where it has a name, and says whether it was cut. */
    static ObjectNode line(ObjectNode line, Dataset data, int i) {
        if (data.named()) {
            line.put("id", data.id(i));
        }
        if (!data.cut(i).isEmpty()) {
            line.put("cut", true);
        }
        return line;
    }
}
