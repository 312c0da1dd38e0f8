package s5.train.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import s5.config.ConfigLoader;
import s5.config.TrainConfig;
import s5.config.TrainConfig.CosineStart;
import s5.config.TrainConfig.FirstUpdate;
import s5.config.TrainOptions;

class ScheduleTest {
    private static final double BASE = .001;

    private static Schedule schedule(double warmup, FirstUpdate first, CosineStart start) {
        return schedule(4, warmup, 100, first, start);
    }

    private static Schedule schedule(
            int epochs, double warmup, int steps, FirstUpdate first, CosineStart start) {
        TrainConfig train =
                new TrainConfig(
                        epochs,
                        50,
                        BASE,
                        2,
                        0,
                        warmup,
                        TrainConfig.Schedule.COSINE,
                        TrainConfig.OptimizerGroups.STANDARD,
                        .05,
                        false,
                        1,
                        1_000_000,
                        1000,
                        first,
                        start,
                        true,
                        0,
                        0,
                        0,
                        TrainConfig.ClassWeights.NONE,
                        TrainConfig.Loss.NLL,
                        TrainConfig.Select.SCORE,
                        TrainConfig.NOTHING,
                        TrainConfig.StartHead.KEEP,
                        TrainConfig.NOTHING,
                        TrainOptions.OFFICIAL);
        return new Schedule(train, steps);
    }

    @Test
    void hasTheOfficialQuirksByDefault() {
        Schedule official = schedule(1, FirstUpdate.OFFICIAL, CosineStart.OFFICIAL);
        assertEquals(BASE, official.rate(0, BASE), "the first update runs at the full rate");
        assertEquals(BASE / 100, official.rate(1, BASE), 1e-12, "then the warm-up begins");
        assertEquals(BASE, official.rate(100, BASE), 1e-12, "and ends after one epoch");
        // the cosine counts the warm-up's steps, so it starts below the top ...
        double below = BASE * .5 * (1 + Math.cos(Math.PI * 100 / 300));
        assertEquals(below, official.rate(101, BASE), 1e-12);
        // ... and the last epoch trains at rate 0
        assertEquals(0, official.rate(301, BASE), 1e-12);
        assertEquals(0, official.rate(399, BASE), 1e-12);
    }

    @Test
    void canDoWithoutThem() {
        Schedule clean = schedule(1, FirstUpdate.WARM, CosineStart.AFTER_WARMUP);
        assertEquals(BASE / 100, clean.rate(0, BASE), 1e-12);
        assertEquals(BASE, clean.rate(99, BASE), 1e-12);
        assertEquals(BASE, clean.rate(100, BASE), 1e-12);
        assertEquals(BASE / 2, clean.rate(250, BASE), 1e-12);
        assertEquals(BASE * .5 * (1 + Math.cos(Math.PI * 299 / 300)), clean.rate(399, BASE), 1e-12);
    }

    private static Schedule of(TrainConfig.Schedule kind, double warmup, double min) {
        return new Schedule(
                ConfigLoader.of(
                                "data.set=smnist",
                                "train.epochs=4",
                                "train.ssm_lr=0.001",
                                "train.schedule=" + kind,
                                "train.lr_min=" + min,
                                "train.warmup_epochs=" + warmup)
                        .train(),
                100);
    }

    @Test
    void goesDownInAStraightLine() {
        Schedule linear = of(TrainConfig.Schedule.LINEAR, 1, 1e-4);
        assertEquals(BASE / 100, linear.rate(0, BASE), 1e-12);
        assertEquals(BASE, linear.rate(99, BASE), 1e-12);
        assertEquals(BASE, linear.rate(100, BASE), 1e-12);
        assertEquals(BASE - 0.5 * (BASE - 1e-4), linear.rate(250, BASE), 1e-12);
        assertEquals(1e-4 + (BASE - 1e-4) / 300, linear.rate(399, BASE), 1e-12);
    }

    /** Up by half a cosine from a 25th, down by another. */
    @Test
    void goesThroughOneCycle() {
        Schedule cycle = of(TrainConfig.Schedule.ONE_CYCLE, 1, 0);
        double low = BASE / 25;
        double first = low + (BASE - low) * .5 * (1 - Math.cos(Math.PI / 100));
        assertEquals(first, cycle.rate(0, BASE), 1e-12);
        assertEquals((low + BASE) / 2, cycle.rate(49, BASE), 1e-12);
        assertEquals(BASE, cycle.rate(99, BASE), 1e-12);
        assertEquals(BASE, cycle.rate(100, BASE), 1e-12);
        assertEquals(BASE / 2, cycle.rate(250, BASE), 1e-12);
        assertEquals(0, cycle.rate(400, BASE), 1e-12);
    }

    /** The most epochs that a config may have, of as many steps as a data set may have. */
    @Test
    void countsBeyondAnInt() {
        int steps = Integer.MAX_VALUE / 2;
        Schedule clean =
                schedule(1_000_000, 1000, steps, FirstUpdate.WARM, CosineStart.AFTER_WARMUP);
        long warmup = 1000L * steps;
        long end = 1_000_000L * steps;
        assertEquals(BASE / 2, clean.rate(warmup / 2 - 1, BASE), 1e-9);
        assertEquals(BASE, clean.rate(warmup - 1, BASE), 1e-12);
        assertEquals(BASE, clean.rate(warmup, BASE), 1e-12);
        // the cosine is over the epochs that the warm-up leaves
        assertEquals(BASE / 2, clean.rate(warmup + (end - warmup) / 2, BASE), 1e-12);
        assertEquals(0, clean.rate(end - 1, BASE), 1e-12);
        Schedule official =
                schedule(1_000_000, 1, steps, FirstUpdate.OFFICIAL, CosineStart.OFFICIAL);
        assertEquals(BASE, official.rate(steps, BASE), 1e-12);
        assertEquals(BASE, official.rate(steps + 1L, BASE), 1e-9);
    }

    @Test
    void runsWithoutWarmup() {
        Schedule official = schedule(0, FirstUpdate.OFFICIAL, CosineStart.OFFICIAL);
        assertEquals(BASE, official.rate(0, BASE));
        assertEquals(BASE, official.rate(1, BASE));
        assertEquals(BASE / 2, official.rate(201, BASE), 1e-12);
    }
}
