package s5.config;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.UserError;

/** Keys that only some data sets have. */
class DataMistakesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pendulum | data.kept=101      | data.kept: 101 is more than data.frames 100",
                "pendulum | data.frames=49     | data.kept: 50 is more than data.frames 49",
                "pendulum | data.frames=0      | data.frames: must be from 1 to 10000, not 0",
                "pendulum | data.kept=0        | data.kept: must be from 1 to 10000, not 0",
                "pendulum | data.sequences=1   | data.sequences: must be from 2 to 1000000, not 1",
                "pendulum | data.sequences=60  | train.batch: 64 is more than data.sequences 60, so"
                        + " an epoch would have no step",
                "pendulum | data.length=50     | data.length: is for data.set=listops or imdb or"
                        + " aan or series or table or arrays or sql or program or examples or"
                        + " audio or text only, and data.set is pendulum here; leave it out",
                "listops  | data.max_depth=3   | data.max_depth: is for data.source=generate only,"
                        + " and data.source is files here; leave it out",
                "listops  | data.sequenecs=3   | data.sequenecs: no such key; did you mean"
                        + " data.sequences?",
                "smnist   | data.kept=50       | data.kept: is for data.set=pendulum only, and"
                        + " data.set is smnist here; leave it out",
                "smnist   | model.time_steps=ignore | model.time_steps: data.set smnist has no time"
                        + " steps to ignore",
                "listops  | model.time_steps=append | model.time_steps: data.set listops has no"
                        + " time steps to append",
                "pendulum | model.time_steps=no | model.time_steps: must be one of use, ignore,"
                        + " append, not 'no'",
            })
    void oneLineEach(String set, String word, String message) {
        UserError e = assertThrows(UserError.class, () -> ConfigLoader.of("data.set=" + set, word));
        assertEquals("settings: " + message, e.getMessage());
        assertDoesNotThrow(() ->
                ConfigLoader.of(
                        "data.set=pendulum",
                        "data.sequences=64",
                        "data.frames=3",
                        "data.kept=3",
                        "model.time_steps=append"));
    }
}
