package s5.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;

import org.yaml.snakeyaml.error.MarkedYAMLException;

import s5.UserError;
import s5.data.DataSources;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One value as the user wrote it.
 *
 * @param place where, as errors say it: {@code configs/x.yaml:3:5}, or {@code command line}
 * @param kind what YAML takes it for
 * @param text its characters, without quotes
 */
record Given(String place, Kind kind, String text) {
    /** What YAML takes a scalar for. */
    enum Kind {
        TEXT,
        WHOLE,
        DECIMAL,
        TRUTH,
        NOTHING,
        /** A word of the command line, or a default: whatever the setting's type is. */
        ANY
    }

    private static final YAMLFactory YAML = new YAMLFactory();

    /**
     * Reads YAML: a mapping whose keys are settings or sections of the schema, or of a data set
     * that there is none of, once each.
     *
     * @param file what to call the source in errors
     * @return the values given, by their full names
     * @throws UserError naming the place, for anything else
     */
    static Map<String, Given> parse(String yaml, String file, Schema schema) {
        rejectControlCharacters(yaml, file);
        Map<String, Given> all = new LinkedHashMap<>();
        try (YAMLParser parser = YAML.createParser(yaml)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new UserError(file + ": is empty; it needs at least data: {set: NAME}");
            }
            if (first != JsonToken.START_OBJECT) {
                throw new UserError(
                        place(parser, file) + ": must consist of lines like key: value");
            }
            mapping(parser, file, "", schema, all);
            if (parser.nextToken() != null) {
                throw new UserError(place(parser, file) + ": a second document; only one is read");
            }
            return all;
        } catch (JsonProcessingException e) {
            throw syntax(e, file);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // reading a String cannot fail
        }
    }

    private static UserError syntax(JsonProcessingException e, String file) {
        if (e.getCause() instanceof MarkedYAMLException cause && cause.getProblemMark() != null) {
            return new UserError(
                    "%s:%d:%d: not valid YAML: %s; check indentation and quotes"
                            .formatted(
                                    file,
                                    cause.getProblemMark().getLine() + 1,
                                    cause.getProblemMark().getColumn() + 1,
                                    oneLine(cause.getProblem())),
                    e);
        }
        int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
        // The parser's own words for it are a dump of its objects.
        boolean key = e.getOriginalMessage().startsWith("Expected a field name");
        String problem =
                key
                        ? "a key is plain text, not a list or a mapping (?)"
                        : "not valid YAML: " + oneLine(e.getOriginalMessage());
        return new UserError("%s:%d: %s".formatted(file, line, problem), e);
    }

    private static void mapping(
            YAMLParser parser, String file, String section, Schema schema, Map<String, Given> all)
            throws IOException {
        Map<String, Integer> lines = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String path = section + parser.currentName();
            String keyPlace = place(parser, file);
            rejectAliases(parser, keyPlace, path);
            Integer before = lines.put(path, parser.currentTokenLocation().getLineNr());
            if (before != null) {
                throw new UserError(
                        "%s: %s: given twice, first on line %d".formatted(keyPlace, path, before));
            }
            boolean isSection = schema.isSection(path);
            boolean dotted = parser.currentName().contains(".");
            boolean known = isSection || schema.setting(path).isPresent();
            if (dotted || !(known || isOfUnknownSet(path, all))) {
                String hint =
                        dotted
                                ? "a key with a dot; in a file it stands below its section"
                                : schema.unknown(path);
                throw new UserError("%s: %s: %s".formatted(keyPlace, Messages.shown(path), hint));
            }
            JsonToken token = parser.nextToken();
            rejectAliases(parser, keyPlace, path);
            if (token == JsonToken.START_ARRAY
                    && schema.setting(path).filter(s -> s.key().list()).isPresent()) {
                String at = place(parser, file);
                all.put(path, new Given(at, Kind.TEXT, list(parser, file, path)));
                continue;
            }
            if (isSection != (token == JsonToken.START_OBJECT) || token == JsonToken.START_ARRAY) {
                throw new UserError(
                        "%s: %s: %s, not %s"
                                .formatted(
                                        keyPlace,
                                        path,
                                        isSection
                                                ? "is a section and needs lines like key: value"
                                                        + " below it, indented"
                                                : "takes one value",
                                        describe(token)));
            }
            if (isSection) {
                mapping(parser, file, path + ".", schema, all);
            } else {
                all.put(path, new Given(place(parser, file), kind(token), parser.getText()));
            }
        }
    }

    /** A list's values with commas between them. */
    private static String list(YAMLParser parser, String file, String path) throws IOException {
        List<String> values = new ArrayList<>();
        for (JsonToken token = parser.nextToken();
                token != JsonToken.END_ARRAY;
                token = parser.nextToken()) {
            String place = place(parser, file);
            rejectAliases(parser, place, path);
            if (!token.isScalarValue() || parser.getText().contains(",")) {
                throw new UserError(
                        "%s: %s: is a list of plain values without commas in them"
                                .formatted(place, path));
            }
            values.add(parser.getText());
        }
        return String.join(", ", values);
    }

    /** Whether a key may be one of a data set that is not here, which is what will be said. */
    private static boolean isOfUnknownSet(String path, Map<String, Given> before) {
        Given set = before.get(Schema.SET);
        return path.startsWith(Schema.DATA)
                && set != null
                && DataSources.named(set.text()).isEmpty();
    }

    private static String describe(JsonToken token) {
        return switch (token) {
            case START_ARRAY -> "a list";
            case START_OBJECT -> "a mapping";
            case VALUE_NULL -> "nothing";
            default -> "a single value";
        };
    }

    private static Kind kind(JsonToken token) {
        return switch (token) {
            case VALUE_NUMBER_INT -> Kind.WHOLE;
            case VALUE_NUMBER_FLOAT -> Kind.DECIMAL;
            case VALUE_TRUE, VALUE_FALSE -> Kind.TRUTH;
            case VALUE_NULL -> Kind.NOTHING;
            default -> Kind.TEXT;
        };
    }

    /** They would silently turn into text or another type: the parser does not resolve them. */
    @SuppressWarnings("deprecation") // isCurrentAlias: there is no other way to see one
    private static void rejectAliases(YAMLParser parser, String place, String path)
            throws IOException {
        if (parser.isCurrentAlias() || parser.getTypeId() != null) {
            throw new UserError(
                    "%s: %s: aliases and tags (* and !) are not supported"
                            .formatted(place, Messages.shown(path)));
        }
    }

    private static void rejectControlCharacters(String yaml, String file) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < yaml.length(); i++, column++) {
            char c = yaml.charAt(i);
            if (c == '\n') {
                line++;
                column = 0;
            } else if ((c < ' ' && c != '\t' && c != '\r') || c == 0x7f) {
                throw new UserError(
                        "%s:%d:%d: a control character (U+%04X); a config is plain text"
                                .formatted(file, line, column, (int) c));
            }
        }
    }

    private static String place(JsonParser parser, String file) {
        var at = parser.currentTokenLocation();
        return "%s:%d:%d".formatted(file, at.getLineNr(), at.getColumnNr());
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}
