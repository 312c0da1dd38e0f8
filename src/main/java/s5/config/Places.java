package s5.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The places that settings name: what a checkpoint's settings are read without. */
public final class Places {
    private Places() {}

    /**
     * {@return {@code key=value} for each place of the data that is another than where nothing is
     * said, as a shell takes it}
     *
     * @param config of a run
     */
    public static List<String> words(Config config) {
        Schema schema = Schema.of(config.data().set());
        Map<String, Object> values = schema.values(config);
        List<String> words = new ArrayList<>();
        for (Schema.Setting setting : schema.settings()) {
            if (setting.isPlaceOfData()) {
                String value = Schema.spelling(values.get(setting.path()));
                if (!value.equals(setting.key().unset())) {
                    words.add(quoted(setting.path() + "=" + value));
                }
            }
        }
        return words;
    }

    /**
     * {@return a word as a shell takes it for one}
     *
     * @param word such as {@code key=value}
     */
    public static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./:,=@%+-]+")
                ? word
                : "'" + word.replace("'", "'\\''") + "'";
    }
}
