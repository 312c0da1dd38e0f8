package s5.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The places that settings name: what a checkpoint's settings are read without. */
public final class Places {
    private Places() {}

    /** Leaves out of somebody else's settings what is of their machine. */
    static void leaveOut(Map<String, Given> given, Schema schema) {
        given.keySet()
                .removeIf(path -> schema.setting(path).filter(s -> s.key().place()).isPresent());
        Given threads = given.get("threads");
        if (threads != null && threads.text().matches("[0-9]{1,4}")) {
            int count = Integer.parseInt(threads.text());
            int cores = Runtime.getRuntime().availableProcessors();
            if (count > cores && count <= Config.MOST_THREADS) {
                given.remove("threads"); // one for each core here
            }
        }
    }

    /**
     * {@return {@code key=value} for each place of the data that is another than where nothing is
     * said, as a shell takes it; without passwords}
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
                    words.add(quoted(setting.path() + "=" + withoutSecrets(value)));
                }
            }
        }
        return words;
    }

    /**
     * {@return an address without what may be a password}
     *
     * @param address such as {@code jdbc:...}
     */
    public static String withoutSecrets(String address) {
        return address.replaceAll("(?i)(pass\\w*|pwd)=[^;&]*", "$1=...")
                .replaceAll("//[^/@]*:[^/@]*@", "//...@");
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
