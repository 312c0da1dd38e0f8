package s5.exchange.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.run.TinyRun;
import s5.run.TinyRun.Ended;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * That the file is a graph as onnx.proto3 has it; what it computes is for OnnxRuntimeTest, which
 * has ONNX Runtime.
 */
class OnnxFileTest {
    @TempDir Path folder;

    /** The fields of a message: its number, and a varint as Long or bytes. */
    private static void fields(byte[] message, BiConsumer<Integer, Object> each) {
        ByteBuffer in = ByteBuffer.wrap(message);
        while (in.hasRemaining()) {
            long tag = varint(in);
            switch ((int) tag & 7) {
                case 0 -> each.accept((int) (tag >>> 3), varint(in));
                case 2 -> {
                    byte[] bytes = new byte[(int) varint(in)];
                    in.get(bytes);
                    each.accept((int) (tag >>> 3), bytes);
                }
                case 5 -> each.accept((int) (tag >>> 3), in.getInt());
                default -> throw new AssertionError("wire type of " + tag);
            }
        }
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = in.get();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }

    private static List<String> texts(byte[] message, int field) {
        List<String> all = new ArrayList<>();
        fields(
                message,
                (number, value) -> {
                    if (number == field) {
                        all.add(new String((byte[]) value, StandardCharsets.UTF_8));
                    }
                });
        return all;
    }

    private static List<byte[]> messages(byte[] message, int field) {
        List<byte[]> all = new ArrayList<>();
        fields(
                message,
                (number, value) -> {
                    if (number == field) {
                        all.add((byte[]) value);
                    }
                });
        return all;
    }

    private Ended export(String file, String... more) {
        Stream<String> words =
                Stream.of(
                        "export",
                        folder.resolve("run/best.safetensors").toString(),
                        folder.resolve(file).toString());
        return TinyRun.s5(Stream.concat(words, Stream.of(more)).toArray(String[]::new));
    }

    @Test
    void theFileIsAWholeGraph() throws IOException {
        TinyRun tiny = new TinyRun(folder);
        assertEquals(0, tiny.train("run", "train.epochs=1", "model.mask_states=true").code());
        Ended ended = export("a.onnx");
        assertEquals(0, ended.code(), ended.err());
        assertTrue(ended.out().contains("opset 17, sequences of length 24"), ended.out());
        byte[] model = Files.readAllBytes(folder.resolve("a.onnx"));
        byte[] opset = messages(model, 8).getFirst();
        fields(
                opset,
                (number, value) -> {
                    if (number == 2) {
                        assertEquals(17L, value);
                    }
                });
        assertEquals(
                List.of("classes", "tokens"),
                messages(model, 14).stream().map(m -> texts(m, 1).getFirst()).toList());
        byte[] graph = messages(model, 7).getFirst();
        // every argument is there before its node, every result is new
        Set<String> known = new HashSet<>();
        for (int field : new int[] {5, 11}) {
            for (byte[] value : messages(graph, field)) {
                assertTrue(known.add(texts(value, field == 5 ? 8 : 1).getFirst()));
            }
        }
        assertTrue(known.containsAll(Set.of("tokens", "lengths", "decoder/kernel")));
        Set<String> operators = new HashSet<>();
        for (byte[] node : messages(graph, 1)) {
            assertTrue(known.containsAll(texts(node, 1)), () -> texts(node, 1).toString());
            texts(node, 2).forEach(name -> assertTrue(known.add(name), name));
            operators.addAll(texts(node, 4));
        }
        assertFalse(operators.contains("Loop") || operators.contains("Scan"), "no loops");
        List<String> outputs = new ArrayList<>();
        messages(graph, 12).forEach(value -> outputs.addAll(texts(value, 1)));
        assertEquals(List.of("log_probs"), outputs);
        assertTrue(known.containsAll(outputs));
        // the same again, and another length
        assertEquals(0, export("b.onnx").code());
        assertArrayEquals(model, Files.readAllBytes(folder.resolve("b.onnx")));
        assertTrue(export("c.onnx", "length=100").out().contains("of length 100"));
        assertMistake(export("a.onnx"), "a.onnx: is there already");
        assertMistake(export("d.onnx", "complex=true"), "are for weights");
        assertMistake(export("d.npz", "length=9"), "length is for .onnx");
        assertMistake(export("d.onnx", "length=-1"), "must be 0 or more");
    }

    private static void assertMistake(Ended ended, String part) {
        assertEquals(2, ended.code(), ended.out());
        assertEquals(1, ended.err().lines().count(), ended.err());
        assertTrue(ended.err().contains(part), ended.err());
    }
}
