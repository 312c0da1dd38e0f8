package gestures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;

/** The packed service starts, and what the library has to say stands in the service's log. */
class PackedIT {
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void startsAndSaysThatTheVectorApiIsOff() throws Exception {
        int port = freePort();
        File log = new File("target/packed.log");
        Process service =
                new ProcessBuilder(
                                System.getProperty("java.home") + "/bin/java",
                                "-jar",
                                "target/gestures.jar",
                                "--server.port=" + port,
                                "--model.file=" + Trained.model())
                        .redirectErrorStream(true)
                        .redirectOutput(log)
                        .start();
        try {
            String health = health(service, port, log.toPath());
            assertTrue(health.contains("\"model\":{\"status\":\"UP\""), health);
        } finally {
            service.destroy();
            service.waitFor();
        }
        String said = Files.readString(log.toPath());
        // Boot's own pattern: time, level, process, application, thread, logger
        assertTrue(
                said.lines()
                        .anyMatch(line ->
                                line.matches(
                                        ".* WARN \\d+ --- \\[gestures\\] \\[ *main\\]"
                                                + " s5\\.cpu\\.CpuBackend +:"
                                                + " The Vector API is off.*")),
                said);
        assertEquals(1, said.lines().filter(line -> line.contains("Vector API")).count(), said);
    }

    private static String health(Process service, int port, Path log) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/health"))
                        .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (int i = 0; i < 600; i++) {
                assertTrue(service.isAlive(), () -> "it has ended; see " + log);
                try {
                    return http.send(request, BodyHandlers.ofString()).body();
                } catch (IOException e) {
                    Thread.sleep(100); // not yet
                }
            }
        }
        throw new AssertionError("it has not come up; see " + log);
    }
}
