package s5.data.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static s5.data.TestFiles.assertUserError;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.config.Config;
import s5.config.ConfigLoader;
import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Fitted;
import s5.data.Splits;
import s5.data.TestFiles;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

class TextTest {
    @TempDir Path root;

    private Config config(String... more) {
        List<String> words = new ArrayList<>(List.of("data.set=text"));
        words.add("data.root=" + root.resolve("texts"));
        words.add("data.cache_dir=" + root.resolve("cache"));
        words.addAll(Arrays.asList(more));
        return ConfigLoader.of(words.toArray(String[]::new));
    }

    private Splits open(String... more) {
        return config(more).data().open();
    }

    /** The tokens of all samples by their ids. */
    private static Map<String, List<String>> tokens(Splits splits) {
        Map<String, List<String>> all = new TreeMap<>();
        for (Dataset data : List.of(splits.train(), splits.validation(), splits.test())) {
            for (int i = 0; i < data.size(); i++) {
                all.put(data.id(i), tokens(data, i));
            }
        }
        return all;
    }

    private static List<String> tokens(Dataset data, int i) {
        Batch batch = new Batch(data.shape(), 1);
        data.read(i, batch, 0);
        List<String> tokens = new ArrayList<>();
        for (int k = 0; k < data.shape().length(); k++) {
            if (k < batch.lengths[0]) {
                tokens.add(data.tokenNames().get(batch.tokens[k]));
            } else {
                assertEquals(0, batch.tokens[k]);
            }
        }
        return tokens;
    }

    private static List<String> labels(Dataset data) {
        List<String> labels = new ArrayList<>();
        Batch batch = new Batch(data.shape(), 1);
        for (int i = 0; i < data.size(); i++) {
            data.read(i, batch, 0);
            labels.add(data.classNames().get(batch.labels[0]));
        }
        return labels;
    }

    private void folders() throws IOException {
        for (String part : List.of("train", "test")) {
            for (int i = 0; i < 6; i++) {
                Path folder = root.resolve("texts").resolve(part);
                TestFiles.write(folder.resolve("greek/" + i + ".txt"), "αβ 𝄞 α");
                TestFiles.write(folder.resolve("latin/" + i + ".txt"), "ab Ab!");
                TestFiles.write(folder.resolve("digits/" + i + ".txt"), "12 2");
            }
        }
        TestFiles.write(root.resolve("texts/train/latin/6.txt"), "\ufeffqa");
    }

    @Test
    void aFolderIsAClassAndCharactersAreTokens() throws IOException {
        folders();
        Splits splits = open("data.validation=0");
        assertEquals(List.of("digits", "greek", "latin"), splits.train().classNames());
        assertEquals(19, splits.train().size());
        assertEquals(18, splits.test().size());
        Map<String, List<String>> tokens = tokens(splits);
        assertEquals(List.of("α", "β", " ", "𝄞", " ", "α", "<eos>"), tokens.get("greek/2.txt"));
        assertEquals(List.of("<unk>", "a", "<eos>"), tokens.get("latin/6.txt"), "q occurs once");
        assertEquals(7, splits.shape().length());
        Config config = config("data.validation=0");
        List<String> notes = config.data().notes(splits);
        int size = splits.train().tokenNames().size();
        assertEquals(List.of("1 of 231 tokens are not in the vocabulary of " + size), notes);
        assertEquals(
                splits.train().tokenNames().size() + 1,
                open("data.validation=0", "data.min_count=1").train().tokenNames().size());
    }

    @Test
    void bytesAndWords() throws IOException {
        folders();
        Map<String, List<String>> bytes = tokens(open("data.validation=0", "data.tokens=bytes"));
        assertEquals(
                List.of("0xce", "0xb1", "0xce", "0xb2", "0x20", "0xf0", "0x9d", "0x84", "0x9e"),
                bytes.get("greek/0.txt").subList(0, 9));
        Map<String, List<String>> words = tokens(open("data.validation=0", "data.tokens=words"));
        assertEquals(List.of("ab", "ab", "!", "<eos>"), words.get("latin/1.txt"));
        assertEquals(List.of("12", "2", "<eos>"), words.get("digits/1.txt"));
        assertEquals(List.of("αβ", "𝄞", "α", "<eos>"), words.get("greek/1.txt"));
    }

    @Test
    void longTextsAreCutBeforeTheEndMark() throws IOException {
        folders();
        Splits splits = open("data.length=4", "data.validation=0");
        assertEquals(List.of("α", "β", " ", "<eos>"), tokens(splits).get("greek/2.txt"));
        assertTrue(
                config("data.length=4", "data.validation=0")
                        .data()
                        .notes(splits)
                        .contains(
                                "36 texts are longer than data.length 4 and are cut; the longest"
                                        + " has 7 tokens"),
                () -> config("data.length=4").data().notes(splits).toString());
    }

    @Test
    void tablesHaveTextAndLabel() throws IOException {
        StringBuilder csv = new StringBuilder("id,label,text,stars\n");
        StringBuilder json = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            csv.append("r%d,%s,\"so, %s\nbe it\",3\n".formatted(i, i % 2 == 0 ? "yes" : "no", "x"));
            json.append(
                    "{\"text\": \"so \\u00e9\", \"label\": \"%s\"}\n"
                            .formatted(i % 2 == 0 ? "yes" : "no"));
        }
        Path table = TestFiles.write(root.resolve("texts/a.csv"), csv.toString());
        Splits splits = open("data.test=0.2", "data.validation=0.25");
        assertEquals(6, splits.train().size());
        assertEquals(List.of("no", "yes"), splits.train().classNames());
        assertEquals(
                List.of("s", "o", ",", " ", "x", "\n", "b", "e", " ", "i", "t", "<eos>"),
                tokens(splits).get("r3"));
        assertEquals(
                List.of(table + ": columns not used: stars"),
                config("data.test=0.2", "data.validation=0.25").data().notes(splits));
        TestFiles.write(root.resolve("texts/a.csv"), json.toString());
        assertEquals(List.of("s", "o", " ", "é", "<eos>"), tokens(open(), "a.csv:4"));
        assertUserError(
                () -> open("data.text=txt"),
                table + ": has no column 'txt'; did you mean text?; data.text names it");
    }

    private static List<String> tokens(Splits splits, String id) {
        return tokens(splits).get(id);
    }

    @Test
    void rawTextsArePreparedAsInTraining() throws IOException {
        folders();
        Config config = config("data.validation=0");
        Dataset train = config.data().open().train();
        Fitted fitted =
                new Fitted(
                        train.shape(),
                        train.classNames(),
                        train.tokenNames(),
                        List.of(),
                        train.preparation());
        Path texts = root.resolve("texts");
        Dataset all = config.data().samples(texts.resolve("test"), fitted);
        assertEquals(18, all.size());
        assertEquals(texts.resolve("test/digits/0.txt").toString(), all.id(0));
        assertEquals(List.of("1", "2", " ", "2", "<eos>"), tokens(all, 0));
        Path file = TestFiles.write(root.resolve("x.txt"), "zz αβαβαβαβ");
        String told =
                TestFiles.told(() -> {
                    Dataset one = config.data().samples(file, fitted);
                    assertEquals(
                            List.of("<unk>", "<unk>", " ", "α", "β", "α", "<eos>"), tokens(one, 0));
                    assertEquals(file + ": has 12 tokens where the model takes 7", one.cut(0));
                });
        assertEquals(file + ": 2 tokens are unknown to the model\n", told);
        Path table = TestFiles.write(root.resolve("x.jsonl"), "{\"text\": \"ab\"}\n");
        assertEquals(List.of("a", "b", "<eos>"), tokens(config.data().samples(table, fitted), 0));
    }

    @Test
    void badTextsAreOneLine() throws IOException {
        folders();
        Path file =
                TestFiles.write(root.resolve("texts/train/latin/0.txt"), new byte[] {65, -1, 66});
        assertUserError(() -> open(), file + ": invalid UTF-8 at byte 2");
        TestFiles.write(file, "  \n");
        assertTrue(config().data().notes(open()).contains("1 texts left out: they are empty"));
        assertArrayEquals(
                new String[] {"digits", "greek", "latin"},
                labels(open().test()).stream().distinct().sorted().toArray());
    }
}
