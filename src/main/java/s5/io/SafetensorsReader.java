package s5.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import s5.UserError;
import s5.io.Safetensors.Array;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Reads safetensors, and checks each claim of the header before memory is taken for it. */
final class SafetensorsReader {
    /** Larger headers are refused, as in the reference implementation. */
    private static final long LARGEST_HEADER = 100_000_000;

    private SafetensorsReader() {}

    /** The bytes of a file. */
    interface Bytes {
        /** As {@link FileChannel#read(ByteBuffer, long)}. */
        int read(ByteBuffer to, long at) throws IOException;
    }

    static Safetensors read(Path file) throws IOException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            return read(file, in::read, in.size());
        }
    }

    static Safetensors read(Path file, Bytes in, long size) throws IOException {
        if (size < 8) {
            throw damaged(file, "has " + size + " bytes, too few for the header's length");
        }
        long length = buffer(in, file, 0, 8).getLong();
        if (length < 2 || length > size - 8 || length > LARGEST_HEADER) {
            throw damaged(
                    file,
                    "claims a header of "
                            + Long.toUnsignedString(length)
                            + " bytes in a file of "
                            + size);
        }
        return parse(file, in, header(file, buffer(in, file, 8, (int) length)), 8 + length, size);
    }

    private static JsonNode header(Path file, ByteBuffer bytes) {
        byte[] json = new byte[bytes.remaining()];
        bytes.get(json);
        try {
            JsonNode root = Safetensors.JSON.readTree(json);
            if (root == null || !root.isObject()) {
                throw damaged(file, "has a header that is no JSON object");
            }
            return root;
        } catch (JsonProcessingException e) {
            throw damaged(
                    file,
                    "has a header that is no JSON ("
                            + e.getOriginalMessage().lines().findFirst().orElse("")
                            + ")");
        } catch (IOException e) {
            throw damaged(file, "has a header that is no UTF-8");
        }
    }

    private static Safetensors parse(Path file, Bytes in, JsonNode header, long start, long size)
            throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>();
        List<Place> places = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : header.properties()) {
            if (entry.getKey().equals("__metadata__")) {
                entry.getValue()
                        .properties()
                        .forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
            } else {
                places.add(place(file, entry.getKey(), entry.getValue(), size - start));
            }
        }
        checkPlaces(file, places, size - start);
        Map<String, Array> arrays = new LinkedHashMap<>();
        for (Place place : places) {
            DType type = place.type();
            float[] values = new float[(int) (place.bytes() / type.bytes) * type.parts()];
            type.read(buffer(in, file, start + place.begin(), (int) place.bytes()), values);
            arrays.put(place.name(), new Array(inParts(place.shape(), type.parts()), values));
        }
        boolean exact = places.stream().allMatch(place -> place.type() == DType.F32);
        return new Safetensors(metadata, arrays, exact);
    }

    /** A shape with a last dimension of 2 for the two parts of complex numbers. */
    private static int[] inParts(int[] shape, int parts) {
        return parts == 1
                ? shape
                : IntStream.concat(Arrays.stream(shape), IntStream.of(2)).toArray();
    }

    /**
     * Demands that the arrays fill the data and share no byte of it: or a small file could ask for
     * any amount of memory.
     */
    private static void checkPlaces(Path file, List<Place> places, long size) {
        long at = 0;
        for (Place place :
                places.stream()
                        .filter(p -> p.bytes() > 0)
                        .sorted(Comparator.comparingLong(Place::begin))
                        .toList()) {
            if (place.begin() < at) {
                throw damaged(
                        file, "has an array '" + place.name() + "' that claims bytes of another");
            }
            if (place.begin() > at) {
                throw damaged(
                        file,
                        "has %d bytes of no array before '%s'"
                                .formatted(place.begin() - at, place.name()));
            }
            at = place.end();
        }
        if (at < size) {
            throw damaged(file, "has %d bytes of no array at its end".formatted(size - at));
        }
    }

    /** Where an array lies in the data. */
    private record Place(String name, DType type, int[] shape, long begin, long end) {
        long bytes() {
            return end - begin;
        }
    }

    private static Place place(Path file, String name, JsonNode node, long size) {
        DType type =
                Arrays.stream(DType.values())
                        .filter(t -> t.name().equals(node.path("dtype").asText()))
                        .findFirst()
                        .orElseThrow(() ->
                                damaged(
                                        file,
                                        "has an array '%s' of dtype %s; known are %s"
                                                .formatted(
                                                        name,
                                                        node.path("dtype"),
                                                        Arrays.toString(DType.values()))));
        int[] shape = shape(file, name, node.path("shape"), type);
        JsonNode at = node.path("data_offsets");
        if (!at.isArray() || at.size() != 2 || !isCount(at.get(0)) || !isCount(at.get(1))) {
            throw damaged(file, "has an array '" + name + "' without data_offsets [begin, end]");
        }
        long begin = at.get(0).asLong();
        long end = at.get(1).asLong();
        if (begin < 0 || end - begin != type.bytes * Array.count(shape) || end > size) {
            throw damaged(
                    file,
                    "has an array '%s' of shape %s that claims bytes %d to %d of %d"
                            .formatted(name, Arrays.toString(shape), begin, end, size));
        }
        return new Place(name, type, shape, begin, end);
    }

    /** Not so 1.5, which would be taken for 1. */
    private static boolean isCount(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToLong();
    }

    private static int[] shape(Path file, String name, JsonNode node, DType type) {
        if (!node.isArray()) {
            throw damaged(file, "has an array '" + name + "' with no shape");
        }
        int[] shape = new int[node.size()];
        long count = 1;
        for (int i = 0; i < shape.length; i++) {
            JsonNode s = node.get(i);
            shape[i] = isCount(s) && s.canConvertToInt() ? s.asInt() : -1;
            count *= Math.max(shape[i], 0);
            if (shape[i] < 0 || count > Integer.MAX_VALUE / type.bytes) {
                throw damaged(file, "has an array '" + name + "' of impossible shape " + node);
            }
        }
        return shape;
    }

    private static ByteBuffer buffer(Bytes in, Path file, long at, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (in.read(bytes, at + bytes.position()) < 0) {
                throw damaged(file, "ends at byte " + (at + bytes.position()));
            }
        }
        return bytes.flip();
    }

    private static UserError damaged(Path file, String what) {
        return new UserError(file + ": not a whole safetensors file: it " + what);
    }
}
