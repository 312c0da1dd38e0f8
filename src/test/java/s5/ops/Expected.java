package s5.ops;

import s5.ops.reference.ReferenceBackend;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * What the cases should give: computed by {@link ReferenceBackend}, or read from the file that the
 * system property {@code s5.expected} names, for runs that cannot have EJML. {@code main(FILE)}
 * writes the file.
 *
 * <p>The file: the number of cases; for each its name, fingerprint and number of results; for each
 * of them its name, length and doubles. All as {@link DataOutputStream} writes them.
 */
public final class Expected {
    private record Stored(int fingerprint, Map<String, double[]> results) {}

    /** What a file holds. */
    static final class Store {
        private final Path file;
        private final Map<String, Stored> cases = new HashMap<>();

        private Store(Path file) {
            this.file = file;
        }

        /**
         * @throws IllegalStateException when the file was written for other cases or inputs
         */
        Map<String, double[]> of(OpCase opCase) {
            Stored found = cases.get(opCase.name());
            if (found == null || found.fingerprint != fingerprint(opCase)) {
                throw new IllegalStateException(
                        file
                                + " has no \""
                                + opCase
                                + "\" with these inputs; write the file again");
            }
            return found.results;
        }
    }

    private static Store store;

    private Expected() {}

    static Map<String, double[]> of(OpCase opCase) {
        String file = System.getProperty("s5.expected");
        return file == null ? compute(opCase) : opened(Path.of(file)).of(opCase);
    }

    private static synchronized Store opened(Path file) {
        if (store == null) {
            try {
                store = read(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return store;
    }

    static Map<String, double[]> compute(OpCase opCase) {
        return compute(opCase, (draft, reference) -> draft.write(reference, true));
    }

    /** The results when every float input is off by a rounding error. */
    static Map<String, double[]> computeRounded(OpCase opCase) {
        return compute(opCase, Draft::writeRounded);
    }

    private static Map<String, double[]> compute(
            OpCase opCase, BiConsumer<Draft, ReferenceBackend> write) {
        Draft draft = new Draft(opCase.name());
        try (ReferenceBackend reference = new ReferenceBackend();
                Step step = reference.compile(opCase.name(), opCase.recipe().make(draft))) {
            write.accept(draft, reference);
            step.run();
            Map<String, double[]> results = new LinkedHashMap<>();
            draft.written().forEach(t -> results.put(t.name(), reference.readDouble(t)));
            return results;
        }
    }

    private static int fingerprint(OpCase opCase) {
        Draft draft = new Draft(opCase.name());
        opCase.recipe().make(draft);
        return draft.fingerprint();
    }

    static Store read(Path file) throws IOException {
        Store store = new Store(file);
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            for (int cases = in.readInt(); cases > 0; cases--) {
                String name = in.readUTF();
                int fingerprint = in.readInt();
                Map<String, double[]> results = new LinkedHashMap<>();
                for (int count = in.readInt(); count > 0; count--) {
                    String tensor = in.readUTF();
                    double[] values = new double[in.readInt()];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = in.readDouble();
                    }
                    results.put(tensor, values);
                }
                store.cases.put(name, new Stored(fingerprint, results));
            }
        }
        return store;
    }

    static void write(Path file, List<OpCase> cases) throws IOException {
        try (var out =
                new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeInt(cases.size());
            for (OpCase opCase : cases) {
                Map<String, double[]> results = compute(opCase);
                out.writeUTF(opCase.name());
                out.writeInt(fingerprint(opCase));
                out.writeInt(results.size());
                for (Map.Entry<String, double[]> result : results.entrySet()) {
                    out.writeUTF(result.getKey());
                    out.writeInt(result.getValue().length);
                    for (double value : result.getValue()) {
                        out.writeDouble(value);
                    }
                }
            }
        }
    }

    public static void main(String[] args) throws IOException {
        write(Path.of(args[0]), OpCases.all().toList());
    }
}
