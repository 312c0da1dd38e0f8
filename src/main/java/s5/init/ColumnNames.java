package s5.init;

/**
 * What people call the columns of their tables, in small letters; the first ones are the surest.
 */
final class ColumnNames {
    static final String[] IDS = {
        "id",
        "sequence",
        "seq",
        "sample",
        "series",
        "recording",
        "record",
        "case",
        "trial",
        "unit",
        "session",
        "series_id",
        "sequence_id",
        "sample_id",
        "recording_id",
        "unique_id",
        "trial_id",
        "case_id",
        "run",
        "name",
        "file",
        "window",
        "subject",
        "patient",
        "sequence_number",
        "key"
    };

    static final String[] TIMES = {
        "time",
        "timestamp",
        "t",
        "date",
        "datetime",
        "ts",
        "ds",
        "seconds",
        "step",
        "index",
        "time_s",
        "time_ms",
        "ms",
        "epoch",
        "hour",
        "day",
        "position",
        "measurement_number"
    };

    static final String[] LABELS = {
        "label", "class", "category", "activity", "gesture", "kind", "type", "state", "condition",
        "diagnosis", "fault", "outcome", "target", "y", "event", "emotion", "surface", "sentiment",
        "rating", "stars", "polarity", "intent", "topic", "language", "author", "score"
    };

    static final String[] TARGETS = {"target", "y", "value", "score", "rul", "label"};

    private ColumnNames() {}
}
