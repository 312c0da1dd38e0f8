package s5.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

class LivenessTest {
    static IntStream seeds() {
        return IntStream.range(0, 300);
    }

    /** Some calls on scratch and other tensors; scratch is read only once it was written. */
    private static List<Call> randomProgram(Random random) {
        Tensor parameter = Tensor.parameter("p", 1000);
        Tensor output = Tensor.output("o", 1000);
        List<Tensor> written = new ArrayList<>();
        List<Call> calls = new ArrayList<>();
        int length = 1 + random.nextInt(60);
        for (int i = 0; i < length; i++) {
            List<Tensor> reads = new ArrayList<>();
            List<Tensor> writes = new ArrayList<>();
            reads.add(parameter);
            for (int k = random.nextInt(4); k > 0 && !written.isEmpty(); k--) {
                // Mostly recent ones, as in a model.
                int back = Math.min(written.size(), 1 + random.nextInt(8));
                Tensor t = written.get(written.size() - back);
                reads.add(t);
                if (random.nextInt(4) == 0) {
                    writes.add(t);
                }
            }
            for (int k = random.nextInt(4); k > 0; k--) {
                Tensor t =
                        Tensor.scratch(
                                "s" + written.size(),
                                1 + random.nextInt(random.nextBoolean() ? 8 : 5000));
                written.add(t);
                writes.add(t);
            }
            writes.add(output);
            calls.add(new Call("call " + i, reads, writes));
        }
        return calls;
    }

    /** From the first call that writes a tensor to the last one that uses it. */
    private record Life(int from, int to) {
        static Life of(Tensor t, List<Call> calls) {
            int from = 0;
            while (!calls.get(from).writes().contains(t)) {
                from++;
            }
            int to = calls.size() - 1;
            while (!calls.get(to).writes().contains(t) && !calls.get(to).reads().contains(t)) {
                to--;
            }
            return new Life(from, to);
        }

        boolean overlaps(Life other) {
            return from <= other.to && other.from <= to;
        }
    }

    private static List<Tensor> scratchOf(List<Call> calls) {
        Set<Tensor> all = new HashSet<>();
        calls.forEach(call -> all.addAll(call.writes()));
        return all.stream().filter(t -> t.role() == Tensor.Role.SCRATCH).toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void tensorsAliveAtTheSameTimeShareNoSlot(int seed) {
        List<Call> calls = randomProgram(new Random(seed));
        Liveness plan = Liveness.of(calls);
        List<Tensor> scratch = scratchOf(calls);
        for (Tensor a : scratch) {
            for (Tensor b : scratch) {
                if (a != b && Life.of(a, calls).overlaps(Life.of(b, calls))) {
                    assertFalse(
                            plan.slot(a) == plan.slot(b), () -> a + " and " + b + " in one slot");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyScratchTensorFitsItsSlotAndNoneIsLost(int seed) {
        List<Call> calls = randomProgram(new Random(seed));
        Liveness plan = Liveness.of(calls);
        Set<Tensor> planned = new HashSet<>();
        plan.tensors().forEach(planned::add);
        assertEquals(new HashSet<>(scratchOf(calls)), planned);
        int[] sizes = plan.slotSizes();
        planned.forEach(t -> assertTrue(t.size() <= sizes[plan.slot(t)], t::toString));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void memoryIsNoLargerThanTheSumAndNoSmallerThanWhatLivesAtOnce(int seed) {
        List<Call> calls = randomProgram(new Random(seed));
        List<Tensor> scratch = scratchOf(calls);
        int memory = Arrays.stream(Liveness.of(calls).slotSizes()).sum();
        int most = 0;
        for (int i = 0; i < calls.size(); i++) {
            int at = i;
            int alive =
                    scratch.stream()
                            .filter(t -> Life.of(t, calls).overlaps(new Life(at, at)))
                            .mapToInt(Tensor::size)
                            .sum();
            most = Math.max(most, alive);
        }
        assertTrue(memory <= scratch.stream().mapToInt(Tensor::size).sum());
        assertTrue(memory >= most, memory + " elements cannot hold " + most);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void tensorsInOneSlotAreOfLikeSize(int seed) {
        List<Call> calls = randomProgram(new Random(seed));
        Liveness plan = Liveness.of(calls);
        int[] sizes = plan.slotSizes();
        int[] uses = new int[sizes.length];
        plan.tensors().forEach(t -> uses[plan.slot(t)]++);
        List<Tensor> scratch = scratchOf(calls);
        for (Tensor t : scratch) {
            if (uses[plan.slot(t)] == 1) {
                assertEquals(
                        t.size(),
                        sizes[plan.slot(t)],
                        "a slot of its own is as large as the tensor");
            }
        }
    }

    /** A chain keeps two tensors alive at a time, so two slots carry any length of it. */
    @Test
    void aChainNeedsTwoSlots() {
        List<Tensor> chain =
                IntStream.range(0, 20).mapToObj(i -> Tensor.scratch("t" + i, 100)).toList();
        List<Call> calls = new ArrayList<>();
        calls.add(new Call("first", List.of(), List.of(chain.get(0))));
        for (int i = 1; i < chain.size(); i++) {
            calls.add(new Call("next", List.of(chain.get(i - 1)), List.of(chain.get(i))));
        }
        assertEquals(2, Liveness.of(calls).slotSizes().length);
    }

    @Test
    void aSmallTensorDoesNotHoldALargeSlot() {
        Tensor large = Tensor.scratch("large", 1000);
        Tensor small = Tensor.scratch("small", 10);
        Liveness plan =
                Liveness.of(
                        List.of(
                                new Call("a", List.of(), List.of(large)),
                                new Call("b", List.of(), List.of(small))));
        assertFalse(plan.slot(large) == plan.slot(small));
    }

    @Test
    void readingBeforeAnythingWroteThrows() {
        Tensor early = Tensor.scratch("early", 3);
        Tensor late = Tensor.scratch("late", 3);
        List<Call> calls =
                List.of(
                        new Call("reader", List.of(early), List.of(late)),
                        new Call("writer", List.of(), List.of(early)));
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> Liveness.of(calls));
        assertTrue(
                e.getMessage().contains("reader") && e.getMessage().contains("early"),
                e::getMessage);
    }

    @Test
    void changingInPlaceWhatNothingWroteThrows() {
        Tensor t = Tensor.scratch("t", 3);
        List<Call> calls = List.of(new Call("accumulate", List.of(t), List.of(t)));
        assertThrows(IllegalStateException.class, () -> Liveness.of(calls));
    }

    @Test
    void tensorsOfOtherRolesNeedNoSlot() {
        List<Call> calls =
                List.of(
                        new Call(
                                "call",
                                List.of(Tensor.input("i", 1), Tensor.parameter("p", 1)),
                                List.of(Tensor.output("o", 1), Tensor.state("s", 1))));
        assertEquals(0, Liveness.of(calls).slotSizes().length);
    }
}
