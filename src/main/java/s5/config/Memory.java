package s5.config;

import s5.UserError;

import java.util.function.Supplier;

/** What to say where the memory does not suffice: a stack trace tells nothing. */
public final class Memory {
    private Memory() {}

    /**
     * {@return one line: how much there may be, what takes less, and how to allow more}
     *
     * @param e as the JVM threw it
     * @param less what takes less
     */
    public static String exhausted(OutOfMemoryError e, String less) {
        return "out of memory (%s), of which the JVM may take %,d MB; %s, or allow more with JDK_JAVA_OPTIONS=-XmxSIZE"
                .formatted(e.getMessage(), Runtime.getRuntime().maxMemory() >> 20, less);
    }

    /**
     * Reads data, which have nothing to do with batches and the model's sizes.
     *
     * @param <T> what is read
     * @param read reads it
     * @return what was read
     * @throws UserError when the memory does not hold them
     */
    public static <T> T reading(Supplier<T> read) {
        try {
            return read.get();
        } catch (OutOfMemoryError e) {
            String less =
                    "it ran out while data were read: give it smaller files, shorter lines or fewer"
                            + " columns";
            throw new UserError(exhausted(e, less), e);
        }
    }
}
