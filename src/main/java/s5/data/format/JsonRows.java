package s5.data.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;

import s5.UserError;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Lines of JSON: an object a line, whose values are numbers, texts, truth values or null. */
final class JsonRows implements Rows {
    private final Path file;
    private final JsonParser parser;
    private final List<String> columns = new ArrayList<>();
    private final Map<String, Integer> places = new HashMap<>();
    private final Set<String> unread = new LinkedHashSet<>();
    private String[] fields;
    private long line;
    private boolean again = true; // the first row, which has been read for its names

    JsonRows(Path file, InputStream in) throws IOException {
        this.file = file;
        parser = new JsonFactory().createParser(in);
        List<String> values = new ArrayList<>();
        try {
            object((name, value) -> {
                if (places.putIfAbsent(name, columns.size()) != null) {
                    throw new UserError(
                            "%s: '%s' comes twice".formatted(place(), RawFile.shorten(name)));
                }
                columns.add(name);
                values.add(value);
            });
        } catch (JsonProcessingException e) {
            throw damaged(e);
        }
        fields = values.toArray(String[]::new);
    }

    private interface Field {
        void of(String name, String value);
    }

    /** Reads an object; false at the end. */
    private boolean object(Field field) throws IOException {
        JsonToken token = parser.nextToken();
        if (token == null) {
            return false;
        }
        line = parser.currentTokenLocation().getLineNr();
        if (token != JsonToken.START_OBJECT) {
            throw new UserError(place() + ": is not an object, {...}, as each line has to be");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (!value.isScalarValue()) {
                throw new UserError(
                        "%s: '%s' is a list or an object; a row's values are single ones"
                                .formatted(place(), RawFile.shorten(name)));
            }
            field.of(name, value == JsonToken.VALUE_NULL ? "" : parser.getText());
        }
        return true;
    }

    private UserError damaged(JsonProcessingException e) {
        long at = e.getLocation() == null ? line : e.getLocation().getLineNr();
        return new UserError(
                "%s:%d: is no JSON: %s"
                        .formatted(
                                file,
                                at,
                                RawFile.printable(
                                        e.getOriginalMessage().lines().findFirst().orElse(""))),
                e);
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public String[] next() {
        if (again) {
            again = false;
            return fields;
        }
        Arrays.fill(fields, "");
        try {
            boolean some =
                    object((name, value) -> {
                        Integer at = places.get(name);
                        if (at == null) {
                            unread.add(name);
                        } else {
                            fields[at] = value;
                        }
                    });
            return some ? fields : null;
        } catch (JsonProcessingException e) {
            throw damaged(e);
        } catch (IOException e) {
            throw RawFile.damaged(file, e);
        }
    }

    @Override
    public long line() {
        return line;
    }

    @Override
    public Path file() {
        return file;
    }

    @Override
    public List<String> unread() {
        return List.copyOf(unread);
    }

    @Override
    public void close() {
        try {
            parser.close();
        } catch (IOException e) {
            // all that was wanted has been read
        }
    }
}
