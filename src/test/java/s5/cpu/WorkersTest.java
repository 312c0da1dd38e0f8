package s5.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;

class WorkersTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void everyTaskRunsOnceAndIsSeenByTheCaller(int threads) {
        try (Workers workers = new Workers(threads)) {
            int[] plain = new int[1000];
            for (int round = 0; round < 300; round++) {
                AtomicIntegerArray counts = new AtomicIntegerArray(1000);
                int tasks = 1 + round * 7 % 1000;
                int mark = round + 1;
                workers.run(
                        tasks,
                        threads,
                        (task, worker) -> {
                            counts.incrementAndGet(task);
                            plain[task] = mark;
                            assertTrue(worker >= 0 && worker < threads);
                        });
                for (int task = 0; task < 1000; task++) {
                    assertEquals(task < tasks ? 1 : 0, counts.get(task));
                    assertTrue(task >= tasks || plain[task] == mark);
                }
            }
        }
    }

    /** No more threads than allowed take part; with one, none but the caller. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void noMoreThreadsThanAllowedTakePart(int most) {
        try (Workers workers = new Workers(4)) {
            Set<Integer> seen = ConcurrentHashMap.newKeySet();
            for (int round = 0; round < 200; round++) {
                workers.run(
                        50,
                        most,
                        (_, worker) -> {
                            seen.add(worker);
                            Thread.onSpinWait();
                        });
            }
            assertTrue(seen.stream().allMatch(worker -> worker < most), seen.toString());
            assertTrue(seen.contains(0), "the caller works too");
        }
    }

    @Test
    void workersSleepAndWakeUp() throws InterruptedException {
        try (Workers workers = new Workers(2)) {
            for (int i = 0; i < 5; i++) {
                // Longer than the spinning: the worker sleeps. Both must take part, or this hangs.
                Thread.sleep(20);
                CountDownLatch both = new CountDownLatch(2);
                workers.run(
                        2,
                        2,
                        (_, _) -> {
                            both.countDown();
                            try {
                                both.await();
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void whatATaskThrowsReachesTheCaller(int threads) {
        try (Workers workers = new Workers(threads)) {
            IllegalArgumentException thrown = new IllegalArgumentException("task 37");
            IllegalArgumentException caught =
                    assertThrows(
                            IllegalArgumentException.class,
                            () ->
                                    workers.run(
                                            100,
                                            threads,
                                            (task, _) -> {
                                                if (task == 37) {
                                                    throw thrown;
                                                }
                                            }));
            assertSame(thrown, caught);
            AtomicBoolean ran = new AtomicBoolean();
            workers.run(1, threads, (_, _) -> ran.set(true));
            assertTrue(ran.get(), "works on after a failure");
        }
    }
}
