package s5.data.own;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.config.Config;
import s5.data.Dataset;
import s5.data.Ranges;
import s5.data.Splits;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Times in milliseconds where those of training were in seconds. */
class OtherTimesTest {
    @TempDir Path root;

    private static String table(double unit) {
        StringBuilder text = new StringBuilder("id,time,label,a\n");
        for (int i = 0; i < 20; i++) {
            double t = 0;
            for (int k = 0; k < 10; k++) {
                t += 1 + (i + k) % 3;
                text.append(
                        String.format(
                                Locale.ROOT, "s%d,%s,c%d,%d%n", i, t * unit, i % 2, (i * k) % 7));
            }
        }
        return text.toString();
    }

    @Test
    void areTold() throws IOException {
        OwnBed bed = new OwnBed(root);
        bed.write("d.csv", table(1));
        bed.write("ms.csv", table(1e6));
        bed.write("days.csv", table(1e-5));
        Config config =
                bed.config(
                        "table",
                        "data.files=d.csv",
                        "data.id=id",
                        "data.time=time",
                        "data.label=label");
        Splits splits = config.data().open();
        assertTrue(splits.shape().timed());
        Ranges ranges = Ranges.of(splits.train());
        Dataset same = config.data().samples(root.resolve("d.csv"), OwnBed.fitted(splits));
        assertEquals(Optional.empty(), ranges.otherTimes(same));
        Dataset longer = config.data().samples(root.resolve("ms.csv"), OwnBed.fitted(splits));
        assertEquals(Optional.empty(), ranges.farOutside(longer), "the inputs are alike");
        String told = ranges.otherTimes(longer).orElseThrow();
        assertTrue(told.contains("20 of 20 samples have time steps far from"), told);
        assertTrue(told.matches(".* are (9.{1,4}e\\+05|1\\.0.e\\+06) times as long.*"), told);
        Dataset shorter = config.data().samples(root.resolve("days.csv"), OwnBed.fitted(splits));
        assertTrue(ranges.otherTimes(shorter).orElseThrow().contains("the shortest of training"));
    }
}
