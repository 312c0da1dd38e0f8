package s5.report;

import s5.config.Config;
import s5.config.Messages;
import s5.config.Places;
import s5.data.given.ProgramData;
import s5.run.RunFolder;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What can be done with a trained model: commands that can be pasted. */
public final class NextSteps {
    private NextSteps() {}

    /**
     * {@return commands by what they do; none where the samples were a program's, which no command
     * can read}
     *
     * @param config of the run
     * @param folder of the run, with a best epoch's model
     */
    public static Map<String, String> of(Config config, Path folder) {
        Map<String, String> steps = new LinkedHashMap<>();
        if (config.data().set().name().equals(ProgramData.NAME)) {
            return steps;
        }
        String model = Places.quoted(RunFolder.best(folder).toString());
        steps.put("answers files of your own", "predict " + model + " FILE");
        List<String> places = Places.words(config);
        String data = places.isEmpty() ? "" : " " + String.join(" ", places);
        steps.put(
                "writes every test prediction to eval.json",
                "eval " + model + data + " json=eval.json");
        steps.replaceAll((what, command) -> "bin/s5 " + Messages.plain(command));
        return steps;
    }
}
