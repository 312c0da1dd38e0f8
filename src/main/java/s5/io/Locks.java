package s5.io;

import s5.UserError;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.OpenOption;
import java.nio.file.Path;

/** Locks on files, against a second program that does the same thing at the same time. */
public final class Locks {
    private Locks() {}

    /**
     * Opens a file, for writing at least, and locks it until it is closed.
     *
     * @param file made when {@code options} say so
     * @param options how to open it
     * @return the open file; to be closed
     * @throws IOException when it cannot be opened
     * @throws UserError when another program has locked it
     */
    public static FileChannel open(Path file, OpenOption... options) throws IOException {
        FileChannel channel = FileChannel.open(file, options);
        if (!lock(channel)) {
            channel.close();
            throw new UserError(file + ": another program is working on this file; wait for it");
        }
        return channel;
    }

    /**
     * Locks a file until it is closed.
     *
     * @param channel open for writing
     * @return false when another program, or thread, has locked it
     * @throws IOException where there are no locks
     */
    public static boolean lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }
}
