package s5.cli;

import s5.UserError;
import s5.config.Messages;
import s5.data.DataSource;
import s5.data.DataSources;
import s5.download.Part;
import s5.download.Published;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What there is to download: what the data sets say of it ({@link DataSource#published}). */
public final class Catalog {
    private static final String EVERYTHING = "all";

    private Catalog() {}

    /** All that is published; sets that come in the same files stand together. */
    public static List<Published> all() {
        return of(DataSources.all());
    }

    private static List<Published> of(List<DataSource<?>> sets) {
        Map<String, Published> all = new LinkedHashMap<>();
        for (DataSource<?> set : sets) {
            set.published().ifPresent(p -> all.merge(p.name(), p, Catalog::together));
        }
        return List.copyOf(all.values());
    }

    private static Published together(Published a, Published b) {
        List<Part> parts = Stream.concat(a.parts().stream(), b.parts().stream()).toList();
        List<String> sets = Stream.concat(a.sets().stream(), b.sets().stream()).toList();
        return new Published(a.name(), sets, a.title(), a.folder(), a.files(), parts);
    }

    /**
     * What the user's words name: {@code all}, the name of something published, or of a data set.
     * Of an archive that holds several data sets, those named are unpacked.
     *
     * @throws UserError when there is no such name, or none is given
     */
    public static List<Published> named(List<String> words) {
        List<DataSource<?>> wanted = new ArrayList<>();
        for (String word : words) {
            List<DataSource<?>> found =
                    DataSources.all().stream().filter(set -> isMeant(word, set)).toList();
            if (found.isEmpty()) {
                throw unknown(word);
            }
            wanted.addAll(found);
        }
        if (wanted.isEmpty()) {
            throw new UserError(
                    "download takes what to get; write s5 download NAME, with NAME one of "
                            + String.join(", ", names()));
        }
        return of(DataSources.all().stream().filter(wanted::contains).toList());
    }

    private static boolean isMeant(String word, DataSource<?> set) {
        return set.published().isPresent()
                && (word.equals(EVERYTHING)
                        || word.equals(set.name())
                        || word.equals(set.published().get().name()));
    }

    private static UserError unknown(String word) {
        for (DataSource<?> set : DataSources.all()) {
            if (set.name().equals(word)) {
                return new UserError(word + ": " + set.notPublished());
            }
        }
        return new UserError(
                "no data set %s to download%s; there are %s"
                        .formatted(
                                Messages.quoted(word),
                                Messages.didYouMean(word, names()),
                                String.join(", ", names())));
    }

    /** Everything that {@link #named} takes. */
    private static List<String> names() {
        Set<String> names = new LinkedHashSet<>();
        for (Published published : all()) {
            names.add(published.name());
            names.addAll(published.sets());
        }
        names.add(EVERYTHING);
        return List.copyOf(names);
    }
}
