package s5.config;

import s5.data.DataSource;
import s5.data.DataSources;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Every key of a config as Markdown: the tables of docs/configuration.md. */
public final class Documentation {
    private Documentation() {}

    /**
     * The tables, one for each section, and in the section {@code data} one for each data set.
     *
     * @param prefix keeps only the settings whose full names start with it; empty for all
     * @return empty when no setting's name does
     */
    public static String tables(String prefix) {
        Collection<Schema.Setting> settings = Schema.of(Config.class).settings();
        Set<String> sections = new LinkedHashSet<>();
        settings.forEach(setting -> sections.add(setting.section()));
        List<String> tables = new ArrayList<>();
        for (String section : sections) {
            String title =
                    section.isEmpty() ? "Top level" : "Section `" + section.replace(".", "") + "`";
            String rows = rows(settings, section, prefix);
            if (!rows.isEmpty()) {
                tables.add("## " + title + "\n\n" + rows);
            }
            if (section.equals(Schema.DATA)) {
                DataSources.all().forEach(set -> add(tables, set, prefix));
            }
        }
        return String.join("\n", tables);
    }

    private static void add(List<String> tables, DataSource<?> set, String prefix) {
        Collection<Schema.Setting> own = Schema.own(set).settings();
        String rows = rows(own, Schema.DATA, prefix);
        if (!rows.isEmpty() || (own.isEmpty() && Schema.DATA.startsWith(prefix))) {
            tables.add(
                    "### `set: %s`\n\n%s%s.%s\n"
                            .formatted(
                                    set.name(),
                                    set.title().substring(0, 1).toUpperCase(Locale.ROOT),
                                    set.title().substring(1),
                                    own.isEmpty()
                                            ? " It has no keys of its own."
                                            : "\n\n" + rows.stripTrailing()));
        }
    }

    private static String rows(Collection<Schema.Setting> settings, String section, String prefix) {
        StringBuilder rows = new StringBuilder();
        for (Schema.Setting setting : settings) {
            if (setting.section().equals(section) && setting.path().startsWith(prefix)) {
                rows.append(row(setting));
            }
        }
        return rows.isEmpty()
                ? ""
                : "| key | if left out | values | official flag | meaning |\n"
                        + "|---|---|---|---|---|\n"
                        + rows;
    }

    private static String row(Schema.Setting s) {
        Key key = s.key();
        String unset =
                !key.unset().isEmpty()
                        ? "`" + key.unset() + "`"
                        : key.derived().isEmpty() ? "has to be given" : key.derived();
        String official = key.official().isEmpty() ? "" : "`" + key.official() + "`";
        String when =
                key.when().isEmpty()
                        ? ""
                        : " (only with `"
                                + key.when().replace("=", ": ").replace("|", "` or `")
                                + "`)";
        return "| `%s` | %s | %s | %s | %s |\n"
                .formatted(s.path(), unset, s.values(), official, key.value() + when);
    }
}
