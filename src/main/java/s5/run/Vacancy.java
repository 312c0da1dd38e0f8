package s5.run;

import s5.UserError;
import s5.io.AtomicFile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
     * @return whether it holds a run
     * @throws UserError when the folder holds other files but no run
     */
    static boolean holdsRun(Path path) throws IOException {
        boolean run =
                Stream.of(RunFolder.last(path), RunFolder.best(path), path.resolve(History.FILE))
                        .anyMatch(Files::exists);
        if (!run && holdsOtherFiles(path)) {
            throw new UserError(
                    path + ": holds other files but no run; choose another folder with out=DIR");
        }
        return run;
    }

    private static boolean holdsOtherFiles(Path path) throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.map(f -> f.getFileName().toString())
                    .anyMatch(name -> !EARLY.contains(name) && !NOBODYS.contains(name));
        }
    }

    /** The folders that would have to be made for one to be there, the innermost first. */
    static List<Path> missing(Path path) {
        List<Path> missing = new ArrayList<>();
        for (Path p = path.toAbsolutePath(); p != null && !Files.exists(p); p = p.getParent()) {
            missing.add(p);
        }
        return missing;
    }
}
