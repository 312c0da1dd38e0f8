package s5.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

import s5.UserError;
import s5.data.DataSource;
import s5.data.DataSources;
import s5.io.AtomicFile;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads a {@link Config} from YAML and {@code key=value} words, and writes it back. A key that is
 * left out gets its default; anything else that is not as it should be is a {@link UserError} of
 * one line that says file, line and column (or {@code command line}), key, what is wrong, and what
 * to write instead.
 */
public final class ConfigLoader {
    private static final int LARGEST_FILE = 1 << 20;
    private static final String COMMAND_LINE = "command line";

    private static final YAMLMapper WRITER =
            YAMLMapper.builder(YAMLFactory.builder().stringQuotingChecker(new Quotes()).build())
                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                    .disable(YAMLGenerator.Feature.SPLIT_LINES)
                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                    .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                    .build();

    private ConfigLoader() {}

    /**
     * The config in a file, with overrides.
     *
     * @param yaml the file; its name without extension is the default of {@code name}
     * @param overrides words like {@code train.epochs=3}: full key, equals sign, value as typed. A
     *     word wins over the file, and over an equal key before it
     * @return every setting, checked
     */
    public static Config load(Path yaml, List<String> overrides) {
        return parse(read(yaml), yaml, overrides);
    }

    /**
     * The same from text that is already read, such as the config kept in a checkpoint.
     *
     * @param yaml the text
     * @param origin names the text in errors, and is where {@code name} comes from
     * @param overrides words like {@code train.epochs=3}, which win over the text
     * @return every setting, checked
     */
    public static Config parse(String yaml, Path origin, List<String> overrides) {
        Schema schema = Schema.ofAllSets();
        Map<String, Given> given = Given.parse(yaml, origin.toString(), schema);
        given.putAll(words(schema, overrides, COMMAND_LINE));
        return bind(given, stem(origin), origin.toString());
    }

    /**
     * The same from text that is somebody else's, such as that in a checkpoint: the places that it
     * names ({@link Key#place}), and threads beyond the cores here, are left out.
     *
     * @param yaml the text
     * @param origin as of {@link #parse}
     * @param overrides as of {@link #load}
     * @return the config
     * @throws UserError as {@link #load}
     */
    public static Config parseForeign(String yaml, Path origin, List<String> overrides) {
        Schema schema = Schema.ofAllSets();
        Map<String, Given> given = Given.parse(yaml, origin.toString(), schema);
        Places.leaveOut(given, schema);
        given.putAll(words(schema, overrides, COMMAND_LINE));
        return bind(given, stem(origin), origin.toString());
    }

    /**
     * {@return the places of data that {@link #parseForeign} leaves out, as the words that would
     * take them; without those that are as if left out, or that other words win over}
     *
     * @param yaml as of {@link #parseForeign}
     * @param origin as of {@link #parse}
     * @param overrides as of {@link #load}
     */
    public static List<String> foreignPlaces(String yaml, Path origin, List<String> overrides) {
        Schema schema = Schema.ofAllSets();
        Set<String> said = words(schema, overrides, COMMAND_LINE).keySet();
        List<String> places = new ArrayList<>();
        Given.parse(yaml, origin.toString(), schema)
                .forEach((path, value) ->
                        schema.setting(path)
                                .filter(Schema.Setting::isPlaceOfData)
                                .filter(s -> !s.key().unset().equals(value.text()))
                                .filter(s -> !said.contains(path))
                                .ifPresent(s ->
                                        places.add(
                                                path + "=" + Places.withoutSecrets(value.text()))));
        return places;
    }

    /**
     * {@return a config of {@code key=value} words alone, for tests and benchmarks; needs data.set}
     *
     * @param words such as {@code data.set=smnist}
     */
    public static Config of(String... words) {
        return bind(words(Schema.ofAllSets(), List.of(words), "settings"), "s5", "settings");
    }

    /**
     * {@return the options of a command: {@code key=value} words in a record whose components have
     * a {@link Key} each}
     *
     * @param <T> the record
     * @param type its class, which need not be public
     * @param words {@code key=value}; of equal keys the last wins
     */
    public static <T extends Record> T options(Class<T> type, List<String> words) {
        Schema schema = Schema.of(type);
        Map<String, Given> given = words(schema, words, COMMAND_LINE);
        return new Binder(schema, given, Map.of(), COMMAND_LINE).bind(type);
    }

    /**
     * {@return the key of a config, of any data set, that a name stands for: {@code train.epochs};
     * empty when there is none}
     *
     * @param name its last word, such as {@code epochs}
     */
    public static Optional<String> keyNamed(String name) {
        return Schema.ofAllSets().named(name);
    }

    private static Config bind(Map<String, Given> given, String defaultName, String source) {
        Given name = given.get("name");
        Given set = given.get(Schema.SET);
        Map<String, String> derived = new HashMap<>();
        derived.put("name", defaultName);
        derived.put("out", "runs/" + (name == null ? defaultName : name.text()));
        // Without a set that exists, the binder says so when it comes to the key.
        DataSource<?> known = set == null ? null : DataSources.named(set.text()).orElse(null);
        Schema schema = known == null ? Schema.of(Config.class) : Schema.of(known);
        if (known != null) {
            Map<String, String> own = new LinkedHashMap<>();
            given.forEach((path, value) -> {
                if (path.startsWith(Schema.DATA)) {
                    own.put(path.substring(Schema.DATA.length()), value.text());
                }
            });
            String masked = Boolean.toString(!known.official());
            derived.put("model.mask_states", masked);
            derived.put("model.mask_norm", masked);
            known.derived(own).forEach((key, value) -> derived.put(Schema.DATA + key, value));
        }
        return new Binder(schema, given, derived, source).bind(Config.class);
    }

    private static Map<String, Given> words(Schema schema, List<String> words, String place) {
        Map<String, Given> given = new LinkedHashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw new UserError(
                        "%s: %s: a setting is a word like key=value"
                                .formatted(place, Messages.quoted(word)));
            }
            String key = word.substring(0, equals);
            if (schema.isSection(key)) {
                throw new UserError(
                        "%s: %s: is a section; write %s.KEY=VALUE".formatted(place, key, key));
            }
            if (schema.setting(key).isEmpty()) {
                throw new UserError(
                        "%s: %s: %s".formatted(place, Messages.shown(key), schema.unknown(key)));
            }
            given.put(key, new Given(place, Given.Kind.ANY, word.substring(equals + 1)));
        }
        return given;
    }

    /** The name of a run from that of its config file. */
    private static String stem(Path file) {
        String name = file.getFileName() == null ? "" : file.getFileName().toString();
        String stem =
                name.replaceFirst("(?i)\\.(ya?ml|json)$", "").replaceAll("[^A-Za-z0-9._-]+", "-");
        stem = stem.replaceFirst("^\\.+", "");
        return stem.isEmpty() ? "s5" : stem.substring(0, Math.min(100, stem.length()));
    }

    private static String read(Path file) {
        if (Files.isDirectory(file)) {
            throw new UserError(file + ": is a folder, not a config file");
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LARGEST_FILE + 1);
        } catch (NoSuchFileException e) {
            throw new UserError(file + ": no such file" + similar(file), e);
        } catch (IOException e) {
            throw new UserError(file + ": cannot be read: " + AtomicFile.reason(e), e);
        }
        if (bytes.length > LARGEST_FILE) {
            throw new UserError(file + ": is larger than 1 MiB, so it is no config file");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            throw new UserError(
                    "%s:%d: is not UTF-8 text (byte 0x%02X at offset %d)"
                            .formatted(
                                    file,
                                    1 + text.chars().filter(c -> c == '\n').count(),
                                    bytes[in.position()],
                                    in.position()));
        }
        return text;
    }

    private static String similar(Path missing) {
        Path folder = missing.toAbsolutePath().getParent();
        if (folder == null || missing.getFileName() == null) {
            return "";
        }
        if (!Files.isDirectory(folder)) {
            Path named = missing.getParent() == null ? folder : missing.getParent();
            return "; there is no folder " + named + " either";
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<String> names = files.map(f -> f.getFileName().toString()).sorted().toList();
            return Messages.nearest(missing.getFileName().toString(), names)
                    .map(near -> "; did you mean " + missing.resolveSibling(near) + "?")
                    .orElse("");
        } catch (IOException e) {
            return ""; // only a hint
        }
    }

    /**
     * {@return all settings that have a meaning (see {@link Key#when}) as YAML, defaults included,
     * but no passwords, since others read it, too}
     *
     * @param config to write
     */
    public static String toYaml(Config config) {
        return toYaml(config, false);
    }

    private static String toYaml(Config config, boolean passwords) {
        Schema schema = Schema.of(config.data().set());
        Map<String, Object> values = schema.values(config);
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        for (Schema.Setting setting : schema.settings()) {
            if (!meaningful(schema, setting, values)) {
                continue;
            }
            String section = setting.section();
            ObjectNode node =
                    section.isEmpty() ? root : root.withObjectProperty(section.replace(".", ""));
            switch (values.get(setting.path())) {
                case Integer i -> node.put(setting.name(), i);
                case Long l -> node.put(setting.name(), l);
                case Double d -> node.put(setting.name(), d);
                case Boolean b -> node.put(setting.name(), b);
                case Object value -> {
                    String text = Schema.spelling(value);
                    boolean whole = passwords || !setting.isPlaceOfData();
                    node.put(setting.name(), whole ? text : Places.withoutSecrets(text));
                }
            }
        }
        try {
            return WRITER.writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * A setting that two configs have other values of.
     *
     * @param path its full name
     * @param here the one value, as YAML spells it
     * @param there the other
     */
    public record Difference(String path, String here, String there) {
        /** Such as {@code train.epochs is 20, not 10}. */
        @Override
        public String toString() {
            return "%s is %s, not %s".formatted(path, Messages.plain(here), Messages.plain(there));
        }
    }

    /**
     * What one config computes otherwise than another: the keys with a meaning in either, another
     * value, and not {@link Key#free}. Of configs with different data sets, that alone.
     *
     * @param given with which the user wants to go on
     * @param run with which it began
     * @return the settings in their order
     */
    public static List<Difference> differences(Config given, Config run) {
        Schema schema = Schema.of(given.data().set());
        Map<String, Object> here = schema.values(given);
        Map<String, Object> there = schema.values(run);
        List<Difference> differences = new ArrayList<>();
        for (Schema.Setting setting : schema.settings()) {
            Object a = here.get(setting.path());
            Object b = there.get(setting.path());
            if (!setting.key().free()
                    && b != null
                    && !a.equals(b)
                    && (meaningful(schema, setting, here) || meaningful(schema, setting, there))) {
                differences.add(
                        new Difference(setting.path(), Schema.spelling(a), Schema.spelling(b)));
                if (setting.path().equals(Schema.SET)) {
                    return differences; // the others are not of this set
                }
            }
        }
        return differences;
    }

    private static boolean meaningful(
            Schema schema, Schema.Setting setting, Map<String, Object> values) {
        return schema.meaningful(setting, s -> Schema.spelling(values.get(s.path())));
    }

    /**
     * {@return every setting with a meaning, by its full name, as YAML spells it}
     *
     * @param config that holds them
     */
    public static Map<String, String> settings(Config config) {
        Schema schema = Schema.of(config.data().set());
        Map<String, Object> values = schema.values(config);
        Map<String, String> settings = new LinkedHashMap<>();
        schema.settings().stream()
                .filter(setting -> meaningful(schema, setting, values))
                .forEach(setting ->
                        settings.put(setting.path(), Schema.spelling(values.get(setting.path()))));
        return settings;
    }

    /**
     * {@return whether a setting is one that a run may go on with another value of: a place, or how
     * often something is saved}
     *
     * @param path its full name
     */
    public static boolean isFree(String path) {
        return Schema.ofAllSets().setting(path).filter(setting -> setting.key().free()).isPresent();
    }

    /**
     * {@return whether a setting may be a list, with commas in it}
     *
     * @param path its full name
     */
    public static boolean isList(String path) {
        return Schema.ofAllSets().setting(path).filter(setting -> setting.key().list()).isPresent();
    }

    /**
     * Writes the settings to a file that is never half written, passwords too. Its folder exists.
     *
     * @param config to write
     * @param file to write or replace
     * @throws UserError when it cannot be written
     */
    public static void write(Config config, Path file) {
        try {
            AtomicFile.write(file, toYaml(config, true));
        } catch (IOException e) {
            throw new UserError(file + ": cannot be written: " + AtomicFile.reason(e), e);
        }
    }
}
