package s5.run;

import s5.UserError;
import s5.io.AtomicFile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;

/** Whether a folder is free for a run: it holds one already, or nothing that is anybody's work. */
final class Vacancy {
    /**
     * What a run leaves that ended before it had a {@link History}: for want of its data set, or
     * killed.
     */
    private static final Set<String> EARLY =
            Set.of(FolderLock.FILE, RunFolder.LOG, History.FILE + AtomicFile.TEMPORARY);

    /** What version control, file systems and desktops put into a folder that holds nothing. */
    private static final Set<String> NOBODYS =
            Set.of(
                    ".gitkeep",
                    ".keep",
                    ".gitignore",
                    "lost+found",
                    ".snapshot",
                    ".DS_Store",
                    ".directory",
                    "Thumbs.db",
                    "desktop.ini");

    private Vacancy() {}

    /**
     * Looks, and changes nothing.
     *
     * @throws UserError when the folder holds other files but no run
     */
    static void check(Path path) throws IOException {
        boolean run =
                Stream.of(RunFolder.last(path), RunFolder.best(path), path.resolve(History.FILE))
                        .anyMatch(Files::exists);
        if (!run && holdsOtherFiles(path)) {
            throw new UserError(
                    path + ": holds other files but no run; choose another folder with out=DIR");
        }
    }

    private static boolean holdsOtherFiles(Path path) throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.map(f -> f.getFileName().toString())
                    .anyMatch(name -> !EARLY.contains(name) && !NOBODYS.contains(name));
        }
    }
}
