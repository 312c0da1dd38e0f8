package s5;

/** Which version of the program this is. */
public final class Version {
    /** The name and the version that the jar states: {@code s5 1.0}; without one it says so. */
    public static final String TEXT = text();

    private Version() {}

    private static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return "s5 " + (version == null ? "not from a jar" : version);
    }
}
