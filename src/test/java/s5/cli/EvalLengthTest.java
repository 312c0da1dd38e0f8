package s5.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.run.TinyRun;
import s5.run.TinyRun.Ended;

import java.io.IOException;
import java.nio.file.Path;

/** What {@code eval} says of samples longer than those of the training. */
class EvalLengthTest {
    private static final String FILE = "a/best.safetensors";

    @TempDir Path folder;

    private TinyRun trained(String... settings) throws IOException {
        TinyRun tiny = new TinyRun(folder);
        assertEquals(0, tiny.train("a", settings).code());
        return tiny;
    }

    private static String said(Ended ended) {
        assertEquals(0, ended.code(), ended.err());
        return ended.out();
    }

    private static String result(String out) {
        return out.lines().filter(line -> line.contains("loss")).findFirst().orElseThrow();
    }

    /** As in the official code, the answers are others, which is said. */
    @Test
    void answersThatDependOnThePaddingAreToldOf() throws IOException {
        TinyRun tiny = trained("train.epochs=1");
        String same = said(tiny.eval(FILE));
        assertFalse(same.contains("length:"), same);
        String longer = said(tiny.eval(FILE, "data.length=48"));
        assertTrue(
                longer.contains(
                        "length: 48 positions, where the model was trained with 24; its answers"
                                + " depend on how much padding follows (model.mask_states is"
                                + " false)"),
                longer);
        assertNotEquals(result(same), result(longer));
    }

    @Test
    void maskedOnesAreTheSame() throws IOException {
        TinyRun tiny = trained("train.epochs=1", "model.mask_states=true", "model.mask_norm=true");
        String same = said(tiny.eval(FILE));
        String longer = said(tiny.eval(FILE, "data.length=48"));
        assertFalse(longer.contains("length:"), longer);
        assertEquals(result(same), result(longer));
        // the settings are in the checkpoint
        String info = said(TinyRun.s5("info", folder.resolve(FILE).toString()));
        assertTrue(info.contains("mask_states: true\n  mask_norm: true\n"), info);
    }
}
