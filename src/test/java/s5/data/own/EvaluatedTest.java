package s5.data.own;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.UserError;
import s5.data.Dataset;
import s5.data.Fitted;
import s5.data.Splits;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** What a model is evaluated on is prepared as what it predicts: as its training data were. */
class EvaluatedTest {
    @TempDir private Path folder;

    private OwnBed bed;

    @BeforeEach
    void bed() {
        bed = new OwnBed(folder);
    }

    private static final String[] WAVES = {
        "data.id=id", "data.time=time", "data.label=label", "data.inputs=a,b", "data.fill=mask"
    };

    private static String[] words(String... more) {
        String[] all = Arrays.copyOf(WAVES, WAVES.length + more.length);
        System.arraycopy(more, 0, all, WAVES.length, more.length);
        return all;
    }

    /** Other values of another scale, other gaps, other time steps. */
    @Test
    void numbersAreScaledByTheModel() throws IOException {
        bed.write("mine.csv", OwnBed.waves(40, 1, true));
        bed.write("others.csv", OwnBed.waves(60, 2, true).replace(",4", ",9"));
        Splits mine = bed.open("table", words("data.files=mine.csv"));
        Fitted fitted = OwnBed.fitted(mine);
        String[] others = words("data.files=others.csv");
        Preparation own = Preparation.of(bed.open("table", others).train().preparation());
        Splits given = bed.config("table", others).data().open(fitted);
        Preparation used = Preparation.of(given.train().preparation());
        Preparation models = Preparation.of(fitted.preparation());
        assertTrue(!own.withLength(models.length()).equals(models), own.toString());
        assertEquals(models.withLength(own.length()), used);
        Dataset raw =
                bed.config("table", others)
                        .data()
                        .samples(
                                folder.resolve("others.csv"),
                                new Fitted(
                                        given.shape(),
                                        fitted.classNames(),
                                        fitted.tokenNames(),
                                        fitted.targetNames(),
                                        used.toJson()));
        OwnBed.assertSame(given.test(), raw);
        // the data of the run stay as they were
        assertEquals(
                mine.train().preparation(),
                bed.config("table", words("data.files=mine.csv"))
                        .data()
                        .open(fitted)
                        .train()
                        .preparation());
    }

    private static String texts(String... words) {
        StringBuilder text = new StringBuilder("text,label\n");
        for (int i = 0; i < 40; i++) {
            text.append(
                    "%s %s,%d%n"
                            .formatted(
                                    words[i % words.length], words[i * 7 % words.length], i % 2));
        }
        return text.toString();
    }

    @Test
    void textsAreReadWithTheModelsVocabulary() throws IOException {
        bed.write("mine.csv", texts("one", "two", "three"));
        bed.write("others.csv", texts("two", "four"));
        Fitted fitted = OwnBed.fitted(bed.open("text", "data.tokens=words", "data.files=mine.csv"));
        Splits given =
                bed.config("text", "data.tokens=words", "data.files=others.csv")
                        .data()
                        .open(fitted);
        assertEquals(fitted.tokenNames(), given.test().tokenNames());
        int two = fitted.tokenNames().indexOf("two");
        assertTrue(two > 0, fitted.tokenNames().toString());
        int found = 0;
        for (int i = 0; i < given.test().size(); i++) {
            for (int token : OwnBed.read(given.test(), i).tokens) {
                found += token == two ? 1 : 0;
            }
        }
        assertTrue(found > 0, "the word that both have");
    }

    private String refused(Fitted fitted, String... words) {
        UserError e =
                assertThrows(UserError.class, () -> bed.config("table", words).data().open(fitted));
        return e.getMessage();
    }

    @Test
    void whatTheModelDoesNotTakeIsRefused() throws IOException {
        bed.write("mine.csv", OwnBed.waves(40, 1, true));
        Fitted fitted = OwnBed.fitted(bed.open("table", words()));
        assertEquals(
                "data.inputs: the data have b, a, and the model takes a, b, in this order",
                refused(fitted, words("data.inputs=b,a")));
        assertEquals(
                "data.inputs: the data have a, and the model takes a, b, in this order",
                refused(fitted, words("data.inputs=a")));
        assertEquals(
                "data.time: the data have no times, and the model takes them",
                refused(fitted, words("data.time=none")));
        assertTrue(
                refused(fitted, words("data.task=forecast"))
                        .startsWith("data.task: the model makes no forecasts"));
    }
}
