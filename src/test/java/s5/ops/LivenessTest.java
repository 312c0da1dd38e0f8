package s5.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import s5.ops.Liveness.Use;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

class LivenessTest {
    static IntStream seeds() {
        return IntStream.range(0, 300);
    }

    /** Some operations on scratch and other tensors; scratch is read only once it was written. */
    private static List<Use> randomProgram(Random random) {
        Tensor parameter = Tensor.parameter("p", 1000);
        Tensor output = Tensor.output("o", 1000);
        List<Tensor> written = new ArrayList<>();
        List<Use> ops = new ArrayList<>();
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
            ops.add(new Use("op " + i, reads, writes));
        }
        return ops;
    }

    /** From the first operation that writes a tensor to the last one that uses it. */
    private record Life(int from, int to) {
        static Life of(Tensor t, List<Use> ops) {
            int from = 0;
            while (!ops.get(from).writes().contains(t)) {
                from++;
            }
            int to = ops.size() - 1;
            while (!ops.get(to).writes().contains(t) && !ops.get(to).reads().contains(t)) {
                to--;
            }
            return new Life(from, to);
        }

        boolean overlaps(Life other) {
            return from <= other.to && other.from <= to;
        }
    }

    private static Map<Tensor, Life> lives(List<Tensor> scratch, List<Use> ops) {
        return scratch.stream().collect(Collectors.toMap(t -> t, t -> Life.of(t, ops)));
    }

    private static List<Tensor> scratchOf(List<Use> ops) {
        Set<Tensor> all = new HashSet<>();
        ops.forEach(op -> all.addAll(op.writes()));
        return all.stream().filter(t -> t.role() == Tensor.Role.SCRATCH).toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void tensorsAliveAtTheSameTimeShareNoSlot(int seed) {
        List<Use> ops = randomProgram(new Random(seed));
        Liveness plan = Liveness.plan(ops);
        List<Tensor> scratch = scratchOf(ops);
        Map<Tensor, Life> lives = lives(scratch, ops);
        for (Tensor a : scratch) {
            for (Tensor b : scratch) {
                if (a != b && lives.get(a).overlaps(lives.get(b))) {
                    assertFalse(
                            plan.slot(a) == plan.slot(b), () -> a + " and " + b + " in one slot");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyScratchTensorFitsItsSlotAndNoneIsLost(int seed) {
        List<Use> ops = randomProgram(new Random(seed));
        Liveness plan = Liveness.plan(ops);
        Set<Tensor> planned = new HashSet<>();
        plan.tensors().forEach(planned::add);
        assertEquals(new HashSet<>(scratchOf(ops)), planned);
        int[] sizes = plan.slotSizes();
        planned.forEach(t -> assertTrue(t.size() <= sizes[plan.slot(t)], t::toString));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void memoryIsNoLargerThanTheSumAndNoSmallerThanWhatLivesAtOnce(int seed) {
        List<Use> ops = randomProgram(new Random(seed));
        List<Tensor> scratch = scratchOf(ops);
        Map<Tensor, Life> lives = lives(scratch, ops);
        int memory = Arrays.stream(Liveness.plan(ops).slotSizes()).sum();
        int most = 0;
        for (int i = 0; i < ops.size(); i++) {
            int at = i;
            int alive =
                    scratch.stream()
                            .filter(t -> lives.get(t).overlaps(new Life(at, at)))
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
        List<Use> ops = randomProgram(new Random(seed));
        Liveness plan = Liveness.plan(ops);
        int[] sizes = plan.slotSizes();
        int[] uses = new int[sizes.length];
        plan.tensors().forEach(t -> uses[plan.slot(t)]++);
        List<Tensor> scratch = scratchOf(ops);
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
        List<Use> ops = new ArrayList<>();
        ops.add(new Use("first", List.of(), List.of(chain.get(0))));
        for (int i = 1; i < chain.size(); i++) {
            ops.add(new Use("next", List.of(chain.get(i - 1)), List.of(chain.get(i))));
        }
        assertEquals(2, Liveness.plan(ops).slotSizes().length);
    }

    @Test
    void aSmallTensorDoesNotHoldALargeSlot() {
        Tensor large = Tensor.scratch("large", 1000);
        Tensor small = Tensor.scratch("small", 10);
        Liveness plan =
                Liveness.plan(
                        List.of(
                                new Use("a", List.of(), List.of(large)),
                                new Use("b", List.of(), List.of(small))));
        assertFalse(plan.slot(large) == plan.slot(small));
    }

    @Test
    void readingBeforeAnythingWroteThrows() {
        Tensor early = Tensor.scratch("early", 3);
        Tensor late = Tensor.scratch("late", 3);
        List<Use> ops =
                List.of(
                        new Use("reader", List.of(early), List.of(late)),
                        new Use("writer", List.of(), List.of(early)));
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> Liveness.plan(ops));
        assertTrue(
                e.getMessage().contains("reader") && e.getMessage().contains("early"),
                e::getMessage);
    }

    @Test
    void changingInPlaceWhatNothingWroteThrows() {
        Tensor t = Tensor.scratch("t", 3);
        List<Use> ops = List.of(new Use("accumulate", List.of(t), List.of(t)));
        assertThrows(IllegalStateException.class, () -> Liveness.plan(ops));
    }

    @Test
    void tensorsOfOtherRolesNeedNoSlot() {
        List<Use> ops =
                List.of(
                        new Use(
                                "op",
                                List.of(Tensor.input("i", 1), Tensor.parameter("p", 1)),
                                List.of(Tensor.output("o", 1), Tensor.state("s", 1))));
        assertEquals(0, Liveness.plan(ops).slotSizes().length);
    }
}
