package s5.config;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import s5.UserError;
import s5.data.DataSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Every kind of mistake gets one line with its place and remedy. */
class ConfigMistakesTest {
    @TempDir Path folder;

    private static final String SETS = String.join(", ", Schema.spellings(DataSource.class));

    private static Arguments bad(String yaml, String message) {
        return Arguments.of(yaml, message);
    }

    static Stream<Arguments> files() {
        return Stream.of(
                bad("", "run.yaml: is empty; it needs at least data: {set: NAME}"),
                bad("# only a comment\n", "run.yaml: is empty"),
                bad("3", "run.yaml:1:1: must consist of lines like key: value"),
                bad("- a", "run.yaml:1:1: must consist of lines like key: value"),
                bad("seed: 3", "run.yaml: data.set: is missing; give it one of: " + SETS),
                // names
                bad(
                        "model:\n  blokcs: 3",
                        "run.yaml:2:3: model.blokcs: no such key; did you mean model.blocks?"),
                bad("modle: {}", "run.yaml:1:1: modle: no such key; did you mean model?"),
                bad("modle:\n  states: 3", "run.yaml:1:1: modle: no such key; did you mean model?"),
                bad("model: {epochs: 3}", "model.epochs: no such key; did you mean train.epochs?"),
                bad("train: {bsz: 3}", "train.bsz: no such key; did you mean train.batch?"),
                bad(
                        "model.blocks: 3",
                        "run.yaml:1:1: model.blocks: a key with a dot; in a file it stands below"
                                + " its section"),
                bad(
                        "train: {frobnicate: 3}",
                        "train.frobnicate: no such key; train has epochs, batch, "),
                bad("<<: {seed: 3}", "run.yaml:1:1: <<: no such key; there are name, seed, "),
                bad(
                        "data: {set: mnits}",
                        "run.yaml:1:13: data.set: must be one of "
                                + SETS
                                + ", not the text 'mnits'; did you mean smnist?"),
                bad(
                        "data: {set: wikitext}",
                        "must be one of " + SETS + ", not the text 'wikitext'"),
                bad(
                        "model: {norm: bacth}",
                        "model.norm: must be one of batch, layer, not the text 'bacth'; did you"
                                + " mean batch?"),
                bad(
                        "train: {opt_config: noBdecay}",
                        "must be one of standard, BandCdecay, BfastandCdecay, noBCdecay, not the"
                                + " text 'noBdecay'; did you mean noBCdecay?"),
                bad(
                        "precision: 16",
                        "run.yaml:1:12: precision: must be one of tf32, fp32, bf16, not 16"),
                // types
                bad(
                        "train:\n  epochs: 1.5",
                        "run.yaml:2:11: train.epochs: must be a whole number in plain digits, not"
                                + " 1.5"),
                bad("train: {epochs: 3.0}", "must be a whole number in plain digits, not 3.0"),
                bad("train: {epochs: 1e3}", "must be a whole number in plain digits, not 1e3"),
                bad(
                        "train: {epochs: '3'}",
                        "must be a whole number in plain digits, not the text '3'"),
                bad("train: {epochs: 010}", "must be a whole number in plain digits, not 010"),
                bad("train: {epochs: 0x10}", "must be a whole number in plain digits, not 0x10"),
                bad("train: {epochs: true}", "must be a whole number in plain digits, not true"),
                bad(
                        "train: {epochs: many}",
                        "must be a whole number in plain digits, not the text 'many'"),
                bad("train: {ssm_lr: fast}", "train.ssm_lr: must be a number, not the text 'fast'"),
                bad("train: {ssm_lr: '0.1'}", "train.ssm_lr: must be a number, not the text '0.1'"),
                bad("train: {ssm_lr: .nan}", "train.ssm_lr: must be a number, not .nan"),
                bad("train: {ssm_lr: NaN}", "train.ssm_lr: must be a number, not the text 'NaN'"),
                bad("train: {ssm_lr: .inf}", "train.ssm_lr: must be a number, not .inf"),
                bad("train: {ssm_lr: true}", "train.ssm_lr: must be a number, not true"),
                bad("train: {ssm_lr: 1e999}", "train.ssm_lr: is too large: 1e999"),
                bad("model: {conj_sym: 1}", "model.conj_sym: must be true or false, not 1"),
                bad("model: {conj_sym: 'true'}", "must be true or false, not the text 'true'"),
                bad("model: {conj_sym: yes}", "must be true or false, not yes"),
                bad(
                        "device: 0",
                        "device: must be text, and YAML takes 0 for something else; put it in"
                                + " quotes"),
                bad("name: no", "name: must be text, and YAML takes no for something else"),
                bad(
                        "train: {epochs: 99999999999}",
                        "train.epochs: is too large: 99999999999; at most 2147483647"),
                bad(
                        "seed: 99999999999999999999",
                        "seed: is too large: 99999999999999999999; at most 9223372036854775807"),
                bad(
                        "seed: " + "9".repeat(5000),
                        "seed: must be a whole number in plain digits, not the text '9999"),
                // structure
                bad("seed:", "run.yaml:1:6: seed: has no value; give one or leave the key out"),
                bad("seed: null", "seed: has no value"),
                bad("seed: ~", "seed: has no value"),
                bad("seed: []", "run.yaml:1:1: seed: takes one value, not a list"),
                bad("seed: {a: 1}", "seed: takes one value, not a mapping"),
                bad(
                        "train:",
                        "run.yaml:1:1: train: is a section and needs lines like key: value below"
                                + " it, indented, not nothing"),
                bad(
                        "train: 3",
                        "train: is a section and needs lines like key: value below it, indented,"
                                + " not a single value"),
                bad(
                        "train: [epochs]",
                        "train: is a section and needs lines like key: value below it, indented,"
                                + " not a list"),
                bad(
                        "seed: 1\nname: a\nseed: 2",
                        "run.yaml:3:1: seed: given twice, first on line 1"),
                bad(
                        "train: {epochs: 1}\ntrain: {batch: 2}",
                        "run.yaml:2:1: train: given twice, first on line 1"),
                bad(
                        "train:\n  epochs: 1\n  epochs: 1",
                        "run.yaml:3:3: train.epochs: given twice, first on line 2"),
                bad("name: *a", "name: aliases and tags (* and !) are not supported"),
                bad("seed: !!str 3", "seed: aliases and tags"),
                bad("seed: !odd 3", "seed: aliases and tags"),
                bad("seed: 3\n---\nseed: 4", "run.yaml:3:1: a second document; only one is read"),
                bad(
                        "train:\n  epochs: 1\n batch: 3",
                        "run.yaml:3:2: not valid YAML: expected <block end>, but found '<block"
                                + " mapping start>'; check indentation and quotes"),
                bad("name: 'x", "run.yaml:1:9: not valid YAML: found unexpected end of stream"),
                bad("train: {epochs: 1", "run.yaml:1:18: not valid YAML: expected ',' or '}'"),
                bad(
                        "seed: 1\n\tname: x",
                        "run.yaml:2:1: not valid YAML: found character '\\t(TAB)' that cannot start"
                                + " any token."),
                bad("? [a]\n: 1", "run.yaml:1: a key is plain text, not a list or a mapping (?)"),
                bad(
                        "data: {set: smnist, root: ~/data}",
                        "run.yaml:1:27: data.root: ~ is the home folder to the shell only"),
                bad(
                        "seed: 1\nname: \0",
                        "run.yaml:2:7: a control character (U+0000); a config is plain text"),
                bad("seed: " + "[".repeat(100_000), "seed: takes one value, not a list"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void inAFile(String yaml, String message) {
        UserError e =
                assertThrows(
                        UserError.class,
                        () -> ConfigLoader.parse(yaml, Path.of("run.yaml"), List.of()));
        assertAll(
                () -> assertTrue(e.getMessage().startsWith("run.yaml:"), e.getMessage()),
                () -> assertTrue(e.getMessage().contains(message), e.getMessage()),
                () -> assertTrue(e.getMessage().matches("\\P{Cntrl}+"), e.getMessage()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train.epcohs=3 | train.epcohs: no such key; did you mean train.epochs?",
                "epohcs=3       | epohcs: no such key; did you mean train.epochs?",
                "model.d_model=3| model.d_model: no such key; did you mean model.features?",
                "xyz.w=3        | xyz.w: no such key; the sections are data, model, train",
                "train=3        | train: is a section; write train.KEY=VALUE",
                "train.epochs   | 'train.epochs': a setting is a word like key=value",
                "=3             | '=3': a setting is a word like key=value",
                "train.epochs=  | train.epochs: must be a whole number in plain digits, not ''",
                "train.epochs=two | train.epochs: must be a whole number in plain digits, not"
                        + " 'two'",
                "train.ssm_lr=1,5 | train.ssm_lr: must be a number, not '1,5'",
                "out=~           | out: ~ is the home folder to the shell only, and only where a"
                        + " word begins; write the path in full",
                "data.cache_dir=~/c | data.cache_dir: ~ is the home folder to the shell only, and"
                        + " only where a word begins; write the path in full",
                "model.conj_sym=1 | model.conj_sym: must be true or false, not '1'",
                "model.norm=null  | model.norm: must be one of batch, layer, not 'null'",
                "data.max_depth=3 | data.max_depth: is for data.set=listops only, and data.set is"
                        + " smnist here; leave it out",
                "data.length=100  | data.length: is for data.set=listops or imdb or aan or series"
                    + " or table or arrays or sql or program or examples or audio or text only, and"
                    + " data.set is smnist here; leave it out",
            })
    void onTheCommandLine(String word, String message) {
        UserError e =
                assertThrows(
                        UserError.class,
                        () ->
                                ConfigLoader.parse(
                                        "data: {set: smnist}", Path.of("run.yaml"), List.of(word)));
        assertEquals("command line: " + message, e.getMessage());
    }

    /**
     * A value just inside each bound is taken, one just outside refused by a message naming the
     * key.
     */
    @ParameterizedTest
    @CsvSource({
        "seed,               0,       -1",
        "threads,            0,       -1",
        "threads,            4096,    4097",
        "device,             cuda:0,  cuda",
        "device,             opencl:12, opencl:-1",
        "device,             gpu,     tpu",
        "name,               a.b-C_1, a/b",
        "name,               a,       .a",
        "name,               a,       ''",
        "out,                x,       ' '",
        "data.root,          ..,      ''",
        "data.seed,          0,       -1",
        "data.validation,    0,       1",
        "data.validation,    0.99,    -0.1",
        "model.features,     1,       0",
        "model.features,     65536,   65537",
        "model.states,       16,      0",
        "model.blocks,       128,     0",
        "model.blocks,       4,       3",
        "model.blocks,       64,      256",
        "model.layers,       1,       0",
        "model.dt_min,       1e-9,    0",
        "model.dt_min,       0.1,     0.2",
        "model.dt_max,       0.001,   -1",
        "model.bn_momentum,  0,       1",
        "model.dropout,      0.999,   1",
        "model.dropout,      0,       -0.1",
        "train.epochs,       1,       0",
        "train.batch,        1,       0",
        "train.ssm_lr,       1e-30,   0",
        "train.lr_factor,    0.001,   -1",
        "train.lr_min,       0.001,   0.0011",
        "train.lr_min,       0,       -1",
        "train.warmup_epochs, 100,    100.5",
        "train.warmup_epochs, 0,      -1",
        "train.weight_decay, 0,       -0.1",
        "train.plateau_factor, 1,     1.1",
        "train.plateau_factor, 0.1,   0",
        "train.plateau_patience, 1,   0",
        "train.early_stop_patience, 1, 0",
        "train.eval_batch,   0,       -1",
    })
    void outOfRange(String key, String good, String bad) {
        assertDoesNotThrow(() -> ConfigLoader.of("data.set=smnist", key + "=" + good));
        UserError e =
                assertThrows(
                        UserError.class, () -> ConfigLoader.of("data.set=smnist", key + "=" + bad));
        assertTrue(e.getMessage().startsWith("settings: " + key + ": "), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "model.states=12 | model.blocks: 8 does not divide model.states 12",
                "model.states=24 | model.blocks: 8 blocks of model.states 24 have size 3, which is"
                        + " odd; model.conj_sym needs an even size",
                "model.pooling=last | model.pooling: last does not work with padded sequences, and"
                        + " those of data.set listops are; use mean, or model.mask_states=true",
                "model.dt_min=1  | model.dt_min: 1.0 is larger than model.dt_max 0.1",
                "train.epochs=0  | train.epochs: must be from 1 to 1000000, not 0",
                "train.lr_min=1  | train.lr_min: 1.0 is above the lower of the two learning rates,"
                        + " 0.001",
                "data.length=40  | data.length: 40 would cut generated expressions, which have up"
                        + " to 59 tokens and an end mark; lower data.max_length to 40 or raise"
                        + " data.length",
                "data.min_length=59 | data.max_length: 60 leaves no length above data.min_length"
                        + " 59",
                "data.max_depth=2 | data.min_length: no expression is longer than 10: with"
                        + " data.max_depth 2 and data.max_args 5 the longest has 7 tokens",
                "data.train_size=63 | train.batch: 64 is more than data.train_size 63, so an epoch"
                        + " would have no step",
            })
    void contradictions(String word, String message) {
        List<String> words =
                List.of(
                        "data.set=listops",
                        "data.source=generate",
                        "data.min_length=10",
                        "data.max_length=60",
                        "data.max_args=5",
                        word);
        UserError e =
                assertThrows(UserError.class, () -> ConfigLoader.of(words.toArray(String[]::new)));
        assertTrue(e.getMessage().endsWith(": " + message), e.getMessage());
    }

    /**
     * Without conj_sym a block may have an odd size; unpadded data may be pooled by the last
     * position.
     */
    @Test
    void noContradictions() {
        assertEquals(
                24,
                ConfigLoader.of("data.set=smnist", "model.states=24", "model.conj_sym=false")
                        .model()
                        .localStates());
        assertDoesNotThrow(() ->
                ConfigLoader.of(
                        "data.set=smnist", "model.pooling=last", "model.bidirectional=true"));
    }

    /** An error found when all is read still names the line of the key. */
    @Test
    void rangesNameTheLine() {
        String yaml = "data: {set: smnist}\nmodel:\n  blocks: 3\n";
        UserError e =
                assertThrows(
                        UserError.class,
                        () -> ConfigLoader.parse(yaml, Path.of("run.yaml"), List.of()));
        assertEquals(
                "run.yaml:3:11: model.blocks: 3 does not divide model.states 256", e.getMessage());
    }

    @Test
    void filesThatAreNoConfig() throws IOException {
        Files.writeString(folder.resolve("smnist.yaml"), "data: {set: smnist}");
        Path latin =
                Files.write(
                        folder.resolve("latin.yaml"),
                        "seed: 1\nname: é".getBytes(StandardCharsets.ISO_8859_1));
        Files.write(folder.resolve("wide.yaml"), "seed: 1".getBytes(StandardCharsets.UTF_16));
        Path large = Files.write(folder.resolve("large.yaml"), new byte[(1 << 20) + 1]);
        assertAll(
                () ->
                        assertEquals(
                                ": no such file; did you mean "
                                        + folder.resolve("smnist.yaml")
                                        + "?",
                                loading("smnits.yaml")),
                () -> assertEquals(": no such file", loading("other.yaml")),
                () ->
                        assertEquals(
                                ": no such file; there is no folder "
                                        + folder.resolve("a")
                                        + " either",
                                loading("a/b.yaml")),
                () -> assertEquals(": is a folder, not a config file", loading("")),
                () ->
                        assertEquals(
                                ":2: is not UTF-8 text (byte 0xE9 at offset 14)",
                                loading("latin.yaml")),
                () ->
                        assertEquals(
                                ":1: is not UTF-8 text (byte 0xFE at offset 0)",
                                loading("wide.yaml")),
                () ->
                        assertEquals(
                                ": is larger than 1 MiB, so it is no config file",
                                loading("large.yaml")),
                () -> assertEquals(": cannot be read: Not a directory", loading("smnist.yaml/x")));
        assertTrue(Files.exists(latin) && Files.exists(large));
    }

    /** What is said after the path. */
    private String loading(String name) {
        Path file = folder.resolve(name);
        UserError e = assertThrows(UserError.class, () -> ConfigLoader.load(file, List.of()));
        assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
        return e.getMessage().substring(file.toString().length());
    }

    @ParameterizedTest
    @CsvSource({"kitten, sitting, 3", "trian, train, 1", "'', abc, 3", "ABC, abc, 0", "ca, abc, 3"})
    void edits(String from, String to, int expected) {
        assertEquals(expected, Messages.edits(from, to));
        assertEquals(expected, Messages.edits(to, from));
    }
}
