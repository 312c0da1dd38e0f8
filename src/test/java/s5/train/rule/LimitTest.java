package s5.train.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import s5.config.ConfigLoader;

import java.util.Optional;

class LimitTest {

    /** As many steps as a run may have; see {@link ScheduleTest}. */
    @Test
    void stepsBeyondAnInt() {
        var limit =
                new Limit(
                        ConfigLoader.of("data.set=smnist", "train.max_steps=3000000000")
                                .train()
                                .options());
        assertEquals(Optional.empty(), limit.reached(2_999_999_999L, 0));
        assertEquals(Optional.of("train.max_steps=3000000000"), limit.reached(3_000_000_000L, 0));
    }
}
