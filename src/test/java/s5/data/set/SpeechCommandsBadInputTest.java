package s5.data.set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import static s5.data.TestFiles.assertUserError;
import static s5.data.set.SpeechTestFiles.chunk;
import static s5.data.set.SpeechTestFiles.format;
import static s5.data.set.SpeechTestFiles.riff;
import static s5.data.set.SpeechTestFiles.text;
import static s5.data.set.SpeechTestFiles.wav;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.Main;
import s5.data.TestFiles;
import s5.data.set.Sc35.Normalization;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** Damages one thing of a good set at a time, in the archive and in the folder. */
class SpeechCommandsBadInputTest {
    @TempDir Path root;

    private void open() {
        SpeechCommands.open(root, root.resolve("cache"), Normalization.OFFICIAL);
    }

    private void assertRefused(String... parts) throws IOException {
        assertUserError(this::open, parts);
        assertFalse(Files.exists(root.resolve("cache")), "no cache may be left");
    }

    /** The set with a file put in place of another, or removed when {@code content} is null. */
    private void assertRefusedWith(String name, byte[] content, String message) throws IOException {
        Map<String, byte[]> files = SpeechTestFiles.good();
        files.remove(name);
        if (content != null) {
            files.put(name, content);
        }
        Path archive = SpeechTestFiles.writeArchive(root, files);
        boolean list = content == null;
        assertRefused(archive + (list ? ": " : ": " + name), message);
        Files.delete(archive);

        Path folder = root.resolve("speech_commands");
        SpeechTestFiles.writeFolder(folder, files);
        if (content == null) {
            Files.deleteIfExists(folder.resolve(name));
        }
        assertRefused(list ? folder.toString() : folder.resolve(name).toString());
        SpeechTestFiles.writeFolder(folder, SpeechTestFiles.good());
        open();
        for (Path made : TestFiles.tree(root).reversed()) {
            if (!made.equals(root)) {
                Files.delete(made);
            }
        }
    }

    @Test
    void clipInStereo() throws IOException {
        byte[] data = chunk("data", new byte[32_000]);
        byte[] stereo = riff(chunk("fmt ", format(1, 2, 16_000, 16)), data);
        assertRefusedWith("yes/a_nohash_0.wav", stereo, "has 2 channels");
    }

    @Test
    void clipOf8Bits() throws IOException {
        byte[] data = chunk("data", new byte[16_000]);
        byte[] bytes = riff(chunk("fmt ", format(1, 1, 16_000, 8)), data);
        assertRefusedWith("down/c_nohash_0.wav", bytes, "has samples of 8 bits");
    }

    @Test
    void clipAtAnotherRate() throws IOException {
        byte[] data = chunk("data", new byte[16_000]);
        byte[] bytes = riff(chunk("fmt ", format(1, 1, 8_000, 16)), data);
        assertRefusedWith("zero/a_nohash_0.wav", bytes, "has 8000 samples a second");
    }

    @Test
    void clipTooLong() throws IOException {
        assertRefusedWith("yes/b_nohash_0.wav", wav(16_001, 1), "has 16001 samples");
    }

    @Test
    void clipCutOff() throws IOException {
        byte[] cut = Arrays.copyOf(wav(16_000, 1), 20_000);
        assertRefusedWith("yes/b_nohash_0.wav", cut, "is cut off");
        assertRefusedWith("yes/b_nohash_0.wav", new byte[0], "ends after 0 bytes");
    }

    @Test
    void clipFarTooLarge() throws IOException {
        assertRefusedWith("yes/b_nohash_0.wav", new byte[(1 << 24) + 1], "far more than a clip");
    }

    @Test
    void clipMissing() throws IOException {
        Map<String, byte[]> files = SpeechTestFiles.good();
        files.remove("down/e_nohash_0.wav");
        SpeechTestFiles.writeArchive(root, files);
        assertRefused("testing_list.txt", "down/e_nohash_0.wav", "is missing", "incomplete");
    }

    @Test
    void aWholeWordMayBeMissing() throws IOException {
        Map<String, byte[]> files = SpeechTestFiles.good();
        files.keySet().removeIf(name -> name.startsWith("zero/"));
        SpeechTestFiles.writeArchive(root, files);
        open();
    }

    @Test
    void clipTwice() throws IOException {
        Map<String, byte[]> files = SpeechTestFiles.good();
        files.put("again/yes/a_nohash_0.wav", wav(16_000, 1));
        SpeechTestFiles.writeArchive(root, files);
        assertRefused("again/yes/a_nohash_0.wav", "occurs twice");
    }

    @Test
    void listMissing() throws IOException {
        for (String list : SpeechFiles.LISTS) {
            assertRefusedWith(list, null, "holds no " + list);
        }
    }

    @Test
    void listOfAnotherForm() throws IOException {
        assertRefusedWith(
                "testing_list.txt",
                text("down/e_nohash_0.wav\n\nyes a_nohash_0.wav\n"),
                "line 3: 'yes a_nohash_0.wav' is not of the form WORD/NAME.wav");
        assertRefusedWith("testing_list.txt", new byte[] {-1, 0, 7, '\n'}, "line 1: ");
    }

    @Test
    void clipInBothLists() throws IOException {
        assertRefusedWith(
                "testing_list.txt",
                text("down/e_nohash_0.wav\nyes/b_nohash_0.wav\n"),
                "yes/b_nohash_0.wav stands twice");
    }

    @Test
    void emptySplits() throws IOException {
        Map<String, byte[]> files = SpeechTestFiles.good();
        files.put("testing_list.txt", text(""));
        SpeechTestFiles.writeArchive(root, files);
        assertRefused("has 0 clips for test of 8 in all");
        files.keySet().removeIf(name -> name.matches("yes/a_.*|down/[cd].*"));
        files.put("testing_list.txt", text("down/e_nohash_0.wav\n"));
        SpeechTestFiles.writeArchive(root, files);
        assertRefused("has 1 clips for train of 4 in all; at least 2");
        files.keySet().removeIf(name -> name.endsWith(".wav"));
        SpeechTestFiles.writeArchive(root, files);
        assertRefused("has 0 clips for train of 0 in all");
    }

    @Test
    void archives() throws IOException {
        byte[] good = TestFiles.tarGz(SpeechTestFiles.good());
        Path archive = root.resolve(SpeechTestFiles.NAME);
        TestFiles.write(archive, Arrays.copyOf(good, good.length / 2));
        assertRefused(archive.toString(), "ends too early");
        TestFiles.write(archive, Arrays.copyOf(good, good.length - 5));
        assertRefused(archive.toString(), "ends too early");
        byte[] flipped = good.clone();
        flipped[good.length - 6] ^= 1; // the sum of all that was unpacked
        TestFiles.write(archive, flipped);
        assertRefused(archive.toString(), "damaged gzip file");
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(good))) {
            TestFiles.write(archive, TestFiles.gzip(in.readNBytes(50_000)));
        }
        assertRefused(archive.toString(), "damaged tar archive");
        TestFiles.write(archive, "<html>Not found</html>");
        assertRefused(
                archive.toString(), "is not gzipped, although its name says so; download it again");
        TestFiles.write(archive, new byte[0]);
        assertRefused(archive.toString(), "ends too early");
        TestFiles.write(archive, TestFiles.gzip(text("no tar archive but a text of one line")));
        assertRefused(archive.toString());
    }

    @Test
    void nothingThere() throws IOException {
        assertRefused(
                "data.root: Speech Commands not found",
                root.resolve("speech_commands").toString(),
                "s5 download sc35");
        Path none = root.resolve("nowhere");
        assertUserError(
                () -> SpeechCommands.open(none, root.resolve("cache"), Normalization.OFFICIAL),
                "data.root",
                none.toString());
    }

    @Test
    void severalArchives() throws IOException {
        TestFiles.write(root.resolve("speech_commands/speech_commands_a.tar.gz"), new byte[0]);
        TestFiles.write(root.resolve("speech_commands/speech_commands_b.tar.gz"), new byte[0]);
        assertRefused("speech_commands_a.tar.gz and speech_commands_b.tar.gz", "keep the one");
    }

    @Test
    void silenceHasNoGlobalScale() throws IOException {
        Map<String, byte[]> files = SpeechTestFiles.good();
        files.replaceAll((name, content) -> name.endsWith(".wav") ? wav(16_000, 0) : content);
        SpeechTestFiles.writeArchive(root, files);
        open();
        assertUserError(
                () -> SpeechCommands.open(root, root.resolve("cache"), Normalization.GLOBAL),
                "data.normalization",
                "silent");
    }

    /** By the command line: one line on standard error and exit code 2. */
    @Test
    void exitCode() throws IOException {
        Map<String, byte[]> files = SpeechTestFiles.good();
        files.put("yes/a_nohash_0.wav", wav(16_001, 1));
        Path archive = SpeechTestFiles.writeArchive(root, files);
        StringWriter err = new StringWriter();
        String[] words = {
            "train",
            "configs/sc35.yaml",
            "device=cpu",
            "data.root=" + root,
            "data.cache_dir=" + root.resolve("cache"),
            "out=" + root.resolve("run")
        };
        assertEquals(2, Main.run(words, new PrintWriter(new StringWriter()), new PrintWriter(err)));
        String message =
                "s5: %s: yes/a_nohash_0.wav: has 16001 samples, more than the 16000 of a second; cut it"
                        .formatted(archive);
        assertEquals(List.of(message), err.toString().lines().toList());
        assertFalse(Files.exists(root.resolve("cache")));
    }
}
