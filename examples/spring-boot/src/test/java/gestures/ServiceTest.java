package gestures;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;

import jakarta.servlet.Filter;

import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import s5.Prediction;
import s5.S5Model;
import s5.Sequence;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The service under load: each answer is that of the model called alone. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class ServiceTest {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceTest.class);
    private static final int CLIENTS = 16;
    private static final int REQUESTS = 10_000;
    private static final ConcurrentHashMap<Boolean, Integer> VIRTUAL = new ConcurrentHashMap<>();

    @DynamicPropertySource
    static void model(DynamicPropertyRegistry registry) {
        registry.add("model.file", () -> Trained.model().toString());
    }

    @TestConfiguration
    static class Watched {
        @Bean
        Filter threads() {
            return (request, response, chain) -> {
                VIRTUAL.merge(Thread.currentThread().isVirtual(), 1, Integer::sum);
                chain.doFilter(request, response);
            };
        }
    }

    @LocalServerPort int port;
    @Autowired ObjectMapper json;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private HttpResponse<String> post(String body) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/gestures"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static String body(double[] values) {
        return Arrays.stream(values)
                .mapToObj(Double::toString)
                .collect(Collectors.joining(",", "{\"values\":[", "]}"));
    }

    @Test
    void sixteenClientsAtATime() throws Exception {
        List<double[]> recordings = Trained.recordings();
        List<String> bodies = recordings.stream().map(ServiceTest::body).toList();
        List<Prediction.Classes> alone;
        try (S5Model model = S5Model.load(Trained.model())) {
            alone =
                    recordings.stream()
                            .map(values ->
                                    (Prediction.Classes) model.predict(Sequence.ofValues(values, 2)))
                            .toList();
        }
        assertTrue(alone.stream().map(Prediction.Classes::name).distinct().count() > 1);
        for (int i = 0; i < 500; i++) {
            post(bodies.get(i % bodies.size())); // until the JVM is warm
        }
        AtomicInteger next = new AtomicInteger();
        long[] nanos = new long[REQUESTS];
        Callable<Void> client =
                () -> {
                    for (int i = next.getAndIncrement();
                            i < REQUESTS;
                            i = next.getAndIncrement()) {
                        int which = (int) (i * 7919L % bodies.size());
                        long start = System.nanoTime();
                        HttpResponse<String> response = post(bodies.get(which));
                        nanos[i] = System.nanoTime() - start;
                        assertEquals(200, response.statusCode(), response.body());
                        Gestures.Answer said =
                                json.readValue(response.body(), Gestures.Answer.class);
                        assertEquals(alone.get(which).name(), said.gesture());
                        assertArrayEquals(
                                alone.get(which).probabilities(), said.probabilities());
                    }
                    return null;
                };
        long start = System.nanoTime();
        try (ExecutorService pool = Executors.newFixedThreadPool(CLIENTS)) {
            List<Future<Void>> clients =
                    IntStream.range(0, CLIENTS).mapToObj(i -> pool.submit(client)).toList();
            for (Future<Void> one : clients) {
                one.get();
            }
        }
        double seconds = (System.nanoTime() - start) * 1e-9;
        Arrays.sort(nanos);
        assertTrue(nanos[0] > 0, "each was answered");
        LOG.info(
                "{} requests from {} clients, none wrong: {} a second, p50 {} ms, p99 {} ms",
                REQUESTS,
                CLIENTS,
                Math.round(REQUESTS / seconds),
                nanos[REQUESTS / 2] / 10_000 / 100.0,
                nanos[REQUESTS * 99 / 100] / 10_000 / 100.0);
        assertEquals(List.of(true), List.copyOf(VIRTUAL.keySet()), "on virtual threads");
    }

    @Test
    void mistakesAreTheClients() throws Exception {
        HttpResponse<String> odd = post(body(new double[3]));
        assertEquals(400, odd.statusCode());
        assertTrue(odd.body().contains("2 numbers for each position"), odd.body());
        HttpResponse<String> endless = post(body(new double[40_000]));
        assertEquals(400, endless.statusCode());
        assertTrue(endless.body().contains("more than the 120"), endless.body());
    }

    @Test
    void health() throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/health"))
                        .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertEquals(200, response.statusCode());
        assertTrue(
                response.body().contains("\"model\":{\"status\":\"UP\",\"details\":{\"classes\":["),
                response.body());
    }
}
