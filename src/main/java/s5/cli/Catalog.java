package s5.cli;

import s5.UserError;
import s5.config.Messages;
import s5.data.DataSource;
import s5.data.DataSources;
import s5.download.RemoteFile;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What there is to download: what the data sets say of it ({@link DataSource#published}). */
public final class Catalog {
    private static final String EVERYTHING = "all";

    private Catalog() {}

    /**
     * {@return what the user's words name: {@code all}, the name of something published, or of a
     * data set} Of an archive that holds several data sets, those named are unpacked.
     *
     * @param words names, in large or small letters
     * @throws UserError when there is no such name, or none is given
     */
    public static List<RemoteFile> named(List<String> words) {
        for (String word : words) {
            if (DataSources.all().stream().noneMatch(set -> isMeant(word, set))) {
                throw unknown(word);
            }
        }
        if (words.isEmpty()) {
            throw new UserError(
                    "download takes what to get; write s5 download NAME, with NAME one of "
                            + String.join(", ", names()));
        }
        return DataSources.all().stream()
                .filter(set -> words.stream().anyMatch(word -> isMeant(word, set)))
                .flatMap(set -> set.published().stream())
                .distinct()
                .toList();
    }

    private static boolean isMeant(String word, DataSource<?> set) {
        List<RemoteFile> files = set.published();
        boolean all = word.equals(EVERYTHING) || word.equals(set.name());
        return (all && !files.isEmpty())
                || files.stream().anyMatch(file -> word.equals(file.publication()));
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
        for (DataSource<?> set : DataSources.all()) {
            for (RemoteFile file : set.published()) {
                names.add(file.publication());
                names.add(set.name());
            }
        }
        names.add(EVERYTHING);
        return List.copyOf(names);
    }
}
