package s5.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.Failure;

import java.net.URI;
import java.util.List;

class HttpTest {
    private static void assertRefused(URI asked, String location, String reason) {
        Failure failure = assertThrows(Failure.class, () -> Http.sentOn(asked, asked, location));
        String message = failure.getMessage();
        assertTrue(message.contains("sends on to " + location), message);
        assertTrue(message.contains(reason), message);
    }

    @ParameterizedTest
    @CsvSource({
        "https://93.184.216.34/y.gz, ",
        "HTTPS://93.184.216.34/y.gz, ",
        "/y.gz, ",
        "http://asked.example:81/y.gz, neither https nor",
        "https://asked.example/y.gz, ",
        "http://93.184.216.34/y.gz, neither https nor",
        "ftp://asked.example/y.gz, neither https nor",
        "file:///etc/passwd, neither https nor",
        "https:///y.gz, neither https nor",
        "https://a b/, no address",
        "https://127.0.0.1/, private network",
        "https://2130706433/, private network",
        "https://10.1.2.3/, private network",
        "https://172.16.0.1/, private network",
        "https://192.168.1.1/, private network",
        "https://169.254.169.254/latest, private network",
        "https://100.64.0.1/, private network",
        "https://0.0.0.0/, private network",
        "https://0.1.2.3/, private network",
        "https://93.184.216.34:65535/y.gz, ",
        "https://93.184.216.34:65536/y.gz, has a port that there is not",
        "http://asked.example:99999/y.gz, has a port that there is not",
        "https://[::1]/, private network",
        "https://[64:ff9b::7f00:1]/, private network",
        "https://[64:ff9b::a01:203]/, private network",
        "https://[64:ff9b::5db8:d822]/y.gz, ",
        "https://[2002:c0a8:101::1]/, private network",
        "https://[2002:5db8:d822::1]/y.gz, ",
        "https://[fe80::1]/, private network",
        "https://[fd00::1]/, private network",
        "https://[::ffff:10.0.0.1]/, private network",
    })
    void whereAServerMaySendOnTo(String location, String refusal) {
        URI asked = URI.create("https://asked.example/x.gz");
        if (refusal == null) {
            assertEquals(asked.resolve(location), Http.sentOn(asked, asked, location));
        } else {
            assertRefused(asked, location, refusal);
        }
    }

    /** The user has named it. */
    @Test
    void aHostThatWasAskedMaySendOnToItself() {
        URI asked = URI.create("http://192.168.1.1:8000/x.gz");
        for (String to : List.of("http://192.168.1.1/y", "https://192.168.1.1/y", "/y")) {
            assertEquals(asked.resolve(to), Http.sentOn(asked, asked, to));
        }
        assertRefused(asked, "https://192.168.1.2/y", "private network");
    }
}
