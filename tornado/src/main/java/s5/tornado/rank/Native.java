package s5.tornado.rank;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** A shared library, bound by the foreign-function interface. */
final class Native {
    private final SymbolLookup symbols;

    /**
     * Loads a library for as long as the process lives.
     *
     * @param name of the library, or the path of its file
     * @throws IllegalArgumentException when there is none
     */
    @SuppressWarnings("restricted") // the launcher lets us, as TornadoVM
    Native(String name) {
        symbols = SymbolLookup.libraryLookup(name, Arena.global());
    }

    /** One of its functions. */
    static final class Function {
        private final MethodHandle handle;

        private Function(MethodHandle handle) {
            this.handle = handle;
        }

        /** Calls it; its result is an int. */
        int call(Object... arguments) {
            return (int) invoke(arguments);
        }

        /** Calls it. */
        Object invoke(Object... arguments) {
            try {
                return handle.invokeWithArguments(arguments);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /**
     * {@return a function}
     *
     * @param name as in the library
     * @param result its layout
     * @param arguments their layouts
     */
    @SuppressWarnings("restricted")
    Function function(String name, MemoryLayout result, MemoryLayout... arguments) {
        return new Function(
                Linker.nativeLinker()
                        .downcallHandle(
                                symbols.find(name)
                                        .orElseThrow(() -> new IllegalStateException(name)),
                                FunctionDescriptor.of(result, arguments)));
    }

    /** {@return a library, if there is one} */
    static Optional<Native> find(String name) {
        try {
            return Optional.of(new Native(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
