package s5.data.own;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import s5.UserError;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Fitted;
import s5.data.Splits;
import s5.data.TestFiles;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A folder with own sequences, and configs that read them. */
final class OwnBed {
    final Path root;

    OwnBed(Path root) {
        this.root = root;
    }

    void write(String name, String content) throws IOException {
        TestFiles.write(root.resolve(name), content);
    }

    Config config(String set, String... words) {
        List<String> all = new ArrayList<>();
        all.add("data.set=" + set);
        all.add("data.root=" + root);
        all.add("data.cache_dir=" + root.resolve("cache"));
        all.addAll(Arrays.asList(words));
        return ConfigLoader.of(all.toArray(String[]::new));
    }

    Splits open(String set, String... words) {
        return config(set, words).data().open();
    }

    static Fitted fitted(Splits splits) {
        Dataset train = splits.train();
        return new Fitted(
                train.shape(),
                train.classNames(),
                train.tokenNames(),
                train.targetNames(),
                train.preparation());
    }

    /** One line, which has all of these in it, and no cache left. */
    void refuses(List<String> parts, String set, String... words) {
        UserError e = assertThrows(UserError.class, () -> open(set, words));
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), e.getMessage() + " lacks " + part);
        }
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
        assertFalse(Files.exists(root.resolve("cache")), "a cache is left behind");
    }

    static Batch read(Dataset data, int i) {
        Batch batch = new Batch(data.shape(), 1);
        data.read(i, batch, 0);
        return batch;
    }

    /** Raw samples come out as those of the same names in a split. */
    static void assertSame(Dataset split, Dataset raw) {
        int found = 0;
        for (int i = 0; i < split.size(); i++) {
            for (int j = 0; j < raw.size(); j++) {
                if (split.id(i).equals(raw.id(j))) {
                    Batch a = read(split, i);
                    Batch b = read(raw, j);
                    assertArrayEquals(a.x, b.x, split.id(i));
                    assertArrayEquals(a.lengths, b.lengths, split.id(i));
                    assertArrayEquals(a.dt, b.dt, split.id(i));
                    found++;
                }
            }
        }
        assertEquals(split.size(), found, "samples with a raw one of their names");
        assertEquals(split.preparation(), raw.preparation());
    }

    /**
     * A long table of slow and fast waves at irregular times, its rows shuffled: id, time, a, b,
     * note, person, label, level.
     */
    static String waves(int sequences, long seed, boolean answers) {
        Random random = new Random(seed);
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < sequences; i++) {
            boolean fast = i % 2 == 1;
            double t = 100 * random.nextDouble();
            double level = 5 + random.nextGaussian();
            int length = 9 + random.nextInt(6);
            for (int k = 0; k < length; k++) {
                t += 0.25 * (1 + random.nextInt(3));
                double a = 40 + 3 * Math.sin(t * (fast ? 3 : 1)) + 0.1 * random.nextGaussian();
                String b =
                        random.nextInt(10) == 0
                                ? ""
                                : String.format(Locale.ROOT, "%.3f", level + 0.1 * k);
                String row = String.format(Locale.ROOT, "s%d,%.3f,%.4f,%s,\"a, note\"", i, t, a, b);
                rows.add(
                        answers
                                ? row
                                        + String.format(
                                                Locale.ROOT,
                                                ",p%d,%s,%.4f",
                                                i / 4,
                                                fast ? "fast" : "slow",
                                                level)
                                : row);
            }
        }
        java.util.Collections.shuffle(rows, random);
        String head = answers ? "id,time,a,b,note,person,label,level" : "id,time,a,b,note";
        return head + "\r\n" + String.join("\r\n", rows) + "\r\n";
    }

    /** An array as NumPy saves it. */
    static byte[] npy(String descr, int[] shape, ByteBuffer values) {
        String sizes =
                Arrays.toString(shape)
                        .replace("[", "(")
                        .replace("]", shape.length == 1 ? ",)" : ")");
        return npy(
                "{'descr': '%s', 'fortran_order': False, 'shape': %s, }".formatted(descr, sizes),
                values);
    }

    static byte[] npy(String header, ByteBuffer values) {
        byte[] text =
                (header + " ".repeat(63 - (header.length() + 10) % 64) + "\n")
                        .getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes =
                ByteBuffer.allocate(10 + text.length + values.remaining())
                        .order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 0x93)
                .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 1)
                .put((byte) 0);
        bytes.putShort((short) text.length).put(text).put(values.duplicate());
        return bytes.array();
    }

    static ByteBuffer floats(double... values) {
        ByteBuffer b = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (double v : values) {
            b.putFloat((float) v);
        }
        return b.flip();
    }

    static ByteBuffer longs(long... values) {
        ByteBuffer b = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long v : values) {
            b.putLong(v);
        }
        return b.flip();
    }

    static byte[] npz(Map<String, byte[]> arrays) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> array : arrays.entrySet()) {
                zip.putNextEntry(new ZipEntry(array.getKey() + ".npy"));
                zip.write(array.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }
}
