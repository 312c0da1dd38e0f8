package s5.data.own;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.UserError;
import s5.config.Config;
import s5.data.Fitted;
import s5.data.Splits;
import s5.data.TestFiles;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What is wrong in a user's file is one line with file, line and column, and no cache is left. */
class OwnBadInputTest {
    @TempDir Path root;
    private OwnBed bed;

    private static final String[] LONG = {
        "data.files=d.csv", "data.id=id", "data.time=t", "data.label=label", "data.inputs=x"
    };

    private static final String GOOD =
            """
            id,t,x,label
            a,1,1,u
            a,2,2,u
            b,1,1,v
            b,2,2,v
            c,1,1,u
            c,2,2,u
            d,1,1,v
            d,2,2,v
            e,1,1,u
            e,2,2,u
            f,1,1,v
            f,2,2,v
            """;

    @BeforeEach
    void bed() {
        bed = new OwnBed(root);
    }

    private void refusesTable(String content, String... parts) throws IOException {
        bed.write("d.csv", content);
        bed.refuses(List.of(parts), "table", LONG);
    }

    @Test
    void tablesNamePlaceAndColumn() throws IOException {
        refusesTable(GOOD.replace("b,2,2,v", "b,2,2"), "d.csv:5: 3 fields", "first line has 4");
        refusesTable(GOOD.replace("b,2,2,v", "b,2,two,v"), "d.csv:5", "'x'", "'two'");
        refusesTable(
                GOOD.replace("b,2,2,v", "b,2,\"2,5\",v"), "'2,5'", "; data.decimal=comma reads it");
        refusesTable(GOOD.replace("b,2,2,v", "b,soon,2,v"), "d.csv:5", "'t'", "'soon'");
        refusesTable(
                GOOD.replace("b,2,2,v", "b,1,2,v"), "d.csv:5", "'b'", "same time as on line 4");
        refusesTable(GOOD.replace("b,2,2,v", ",2,2,v"), "d.csv:5", "'id' is empty");
        refusesTable(GOOD.replace("b,2,2,v", "b,2,1e999,v"), "d.csv:5", "'1e999'");
        refusesTable(GOOD.replace("b,2,2,v", "\"b,2,2,v"), "d.csv:", "is no CSV");
        refusesTable(GOOD.replace("id,t,x,label", "id,t,x,x"), "d.csv:1", "'x' comes twice");
        refusesTable(GOOD.replace("id,t,x,label", "id,t,y,label"), "d.csv:1", "data.inputs", "'x'");
        refusesTable(
                GOOD.replace(",label\n", ",lable\n"),
                "d.csv:1",
                "data.label",
                "did you mean lable?");
        String wide = "x,".repeat(1_000_000) + "x\n";
        refusesTable(wide, "d.csv:1: a line of more than 1,000,000 columns");
        bed.write("d.csv", wide);
        UserError e = assertThrows(UserError.class, () -> bed.open("table", LONG));
        assertFalse(e.getMessage().contains("is no CSV"), e::getMessage);
        refusesTable("", "d.csv: is empty");
        refusesTable("id,t,x,label\n", "d.csv: has no rows");
        refusesTable(GOOD.replaceAll(",[uv]\n", ",u\n"), "all sequences are of class 'u'");
        refusesTable(GOOD.replaceAll("(?m)^[b-f].*\n", ""), "one sequence");
        refusesTable(
                GOOD.replace("b,1,1,v\nb,2,2,v", "b,1,1,v\0\nb,2,2,v\0"),
                "d.csv:4: the class",
                "zero byte");
        refusesTable(GOOD.replaceAll("(?m)^(.,.),.,", "$1,,"), "column 'x' has no value");
        refusesTable(
                GOOD.replaceAll(",[uv]\n", ",\n"),
                "no sequence",
                "6 sequences left out: without a label");
        refusesTable(
                "{\"id\":\"a\",\"t\":1,\"x\":1,\"label\":\"u\"}\n{\"id\":\n",
                "d.csv:",
                "is no JSON");
        refusesTable(
                "{\"id\":\"a\",\"t\":1,\"x\":1,\"label\":\"u\"}\n[1]\n",
                "d.csv:2: is not an object");
    }

    /** Where no inputs are named, such a column is one that would be left out. */
    @Test
    void decimalCommasAreNamed() throws IOException {
        bed.write("d.csv", GOOD.replaceAll(",(\\d),([uv])", ",\"$1,5\",$2"));
        String[] words = {"data.id=id", "data.time=t", "data.label=label"};
        bed.refuses(
                List.of("d.csv: column 'x' has '1,5'", "; data.decimal=comma reads it"),
                "table",
                words);
        assertEquals(
                List.of("x"),
                Preparation.of(
                                bed.open(
                                                "table",
                                                "data.id=id",
                                                "data.time=t",
                                                "data.label=label",
                                                "data.decimal=comma")
                                        .train()
                                        .preparation())
                        .inputNames());
    }

    @Test
    void encodingsAreTold() throws IOException {
        byte[] latin =
                GOOD.replace("b,2,2,v", "bä,2,2,v")
                        .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        TestFiles.write(root.resolve("d.csv"), latin);
        bed.refuses(List.of("d.csv:5: invalid UTF-8 at byte 2", "save it"), "table", LONG);
        byte[] wide = GOOD.getBytes(java.nio.charset.StandardCharsets.UTF_16);
        TestFiles.write(root.resolve("d.csv"), wide);
        bed.refuses(List.of("d.csv:1: is UTF-16", "UTF-8"), "table", LONG);
        byte[] unmarked = GOOD.getBytes(java.nio.charset.StandardCharsets.UTF_16LE);
        TestFiles.write(root.resolve("d.csv"), unmarked);
        bed.refuses(List.of("d.csv:1: has zero bytes", "UTF-8"), "table", LONG);
        TestFiles.write(
                root.resolve("d.ts"),
                "@data\n1:\u00e4\n".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        bed.refuses(List.of("d.ts:2", "UTF-8"), "series", "data.files=d.ts");
    }

    @Test
    void partsAreKeptApart() throws IOException {
        bed.write("d.csv", GOOD);
        bed.write("e.csv", "id,t,x,label\na,7,1,u\n");
        String[] words = {
            "data.files=d.csv",
            "data.test_files=e.csv",
            "data.id=id",
            "data.label=label",
            "data.inputs=x"
        };
        bed.refuses(List.of("e.csv:2", "the id 'a' is in two parts"), "table", words);
        bed.write("e.csv", "id,t,x,label\nz,7,1,w\n");
        bed.refuses(List.of("e.csv:2", "class 'w' is not in the training part"), "table", words);
        bed.write("d.csv", GOOD.replace("a,2,2,u", "a,2,2,u").replace("id,t,x", "id,who,x"));
        bed.refuses(
                List.of("d.csv:3", "'who' changes within the sequence 'a'"),
                "table",
                "data.files=d.csv",
                "data.id=id",
                "data.label=label",
                "data.inputs=x",
                "data.split_by=who");
        bed.refuses(
                List.of("data.files", "nothing.csv"),
                "table",
                "data.files=nothing.csv",
                "data.label=label");
        bed.refuses(
                List.of("data.files", "did you mean d.csv?"),
                "table",
                "data.files=dd.csv",
                "data.label=label");
    }

    private void refusesSeries(String content, String... parts) throws IOException {
        bed.write("d.ts", content);
        bed.refuses(List.of(parts), "series", "data.files=d.ts");
    }

    @Test
    void seriesNameTheLine() throws IOException {
        String head = SeriesTest.HEAD;
        refusesSeries("", "d.ts: is empty");
        refusesSeries(head, "d.ts: holds no sequence");
        refusesSeries("1,2:a\n", "d.ts:1", "before @data");
        refusesSeries("@classLabel true a b\n", "no line @data");
        refusesSeries(head.replace("@data", "@dota"), "d.ts:6", "'@dota' is not known");
        refusesSeries(
                head + "1,2:3:a\n", "d.ts:7: dimension 2 has 1 values, and dimension 1 has 2");
        refusesSeries(head + "1,2:3,4:a\n1,2:a\n", "d.ts:8: 1 dimensions");
        refusesSeries("@data\n1,2:a\n", "d.ts:2", "no tag @classLabel true");
        refusesSeries(head + "1,x:3,4:a\n", "d.ts:7: value 2 of dimension 1 is 'x'");
        refusesSeries(head + "1,2:3,4:c\n", "d.ts:7: class 'c' is not among");
        refusesSeries(head + "1,2:3,4:a\n", "one sequence");
        refusesSeries(
                head.replace("@classLabel true b a 10", "@classLabel false") + "1,2\n",
                "nothing to learn");
        String timed = head.replace("@timeStamps false", "@timeStamps true");
        refusesSeries(
                timed + "(1,2),(1,3):a\n",
                "d.ts:7: the time of pair 2 of dimension 1 is the same as");
        refusesSeries(timed + "(2,2),(1,3):a\n", "d.ts:7: the time of pair 2", "before");
        refusesSeries(
                timed + "(x,2),(1,3):a\n", "d.ts:7: the time of pair 1 of dimension 1 is 'x'");
        refusesSeries(timed + "(1,2:a\n", "d.ts:7");
    }

    private void refusesArrays(Map<String, byte[]> changed, String... parts) throws IOException {
        Map<String, byte[]> arrays = new TreeMap<>(ArraysTest.arrays());
        changed.forEach((name, array) -> {
            if (array.length == 0) {
                arrays.remove(name);
            } else {
                arrays.put(name, array);
            }
        });
        TestFiles.write(root.resolve("d.npz"), OwnBed.npz(arrays));
        bed.refuses(List.of(parts), "arrays", "data.files=d.npz");
    }

    @Test
    void arraysSayWhatToSave() throws IOException {
        var x = OwnBed.floats(new double[80]);
        String head = "{'descr': '%s', 'fortran_order': %s, 'shape': (10, 4, 2), }";
        refusesArrays(
                Map.of("X", OwnBed.npy(head.formatted("<f4", "True"), x)),
                "d.npz, array X",
                "Fortran order");
        refusesArrays(
                Map.of("X", OwnBed.npy(head.formatted(">f4", "False"), x)),
                "d.npz, array X",
                "big-endian");
        refusesArrays(
                Map.of("X", OwnBed.npy(head.formatted("|O", "False"), x)),
                "d.npz, array X",
                "objects");
        refusesArrays(
                Map.of("X", OwnBed.npy(head.formatted("<c8", "False"), x)), "'<c8' are not read");
        refusesArrays(Map.of("X", new byte[0]), "no array 'X'", "lengths");
        refusesArrays(Map.of("y", new byte[0]), "no array 'y'");
        refusesArrays(
                Map.of("y", OwnBed.npy("<i8", new int[] {9}, OwnBed.longs(new long[9]))),
                "y has the shape [9]");
        refusesArrays(
                Map.of("lengths", OwnBed.npy("<i8", new int[] {10}, OwnBed.longs(new long[10]))),
                "sequence 1: its length is 0");
        refusesArrays(
                Map.of("times", OwnBed.npy("<f4", new int[] {4}, OwnBed.floats(0, 2, 1, 3))),
                "sequence 2",
                "is before 2");
        refusesArrays(
                Map.of("X", OwnBed.npy("<f4", new int[] {10, 4, 2}, OwnBed.floats(new double[79]))),
                "ends too early");
        TestFiles.write(
                root.resolve("d.npz"),
                "PK no".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        bed.refuses(List.of("d.npz", "no whole .npz"), "arrays", "data.files=d.npz");
        bed.write("d.npy", "no array");
        bed.refuses(List.of("d.npy: is no NumPy array"), "arrays", "data.files=d.npy");
    }

    /** The current folder's files are not those of a folder that is misspelled. */
    @Test
    void aRootThatIsNotThereIsTold() {
        for (String file : List.of("pom.xml", "*.xml")) {
            UserError e =
                    assertThrows(
                            UserError.class,
                            () ->
                                    bed.open(
                                            "table",
                                            "data.root=" + root.resolve("nowhere"),
                                            "data.files=" + file));
            assertTrue(e.getMessage().startsWith("data.root: there is no folder "), e::getMessage);
        }
    }

    /** As the default it is not whatever tables lie in the current folder. */
    @Test
    void aStarIsOfTheRootAlone() {
        assertTrue(Files.exists(Path.of("pom.xml")), "the tests' current folder");
        UserError e =
                assertThrows(
                        UserError.class,
                        () -> OwnFiles.named("data.files", "*", Path.of("data"), Set.of(".xml")));
        assertEquals(
                "data.files: '*' names no file that is read here, there is no folder data",
                e.getMessage());
        assertEquals(
                List.of(Path.of("pom.xml").toAbsolutePath()),
                OwnFiles.named("data.files", "*.xml", Path.of("data"), Set.of(".xml")));
    }

    @Test
    void rawFilesHaveToFitTheModel() throws IOException {
        bed.write("d.csv", GOOD.replace(",1,1,", ",0,1,"));
        Config config = bed.config("table", LONG);
        Splits splits = config.data().open();
        Fitted fitted = OwnBed.fitted(splits);
        bed.write("n.csv", "id,t,y\na,1,1\n");
        refusesRaw(config, fitted, "n.csv:1", "the model's input", "'x'");
        bed.write("n.csv", "id,x\na,1\n");
        refusesRaw(config, fitted, "n.csv:1", "data.time", "'t'");
        Fitted none = new Fitted(splits.shape(), List.of("u", "v"), List.of());
        refusesRaw(config, none, "preparation");
        refusesRaw(
                config,
                new Fitted(splits.shape(), List.of("u", "v"), List.of(), List.of(), "{}"),
                "preparation");
    }

    private void refusesRaw(Config config, Fitted fitted, String... parts) {
        UserError e =
                assertThrows(
                        UserError.class,
                        () -> config.data().samples(root.resolve("n.csv"), fitted));
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
    }
}
