package s5.data.own;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Ranges;
import s5.data.Shape;
import s5.data.TestFiles;
import s5.run.TinyRun;
import s5.run.TinyRun.Ended;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

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

    private String predict(Path checkpoint, String name) throws IOException {
        return TestFiles.told(() -> {
            Ended ended =
                    TinyRun.s5("predict", checkpoint.toString(), root.resolve(name).toString());
            assertEquals(0, ended.code(), ended.err());
            assertEquals(20, ended.out().lines().count());
        });
    }

    @Test
    void areTold() throws IOException {
        OwnBed bed = new OwnBed(root);
        bed.write("d.csv", table(1));
        bed.write("ms.csv", table(1e6));
        bed.write("days.csv", table(1e-5));
        bed.write(
                "t.yaml",
                """
                device: cpu
                data: {set: table, root: '%s', files: d.csv, id: id, time: time, label: label,
                  cache_dir: '%1$s/cache'}
                model: {layers: 1, features: 4, states: 4, blocks: 1}
                train: {epochs: 1, batch: 4}
                """
                        .formatted(root));
        Ended trained = TinyRun.s5(root.resolve("t.yaml").toString(), "out=" + root + "/run");
        assertEquals(0, trained.code(), trained.err());
        Path best = root.resolve("run/best.safetensors");
        assertEquals("", predict(best, "d.csv"));
        String longer = predict(best, "ms.csv");
        assertTrue(longer.contains("20 of 20 samples have time steps far from"), longer);
        assertTrue(
                longer.matches("(?s).* are (9.{1,4}e\\+05|1\\.0.e\\+06) times as long.*"), longer);
        assertFalse(longer.contains("far outside"), "the inputs are alike");
        String shorter = predict(best, "days.csv");
        assertTrue(shorter.contains("the shortest of training"), shorter);
    }

    /** Values and times of a sample are looked at together: reading may be slow. */
    @Test
    void samplesAreReadOnce() throws IOException {
        OwnBed bed = new OwnBed(root);
        bed.write("d.csv", table(1));
        Dataset train =
                bed.open(
                                "table",
                                "data.files=d.csv",
                                "data.id=id",
                                "data.time=time",
                                "data.label=label")
                        .train();
        AtomicInteger reads = new AtomicInteger();
        Dataset far =
                new Dataset() {
                    @Override
                    public Shape shape() {
                        return train.shape();
                    }

                    @Override
                    public int size() {
                        return train.size();
                    }

                    @Override
                    public void read(int i, Batch batch, int row) {
                        reads.incrementAndGet();
                        train.read(i, batch, row);
                        batch.x[0] = 1e6f;
                        batch.dt[1] = 1e6f;
                    }
                };
        List<String> said = Ranges.of(train).far(far);
        assertEquals(2, said.size(), said::toString);
        assertEquals(train.size(), reads.get());
    }
}
