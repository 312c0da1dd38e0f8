package s5.exchange.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An ONNX graph that grows node by node. Values are known by their names. The numbers of fields and
 * types are those of onnx.proto3.
 */
final class Graph {
    /** The version of ONNX's operators: the first with LayerNormalization. */
    static final int OPSET = 17;

    private static final int IR_VERSION = 8;
    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    private final List<Protobuf> nodes = new ArrayList<>();
    private final List<Protobuf> initializers = new ArrayList<>();
    private final List<Protobuf> inputs = new ArrayList<>();
    private final List<Protobuf> outputs = new ArrayList<>();
    private final Map<String, String> constants = new HashMap<>(); // by their content
    private int counter;

    /** An attribute of a node. */
    record Attribute(String name, Protobuf message) {
        static Attribute integer(String name, long value) {
            return new Attribute(name, named(name).integer(3, value).integer(20, 2));
        }

        static Attribute number(String name, float value) {
            return new Attribute(name, named(name).number(2, value).integer(20, 1));
        }

        static Attribute integers(String name, long... values) {
            Protobuf message = named(name);
            for (long value : values) {
                message.integer(8, value);
            }
            return new Attribute(name, message.integer(20, 7));
        }

        private static Protobuf named(String name) {
            return new Protobuf().text(1, name);
        }
    }

    /**
     * Adds a node with one result.
     *
     * @return the result's name
     */
    String node(String operator, List<String> arguments, Attribute... attributes) {
        return nodes(operator, 1, arguments, attributes).getFirst();
    }

    /** The same of values alone. */
    String node(String operator, String... arguments) {
        return node(operator, List.of(arguments));
    }

    /** Adds a node with several results. */
    List<String> nodes(
            String operator, int results, List<String> arguments, Attribute... attributes) {
        Protobuf node = new Protobuf();
        arguments.forEach(argument -> node.text(1, argument));
        List<String> names = new ArrayList<>();
        for (int i = 0; i < results; i++) {
            String name = "v" + counter++;
            names.add(name);
            node.text(2, name);
        }
        node.text(3, operator + "_" + nodes.size()).text(4, operator);
        for (Attribute attribute : attributes) {
            node.message(5, attribute.message());
        }
        nodes.add(node);
        return names;
    }

    /** A constant that has a name of its own: a weight. */
    String weight(String name, float[] values, int... shape) {
        ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        return constant(name, FLOAT, data, shape);
    }

    /** Any other constant; equal ones are kept once. */
    String floats(float[] values, int... shape) {
        String content = Arrays.toString(values) + Arrays.toString(shape);
        String known = constants.get(content);
        if (known == null) {
            known = weight("c" + counter++, values, shape);
            constants.put(content, known);
        }
        return known;
    }

    /** A single number. */
    String scalar(double value) {
        return floats(new float[] {(float) value});
    }

    /** A vector of whole numbers. */
    String integers(long... values) {
        return integers(values, values.length);
    }

    /** Whole numbers of a shape. */
    String integers(long[] values, int... shape) {
        String content = "i" + Arrays.toString(values) + Arrays.toString(shape);
        String known = constants.get(content);
        if (known == null) {
            ByteBuffer data = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
            data.asLongBuffer().put(values);
            known = constant("c" + counter++, INT64, data, shape);
            constants.put(content, known);
        }
        return known;
    }

    @SuppressWarnings("ByteBufferBackingArray") // the callers allocate it
    private String constant(String name, int type, ByteBuffer data, int... shape) {
        byte[] bytes = new byte[data.capacity()];
        data.get(0, bytes);
        Protobuf tensor = new Protobuf();
        for (int size : shape) {
            tensor.integer(1, size);
        }
        initializers.add(tensor.integer(2, type).text(8, name).bytes(9, bytes));
        return name;
    }

    String reshape(String value, long... shape) {
        return node("Reshape", value, integers(shape));
    }

    /** Positions from one to before another of a dimension. */
    String slice(String value, int axis, long from, long to) {
        return node("Slice", value, integers(from), integers(to), integers(axis));
    }

    String concat(int axis, String... values) {
        return node("Concat", List.of(values), Attribute.integer("axis", axis));
    }

    /**
     * Declares an input.
     *
     * @param whole whether it is of whole numbers
     * @param shape -1 for the batch
     */
    String input(String name, boolean whole, long... shape) {
        inputs.add(value(name, whole ? INT64 : FLOAT, shape));
        return name;
    }

    /** Gives a value the name and shape of an output. */
    void output(String name, String value, long... shape) {
        Protobuf node = new Protobuf().text(1, value).text(2, name);
        nodes.add(node.text(3, "Identity_" + nodes.size()).text(4, "Identity"));
        outputs.add(value(name, FLOAT, shape));
    }

    private static Protobuf value(String name, int type, long... shape) {
        Protobuf dimensions = new Protobuf();
        for (long size : shape) {
            Protobuf dimension = new Protobuf();
            dimensions.message(
                    1, size < 0 ? dimension.text(2, "batch") : dimension.integer(1, size));
        }
        Protobuf tensor = new Protobuf().integer(1, type).message(2, dimensions);
        return new Protobuf().text(1, name).message(2, new Protobuf().message(1, tensor));
    }

    /**
     * The whole model.
     *
     * @param name of the graph
     * @param metadata texts by name, in their order
     */
    byte[] model(String name, String version, Map<String, String> metadata) {
        Protobuf graph = new Protobuf();
        nodes.forEach(node -> graph.message(1, node));
        graph.text(2, name);
        initializers.forEach(tensor -> graph.message(5, tensor));
        inputs.forEach(value -> graph.message(11, value));
        outputs.forEach(value -> graph.message(12, value));
        Protobuf model = new Protobuf().integer(1, IR_VERSION);
        model.text(2, "s5").text(3, version).message(7, graph);
        model.message(8, new Protobuf().text(1, "").integer(2, OPSET));
        metadata.forEach(
                (key, value) -> model.message(14, new Protobuf().text(1, key).text(2, value)));
        return model.toBytes();
    }
}
