package s5.data.own;

/** What a sequence is for. */
public enum Part {
    /** The model and its preparation are fitted to it. */
    TRAIN,
    /** The best epoch is chosen by it. */
    VALIDATION,
    /** What is reported. */
    TEST
}
