package s5.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.UserError;
import s5.sweep.Search.Trial;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

class SearchTest {
    private static final Path CONFIG = Path.of("configs/quickstart.yaml");

    private static Search search(int random, String... words) {
        return Search.of(CONFIG, List.of(words), random);
    }

    private static List<String> points(Search search) {
        return search.trials().stream().map(trial -> String.join(" ", trial.point())).toList();
    }

    @Test
    void everyCombinationIsARun() {
        Search search = search(0, "train.epochs=2", "train.ssm_lr=0.001,4e-3", "seed=1..3");
        assertEquals(
                List.of(
                        "train.ssm_lr=0.001 seed=1",
                        "train.ssm_lr=0.001 seed=2",
                        "train.ssm_lr=0.001 seed=3",
                        "train.ssm_lr=4e-3 seed=1",
                        "train.ssm_lr=4e-3 seed=2",
                        "train.ssm_lr=4e-3 seed=3"),
                points(search));
        Trial last = search.trials().getLast();
        assertEquals("ssm_lr-4e-3_seed-3", last.name());
        assertEquals(Path.of("runs/quickstart/ssm_lr-4e-3_seed-3"), last.folder());
        assertEquals(3, last.config().seed());
        assertEquals(0.004, last.config().train().ssmLr());
        assertEquals(2, last.config().train().epochs());
        assertEquals("quickstart", last.config().name());
        assertEquals(List.of("train.ssm_lr=4e-3"), last.group());
    }

    /** Each draw with every seed; the same words draw the same, more of them the same first. */
    @Test
    void someAreDrawnAtRandom() {
        String[] words = {"train.ssm_lr=1e-4..1e-2", "model.layers=1..3", "seed=1,2"};
        Search ten = search(10, words);
        assertEquals(points(ten), points(search(10, words)));
        assertEquals(points(ten), points(search(12, words)).subList(0, 20));
        assertNotEquals(points(ten), points(search(10, words[0], "model.layers=1..4", words[2])));
        assertEquals(20, ten.trials().size());
        assertEquals(10, ten.trials().stream().map(Trial::group).distinct().count());
        double[] rates =
                ten.trials().stream().mapToDouble(t -> t.config().train().ssmLr()).toArray();
        long low = java.util.Arrays.stream(rates).filter(rate -> rate < 1e-3).count();
        for (double rate : rates) {
            assertTrue(rate >= 1e-4 && rate <= 1e-2, "rate " + rate);
        }
        assertTrue(low >= 4 && low <= 16, low + " of 20 below the middle of the logarithms");
        Set<Integer> layers =
                ten.trials().stream()
                        .map(t -> t.config().model().layers())
                        .collect(Collectors.toSet());
        assertEquals(Set.of(1, 2, 3), layers);
    }

    /** A list is one value of a setting that takes lists. */
    @Test
    void aListIsOneValue() {
        Search search = search(0, "train.no_decay=*/bias,*/scale", "seed=1,2");
        assertEquals(2, search.trials().size());
        assertEquals(
                "*/bias,*/scale", search.trials().getFirst().config().train().options().noDecay());
    }

    @Test
    void longNamesAreCutAndStayApart() {
        String values = "x".repeat(80);
        Search search =
                search(0, "data.cache_dir=a%1$s,b%1$s/,b%1$s//".formatted(values), "seed=1,2");
        assertEquals(6, search.trials().stream().map(Trial::name).distinct().count());
        search.trials().forEach(t -> assertTrue(t.name().length() <= 100, t.name()));
    }

    /** Words that a shell takes as they are. */
    @Test
    void commandsForASchedulerCanBeStartedAgain() {
        Search search = search(0, "seed=1,2", "data.root=my data", "out=runs/quickstart");
        assertEquals(
                "bin/s5 configs/quickstart.yaml 'data.root=my data' seed=1 name=quickstart"
                        + " out=runs/quickstart/seed-1 resume=true",
                Search.commands(CONFIG, search.trials()).getFirst());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "seed=3 | sweep takes settings with several values; write s5 sweep",
                "train.lr=1,2 | command line: train.lr: no such key",
                "trian.epochs=1..2 | command line: trian.epochs: no such key",
                "train.epochs=1,x | command line: train.epochs: must be a whole number",
                "seed=1,,2 | seed: a value is missing between the commas of '1,,2'",
                "seed=5..1 | seed: the range 5..1 does not go up",
                "train.ssm_lr=0.1..0.2 | train.ssm_lr: a range of numbers that are not whole",
                "out=a,b | out: takes one value",
                "seed=1..9000 train.epochs=1..2 | these are more than 10,000 runs",
                "train.ssm_lr=0.1,0.10;x | command line: train.ssm_lr: must be a number"
            })
    void mistakesAreToldBeforeAnythingRuns(String words, String expected) {
        UserError e = assertThrows(UserError.class, () -> search(0, words.split(" ", -1)));
        assertTrue(e.getMessage().startsWith(expected), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }
}
