package s5.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.List;

/** A run that has no name of its own is called after its config file. */
class RunNameTest {
    @ParameterizedTest
    @CsvSource({
        "my.yaml, my",
        "my.yml, my",
        "configs/my.YML, my",
        "my.Yaml, my",
        "my.json, my",
        "my.JSON, my",
        "my.run.json, my.run",
        "my.json.yaml, my.json",
        "my, my",
        "my.txt, my.txt",
        ".json, s5",
        "json, json",
    })
    void isTheFilesWithoutItsEnding(String file, String name) {
        Config config = ConfigLoader.parse("{data: {set: listops}}", Path.of(file), List.of());
        assertEquals(name, config.name());
        assertEquals("runs/" + name, config.out());
    }
}
