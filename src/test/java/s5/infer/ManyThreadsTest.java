package s5.infer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import s5.Prediction;
import s5.S5Model;
import s5.Sequence;
import s5.data.Shape;
import s5.train.Checkpoint;
import s5.train.RandomModel;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sixteen threads on one model. So many predictions as {@code -Ds5.predictions} says, 3,000 without
 * it; 100,000 take twenty seconds, with the Vector API and with plain loops.
 */
class ManyThreadsTest {
    private static final int PREDICTIONS = Integer.getInteger("s5.predictions", 3_000);
    private static final int THREADS = 16;
    private static final int LONGEST = 40;

    @TempDir static Path folder;

    private static S5Model model(boolean vector, boolean bidirectional) {
        Path file = folder.resolve("m%b%b.safetensors".formatted(vector, bidirectional));
        RandomModel.write(
                file,
                new Shape(LONGEST, 9, true, true, 5, 1),
                "model.layers=2",
                "model.features=18",
                "model.states=12",
                "model.blocks=1",
                "model.bidirectional=" + bidirectional);
        return CpuModel.of(Checkpoint.read(file), vector);
    }

    private static List<Sequence> sequences() {
        Random random = new Random(3);
        List<Sequence> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            all.add(Sequence.ofTokens(random.ints(1 + random.nextInt(LONGEST), 0, 9).toArray()));
        }
        return all;
    }

    private static float[] probabilities(Prediction prediction) {
        return ((Prediction.Classes) prediction).probabilities();
    }

    private static void inThreads(Runnable body) throws InterruptedException {
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    body.run();
                                } catch (RuntimeException | Error e) {
                                    failures.add(e);
                                }
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), List.copyOf(failures));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void eachAnswerIsThatOfTheSequenceAlone(boolean vector) throws InterruptedException {
        List<Sequence> sequences = sequences();
        try (S5Model model = model(vector, false)) {
            List<float[]> alone =
                    sequences.stream().map(s -> probabilities(model.predict(s))).toList();
            AtomicInteger next = new AtomicInteger();
            inThreads(() -> {
                for (int i = next.getAndIncrement(); i < PREDICTIONS; i = next.getAndIncrement()) {
                    int which = (int) (i * 7919L % sequences.size());
                    assertArrayEquals(
                            alone.get(which), probabilities(model.predict(sequences.get(which))));
                }
            });
            assertTrue(next.get() >= PREDICTIONS);
        }
    }

    /**
     * Another length of the padding changes nothing, whether the model reads from behind or not.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noPaddingHasAPart(boolean bidirectional) {
        try (S5Model model = model(true, bidirectional)) {
            List<Sequence> sequences = sequences();
            List<Prediction> together = model.predict(sequences);
            for (int i = 0; i < sequences.size(); i += 17) {
                assertArrayEquals(
                        probabilities(model.predict(sequences.get(i))),
                        probabilities(together.get(i)));
            }
        }
    }

    /** In the middle of predictions: each is whole, or says that the model is closed. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closedInTheMiddle(boolean vector) throws InterruptedException {
        List<Sequence> sequences = sequences();
        S5Model model = model(vector, false);
        float[] expected = probabilities(model.predict(sequences.getFirst()));
        AtomicInteger done = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        inThreads(() -> {
            while (true) {
                try {
                    assertArrayEquals(expected, probabilities(model.predict(sequences.getFirst())));
                } catch (IllegalStateException e) {
                    assertEquals("the model is closed", e.getMessage());
                    refused.incrementAndGet();
                    return;
                }
                if (done.incrementAndGet() == 200) {
                    model.close();
                }
            }
        });
        assertEquals(THREADS, refused.get());
        assertTrue(done.get() >= 200);
    }
}
