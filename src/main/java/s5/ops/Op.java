package s5.ops;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * One of the operations that an S5 model, its gradient and its optimizer are made of, as data: its
 * tensors and numbers. Model code puts operations on a {@link Program}; nothing is computed then. A
 * backend turns each into work for its device; a slow version in double precision is in the tests.
 *
 * <p>Shapes: B sequences of length L, {@code n = B * L} rows, sequence-major (row {@code b * L + k}
 * is position k of sequence b); H features; P states kept (half of the state size under conjugate
 * symmetry); directions d = 1, or 2 for a bidirectional layer. A row of complex states holds P real
 * parts, then P imaginary parts, for the forward direction and then again for the backward one: (n,
 * 2P d).
 *
 * <p>Each operation stands beside its adjoint. In an adjoint {@code dX} is the gradient of the loss
 * by X; gradients are overwritten, not added to, unless the text says otherwise. Components that
 * are "or null" may be absent. A tensor may stand for two components only where the text allows it.
 * Sums run in an order that depends on the shapes only.
 *
 * <p>The constructor of an operation demands its shapes and throws an IllegalArgumentException that
 * names the operation and the component.
 */
public sealed interface Op
        permits InputOp,
                ImageOp,
                Matmul,
                NormOp,
                ScanOp,
                TimedOp,
                LayerOp,
                HeadOp,
                UpdateOp,
                RankOp,
                Op.Fused {

    /**
     * What a {@link Program.Rewrite} makes of several operations, for one backend, which alone can
     * run it.
     */
    non-sealed interface Fused extends Op {}

    /** Marks a component of an operation's record that it writes and does not read. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.RECORD_COMPONENT)
    @interface Out {}

    /** Marks a component of an operation's record that it reads and changes. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.RECORD_COMPONENT)
    @interface InOut {}

    /**
     * {@return tensors whose old values it uses, those of all components that are not {@link Out};
     * absent ones are left out}
     */
    default List<Tensor> reads() {
        return Components.tensors((Record) this, c -> !c.isAnnotationPresent(Out.class));
    }

    /**
     * {@return tensors it changes, those of components that are {@link Out} or {@link InOut};
     * absent ones are left out}
     */
    default List<Tensor> writes() {
        return Components.tensors(
                (Record) this,
                c -> c.isAnnotationPresent(Out.class) || c.isAnnotationPresent(InOut.class));
    }

    /**
     * {@return tensors that it may read and write: those that are {@link InOut}, or a result that
     * stands where an argument stood}
     */
    default List<Tensor> inPlace() {
        return Components.tensors((Record) this, c -> c.isAnnotationPresent(InOut.class));
    }

    /** {@return all its tensors, in the order of its components} */
    default List<Tensor> tensors() {
        return Components.tensors((Record) this, c -> true);
    }

    /**
     * {@return the same operation on other tensors}
     *
     * @param replacement of each tensor that is not null
     */
    default Op map(UnaryOperator<Tensor> replacement) {
        return (Op) Components.map((Record) this, replacement);
    }

    /**
     * {@return the operation's name, for profiles and messages: {@code batchNorm} for a BatchNorm}
     */
    default String name() {
        String name = getClass().getSimpleName();
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    /**
     * {@return those of the tensors that are not null, in order}
     *
     * @param tensors may be null each
     */
    static List<Tensor> present(Tensor... tensors) {
        return Stream.of(tensors).filter(Objects::nonNull).toList();
    }
}
