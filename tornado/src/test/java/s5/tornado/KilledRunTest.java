package s5.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import s5.run.TinyRun;
import s5.train.Checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Runs on TornadoVM's first device, killed at random moments and resumed, against one left alone:
 * as s5.run.KilledRunTest on the CPU. {@code -Ds5.kills=N} kills N times instead of once, since
 * each start compiles the kernels anew.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no signals")
class KilledRunTest {
    private static final int KILLS = Integer.getInteger("s5.kills", 1);
    private static final int MINUTES = 5; // for the kernels of one start, at most

    @TempDir Path folder;

    @Test
    void endsLikeARunLeftAlone() throws Exception {
        String device = "device=" + Device.id();
        TinyRun tiny = new TinyRun(folder);
        String epochs = "train.epochs=" + (2 + KILLS);
        String every = "train.checkpoint_steps=1";
        finish(tiny, "alone", start(tiny, "alone", device, epochs, every));
        Random random = new Random(1);
        Path last = tiny.out("killed").resolve("last.safetensors");
        for (int kill = 0; kill < KILLS; kill++) {
            FileTime before = Files.exists(last) ? Files.getLastModifiedTime(last) : null;
            Process process = start(tiny, "killed", device, epochs, every, "resume=true");
            long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
            while (!Files.exists(last) || Files.getLastModifiedTime(last).equals(before)) {
                assertTrue(process.isAlive(), () -> "it ended: " + tiny.said("killed", "err"));
                assertTrue(System.nanoTime() < end, "no checkpoint in time");
                Thread.sleep(5);
            }
            Thread.sleep(random.nextInt(30));
            process.destroyForcibly();
            assertEquals(128 + 9, process.waitFor(), "it ended before it was killed");
            Checkpoint.read(last);
        }
        finish(tiny, "killed", start(tiny, "killed", device, epochs, every, "resume=true"));
        if (Device.gpu()) {
            TinyRun.assertSame(tiny.out("alone"), tiny.out("killed"));
        } else {
            // TornadoVM declares a kernel's variables in an order that follows from hash codes, and
            // PoCL's compiler rounds some sums otherwise when the order is another one.
            TinyRun.assertClose(tiny.out("alone"), tiny.out("killed"), 1e-5);
        }
    }

    private static Process start(TinyRun tiny, String name, String... more) throws IOException {
        return tiny.start(List.of("@" + System.getProperty("s5.tornado.options")), name, more);
    }

    private static void finish(TinyRun tiny, String name, Process process) throws Exception {
        assertTrue(process.waitFor(MINUTES, TimeUnit.MINUTES), "it goes on");
        assertEquals(0, process.exitValue(), () -> tiny.said(name, "err"));
        assertTrue(tiny.said(name, "out").contains("device: "), () -> tiny.said(name, "out"));
    }
}
