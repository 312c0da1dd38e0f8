package s5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Shape;
import s5.train.RandomModel;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** Whoever hands over a null is told which argument it was, by all that the library promises. */
class NullArgumentsTest {
    @TempDir Path folder;

    private static final Sequence SEQUENCE = Sequence.ofValues(new float[] {1, 2}, 1);

    private record Samples(Shape shape, int size) implements Dataset {
        @Override
        public void read(int i, Batch batch, int row) {}
    }

    private static final Shape SHAPE = new Shape(5, 1, false, true, 2, 1);

    /** Something of each type that is no mistake by itself. */
    private static final Map<Class<?>, Object> SOME =
            Map.ofEntries(
                    Map.entry(int.class, 1),
                    Map.entry(long.class, 1L),
                    Map.entry(double.class, 1.0),
                    Map.entry(boolean.class, false),
                    Map.entry(String.class, "name"),
                    Map.entry(Object.class, "value"),
                    Map.entry(float[].class, new float[] {1}),
                    Map.entry(double[].class, new double[] {1}),
                    Map.entry(float[][].class, new float[][] {{1}}),
                    Map.entry(int[].class, new int[] {0}),
                    Map.entry(byte[].class, new byte[4]),
                    Map.entry(Sequence.class, SEQUENCE),
                    Map.entry(Path.class, Path.of("nowhere")),
                    Map.entry(InputStream.class, new ByteArrayInputStream(new byte[0])),
                    Map.entry(Duration.class, Duration.ofSeconds(1)),
                    Map.entry(Executor.class, (Executor) Runnable::run),
                    Map.entry(Training.Listener.class, new Training.Listener() {}),
                    Map.entry(Dataset.class, new Samples(SHAPE, 3)));

    private static Object some(Class<?> type, Method method) {
        if (type != List.class) {
            return SOME.get(type);
        }
        return switch (method.getGenericParameterTypes()[0].getTypeName()) {
            case String list when list.contains("Example") ->
                    List.of(Example.ofClass(SEQUENCE, "a"));
            case String list when list.contains("s5.Sequence>") -> List.of(SEQUENCE);
            default -> List.of("a", "b");
        };
    }

    private final List<String> wrong = new ArrayList<>();
    private int asked;

    private void ask(Class<?> type, Object target) {
        for (Method method : type.getMethods()) {
            boolean own = method.getDeclaringClass() == type;
            boolean fixed = Modifier.isStatic(method.getModifiers());
            if (own && !method.isSynthetic() && fixed == (target == null)) {
                ask(method, target);
            }
        }
    }

    private void ask(Method method, Object target) {
        Class<?>[] types = method.getParameterTypes();
        for (int i = 0; i < types.length; i++) {
            boolean share = // of which the documentation says that it may be null
                    method.toGenericString().contains("Training.of(java.util.List") && i > 0;
            if (!types[i].isPrimitive() && !share && !method.getName().equals("equals")) {
                Object[] arguments =
                        Arrays.stream(types).map(t -> some(t, method)).toArray(Object[]::new);
                arguments[i] = null;
                asked++;
                String said = said(method, target, arguments);
                if (!said.matches("[a-z][A-Za-z]*")) {
                    wrong.add(method.toGenericString() + ", argument " + i + ": " + said);
                }
            }
        }
    }

    /** The message about the null; or what happened instead. */
    private static String said(Method method, Object target, Object... arguments) {
        try {
            method.setAccessible(true); // of classes that are not public
            return "nothing, but gave " + method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            Throwable thrown = e.getCause();
            return thrown instanceof NullPointerException
                    ? String.valueOf(thrown.getMessage())
                    : thrown.toString();
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void areNamed() {
        Path file = RandomModel.write(folder.resolve("m"), SHAPE, "model.layers=1");
        ask(Sequence.class, null);
        ask(Sequence.class, SEQUENCE);
        ask(Example.class, null);
        ask(S5Model.class, null);
        ask(Training.class, null);
        ask(Training.class, Training.of(folder.resolve("none.yaml")));
        Prediction.Classes said =
                new Prediction.Classes(List.of("a", "b"), new float[] {0.5f, 0.5f}, false);
        ask(Prediction.Classes.class, said);
        try (S5Model model = S5Model.load(file)) {
            ask(S5Model.class, model);
            ask(S5Stream.class, model.stream());
            ask(S5Streams.class, model.streams(2));
        }
        assertEquals(List.of(), wrong);
        assertTrue(asked > 45, asked + " arguments");
    }

    @Test
    void alsoInConstructors() throws ReflectiveOperationException {
        for (Class<?> kind : Prediction.class.getPermittedSubclasses()) {
            Executable made = kind.getConstructors()[0];
            Object[] nulls = new Object[made.getParameterCount()];
            nulls[nulls.length - 1] = false;
            InvocationTargetException e =
                    assertThrows(
                            InvocationTargetException.class,
                            () -> kind.getConstructors()[0].newInstance(nulls));
            assertInstanceOf(NullPointerException.class, e.getCause());
            assertEquals("names", e.getCause().getMessage());
        }
    }

    /** In lists and arrays the place is told, too. */
    @Test
    void alsoInside() {
        Path file = RandomModel.write(folder.resolve("m"), SHAPE, "model.layers=1");
        try (S5Model model = S5Model.load(file)) {
            assertNamed("sequences[1]", () -> model.predict(Arrays.asList(SEQUENCE, null)));
        }
        assertNamed("names[1]", () -> Example.ofClassEach(SEQUENCE, Arrays.asList("a", null)));
        assertNamed("positions[1]", () -> Sequence.ofValues(new float[][] {{1}, null}));
        List<Example> examples = Arrays.asList(Example.ofClass(SEQUENCE, "a"), null);
        assertNamed("train[1]", () -> Training.of(examples));
        List<Example> good = examples.subList(0, 1);
        assertNamed("validation[1]", () -> Training.of(good, examples, null));
    }

    private static void assertNamed(String name, Runnable call) {
        NullPointerException e = assertThrows(NullPointerException.class, call::run);
        assertEquals(name, e.getMessage());
    }
}
