package s5.data.media;

import s5.data.Vocabulary;
import s5.data.own.Texts;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Texts as characters, bytes or words. */
final class Tokens implements Texts {
    private static final Pattern WORD =
            Pattern.compile("[\\p{L}\\p{M}]+|\\p{N}+|[^\\s\\p{L}\\p{M}\\p{N}]");
    private static final int SPECIALS = Vocabulary.END_ID + 1;

    private final Text.Settings settings;

    Tokens(Text.Settings settings) {
        this.settings = settings;
    }

    private static void words(String text, Consumer<String> each) {
        Matcher words = WORD.matcher(text.toLowerCase(Locale.ROOT));
        while (words.find()) {
            each.accept(words.group());
        }
    }

    @Override
    public List<String> vocabulary(Iterable<String> texts) {
        if (settings.tokens() == Text.Unit.BYTES) {
            return Stream.concat(
                            Vocabulary.of(Map.of(), 1).tokens().stream(),
                            IntStream.range(0, 256).mapToObj("0x%02x"::formatted))
                    .toList();
        }
        Map<String, Long> counts = new HashMap<>();
        if (settings.tokens() == Text.Unit.WORDS) {
            texts.forEach(text -> words(text, word -> counts.merge(word, 1L, Long::sum)));
        } else {
            long[] found = new long[Character.MAX_CODE_POINT + 1];
            texts.forEach(text -> text.codePoints().forEach(c -> found[c]++));
            for (int c = 0; c < found.length; c++) {
                if (found[c] > 0) {
                    counts.put(Character.toString(c), found[c]);
                }
            }
        }
        List<String> all = Vocabulary.of(counts, settings.minCount()).tokens();
        return List.copyOf(all.subList(0, Math.min(all.size(), settings.vocabulary())));
    }

    @Override
    public Texts.Tokenizer tokenizer(List<String> tokens) {
        return switch (settings.tokens()) {
            case BYTES ->
                    text -> {
                        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                        int[] ids = new int[bytes.length + 1];
                        Arrays.setAll(
                                ids,
                                i ->
                                        i == bytes.length
                                                ? Vocabulary.END_ID
                                                : SPECIALS + (bytes[i] & 0xff));
                        return ids;
                    };
            case CHARACTERS -> characters(new Vocabulary(tokens));
            case WORDS -> {
                Vocabulary vocabulary = new Vocabulary(tokens);
                yield text -> {
                    IntStream.Builder ids = IntStream.builder();
                    words(text, word -> ids.add(vocabulary.id(word)));
                    return ids.add(Vocabulary.END_ID).build().toArray();
                };
            }
        };
    }

    private static Texts.Tokenizer characters(Vocabulary vocabulary) {
        int[] idOf = new int[Character.MAX_CODE_POINT + 1];
        Arrays.fill(idOf, vocabulary.id("")); // unknown
        for (int id = SPECIALS; id < vocabulary.size(); id++) {
            idOf[vocabulary.tokens().get(id).codePointAt(0)] = id;
        }
        return text -> {
            int[] ids = new int[text.length() + 1];
            int count = 0;
            for (int i = 0; i < text.length(); count++) {
                int c = text.codePointAt(i);
                ids[count] = idOf[c];
                i += Character.charCount(c);
            }
            ids[count++] = Vocabulary.END_ID;
            return count == ids.length ? ids : Arrays.copyOf(ids, count);
        };
    }
}
