package s5.tornado.stored;

import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.attribute.RuntimeVisibleTypeAnnotationsAttribute;
import java.lang.classfile.attribute.StackMapTableAttribute;
import java.lang.classfile.constantpool.ConstantPoolBuilder;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.LocalVariable;
import java.lang.classfile.instruction.LocalVariableType;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.AccessFlag;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Kernels over arrays of bfloat16, made from those over float32. Both do the same arithmetic in
 * float32 and differ in one thing only: how an element of some of their arrays is read and written.
 * So a kernel is written once, over {@link FloatArray}; for arrays that hold bfloat16 its bytecode
 * is copied into a class of its own in which these arguments are {@link ShortArray}s, and {@code
 * get} and {@code set} of them are those of {@link Bfloat16}. Methods that get such an array from
 * it are copied likewise. Each instruction takes the place of one of the same length, so that
 * whatever is known of places in the kernel, such as TornadoVM's annotations, stays true.
 *
 * <p>Where a kernel takes its arrays in {@link Pairs}, they are {@link IntArray}s of words with two
 * elements each, and the methods of {@code Pairs} are those of {@link Bfloat16}.
 *
 * <p>Which array an instruction is about is seen without executing anything: {@code javac} pushes
 * arrays in the order in which their users take them, last in, first out. A kernel that breaks this
 * rule, by a choice between two arrays or an array in a variable, is refused.
 */
public final class StoredKernels {
    private static final ClassDesc FLOATS = desc(FloatArray.class);
    private static final ClassDesc SHORTS = desc(ShortArray.class);
    private static final ClassDesc WORDS = desc(IntArray.class);
    private static final ClassDesc PAIRS = desc(Pairs.class);

    /**
     * A method for some kinds of arrays.
     *
     * @param narrow which of its arguments hold bfloat16
     * @param paired whether it takes them in pairs
     * @param access the class with {@code get} and {@code set}
     */
    private record Variant(Method method, List<Boolean> narrow, boolean paired, Class<?> access) {}

    private static final Map<Variant, Method> KERNELS = new HashMap<>();
    private static final Map<Method, Method> ORIGINALS = new HashMap<>();

    private final Class<?> owner;
    private final ClassDesc name;
    private final Class<?> access;
    private final boolean paired;
    private final ClassDesc array;
    private final Map<Variant, String> names = new LinkedHashMap<>();
    private final Deque<Variant> pending = new ArrayDeque<>();

    private StoredKernels(Class<?> owner, ClassDesc name, boolean paired, Class<?> access) {
        this.owner = owner;
        this.name = name;
        this.access = access;
        this.paired = paired;
        array = paired ? WORDS : SHORTS;
    }

    /**
     * The kernel for these arrays; the same one for the same arguments.
     *
     * @param kernel over arrays of float32: static, in a class that others can extend by one in its
     *     package
     * @param narrow which of its arguments hold bfloat16
     * @param paired whether it takes them in {@link Pairs}
     * @param cuda whether it is for CUDA, else for OpenCL
     * @throws IllegalArgumentException when its bytecode does not tell its arrays apart
     */
    public static synchronized Method of(
            Method kernel, List<Boolean> narrow, boolean paired, boolean cuda) {
        Class<?> access = cuda ? Bfloat16.class : PortableBfloat16.class;
        return KERNELS.computeIfAbsent(
                new Variant(kernel, List.copyOf(narrow), paired, access), StoredKernels::make);
    }

    /** The methods made so far, with what each was made from. */
    public static synchronized Map<Method, Method> originals() {
        return Map.copyOf(ORIGINALS);
    }

    private static Method make(Variant kernel) {
        Class<?> owner = kernel.method.getDeclaringClass();
        String name = owner.getName() + "$Bfloat16_" + KERNELS.size();
        var maker = new StoredKernels(owner, ClassDesc.of(name), kernel.paired, kernel.access);
        maker.name(kernel);
        try {
            byte[] bytes = maker.bytes();
            Class<?> made =
                    MethodHandles.privateLookupIn(owner, MethodHandles.lookup()).defineClass(bytes);
            for (Map.Entry<Variant, String> copy : maker.names.entrySet()) {
                ORIGINALS.put(method(made, copy.getValue()), copy.getKey().method);
            }
            return method(made, maker.names.get(kernel));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Method method(Class<?> owner, String name) {
        List<Method> found =
                Arrays.stream(owner.getDeclaredMethods())
                        .filter(m -> m.getName().equals(name))
                        .toList();
        if (found.size() != 1) {
            throw new IllegalArgumentException(
                    "%s has %d methods %s".formatted(owner.getName(), found.size(), name));
        }
        return found.getFirst();
    }

    /** The name of a copy in the new class; one that is new goes among those to be made. */
    private String name(Variant variant) {
        return names.computeIfAbsent(
                variant,
                v -> {
                    pending.add(v);
                    String plain = v.method.getName();
                    return names.isEmpty() ? plain : plain + "_" + names.size();
                });
    }

    private byte[] bytes() {
        ClassModel source = read(owner);
        // the constants keep their numbers, and so all instructions their lengths
        ConstantPoolBuilder constants = ConstantPoolBuilder.of(source);
        return ClassFile.of()
                .build(
                        constants.classEntry(name),
                        constants,
                        target -> {
                            target.withVersion(source.majorVersion(), source.minorVersion());
                            target.withFlags(AccessFlag.PUBLIC, AccessFlag.FINAL);
                            while (!pending.isEmpty()) {
                                Variant next = pending.remove();
                                MethodModel original = source(next.method);
                                target.withMethod(
                                        names.get(next),
                                        type(original.methodTypeSymbol(), next.narrow),
                                        ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC,
                                        method -> {
                                            // their names say which are places
                                            original.findAttribute(Attributes.methodParameters())
                                                    .ifPresent(method::with);
                                            method.withCode(code -> copy(next, original, code));
                                        });
                            }
                        });
    }

    private static ClassModel read(Class<?> owner) {
        String file = owner.getName().replace('.', '/') + ".class";
        try (InputStream in = owner.getClassLoader().getResourceAsStream(file)) {
            return ClassFile.of().parse(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ClassDesc desc(Class<?> type) {
        return type.describeConstable().orElseThrow();
    }

    private static MethodTypeDesc type(Method method) {
        return MethodTypeDesc.of(
                desc(method.getReturnType()),
                Arrays.stream(method.getParameterTypes()).map(StoredKernels::desc).toList());
    }

    /** The type of a method over float32 when some of its arrays hold bfloat16. */
    private MethodTypeDesc type(MethodTypeDesc plain, List<Boolean> narrow) {
        MethodTypeDesc type = plain;
        for (int i = 0; i < narrow.size(); i++) {
            if (narrow.get(i)) {
                type = type.changeParameterType(i, array);
            }
        }
        return type;
    }

    private static MethodModel source(Method method) {
        MethodTypeDesc type = type(method);
        return read(method.getDeclaringClass()).methods().stream()
                .filter(m -> m.methodName().equalsString(method.getName()))
                .filter(m -> m.methodTypeSymbol().equals(type))
                .findFirst()
                .orElseThrow();
    }

    private void copy(Variant variant, MethodModel source, CodeBuilder code) {
        Method method = variant.method;
        MethodTypeDesc type = source.methodTypeSymbol();
        Map<Integer, Boolean> arrays = new HashMap<>(); // by their slots
        for (int i = 0, slot = 0; i < type.parameterCount(); i++) {
            if (type.parameterType(i).equals(FLOATS)) {
                arrays.put(slot, variant.narrow.get(i));
            }
            slot += TypeKind.from(type.parameterType(i)).slotSize();
        }
        Deque<Boolean> pushed = new ArrayDeque<>();
        for (CodeElement element : source.code().orElseThrow()) {
            switch (element) {
                case LoadInstruction load -> {
                    if (load.typeKind() == TypeKind.REFERENCE && arrays.containsKey(load.slot())) {
                        pushed.push(arrays.get(load.slot()));
                    }
                    code.with(load);
                }
                case StoreInstruction store -> {
                    if (arrays.containsKey(store.slot())) {
                        throw refused(method);
                    }
                    code.with(store);
                }
                case InvokeInstruction call -> call(call, pushed, method, code);
                // made anew, or of no use to TornadoVM, which takes them from the original
                case StackMapTableAttribute _ -> {}
                case RuntimeVisibleTypeAnnotationsAttribute _ -> {}
                case LocalVariable variable ->
                        code.localVariable(
                                variable.slot(),
                                variable.name().stringValue(),
                                arrays.getOrDefault(variable.slot(), false)
                                        ? array
                                        : variable.typeSymbol(),
                                variable.startScope(),
                                variable.endScope());
                case LocalVariableType _ -> {}
                default -> code.with(element);
            }
        }
        if (!pushed.isEmpty()) {
            throw refused(method);
        }
    }

    private void call(
            InvokeInstruction call, Deque<Boolean> pushed, Method method, CodeBuilder code) {
        ClassDesc callee = call.owner().asSymbol();
        MethodTypeDesc type = call.typeSymbol();
        if (callee.equals(FLOATS)) {
            if (take(pushed, method)) {
                if (paired) {
                    throw refused(method);
                }
                boolean get = call.name().equalsString("get");
                MethodTypeDesc stored =
                        get
                                ? MethodTypeDesc.of(CD_float, SHORTS, CD_int)
                                : MethodTypeDesc.of(CD_void, SHORTS, CD_int, CD_float);
                code.invokestatic(desc(access), call.name().stringValue(), stored);
            } else {
                code.with(call);
            }
            return;
        }
        List<Boolean> narrow = new ArrayList<>();
        for (ClassDesc argument : type.parameterList().reversed()) {
            narrow.addFirst(argument.equals(FLOATS) && take(pushed, method));
        }
        if (call.opcode() != Opcode.INVOKESTATIC || !copied(callee, narrow)) {
            code.with(call);
            return;
        }
        if (callee.equals(PAIRS)) {
            code.invokestatic(desc(access), call.name().stringValue(), type(type, narrow));
            return;
        }
        Method called = find(callee, call.name().stringValue(), type);
        String copy = name(new Variant(called, List.copyOf(narrow), paired, access));
        code.invokestatic(name, copy, type(type, narrow));
    }

    /**
     * Whether the new class needs a copy of what is called: for its arrays, or to be allowed to.
     */
    private boolean copied(ClassDesc callee, List<Boolean> narrow) {
        return narrow.contains(true) || callee.equals(desc(owner));
    }

    private static boolean take(Deque<Boolean> pushed, Method method) {
        if (pushed.isEmpty()) {
            throw refused(method);
        }
        return pushed.pop();
    }

    private Method find(ClassDesc callee, String name, MethodTypeDesc type) {
        try {
            Class<?> there =
                    Class.forName(
                            callee.packageName() + "." + callee.displayName().replace('.', '$'),
                            false,
                            owner.getClassLoader());
            return Arrays.stream(there.getDeclaredMethods())
                    .filter(m -> m.getName().equals(name) && type(m).equals(type))
                    .findFirst()
                    .orElseThrow();
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static IllegalArgumentException refused(Method method) {
        return new IllegalArgumentException(
                method
                        + " does not tell its arrays apart, or takes one of a pair, so it cannot"
                        + " be had for bfloat16");
    }
}
