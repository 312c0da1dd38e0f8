package s5.tornado.rank;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import s5.UserError;
import s5.collective.Collective;
import s5.tornado.rank.Native.Function;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/**
 * NCCL's communicator of the processes of a training, one GPU each. Its first sums are done,
 * outside of any graph, before it is handed out: they allocate memory.
 */
public final class Nccl implements AutoCloseable {
    /** Names the library's file, where the loader does not find it. */
    private static final String SETTING = "S5_NCCL";

    private static final String LIBRARY = "libnccl.so.2";

    /** 2.18: the oldest that all of its functions here are known from. */
    private static final int OLDEST = 21_800;

    private static final int FLOAT = 7; // ncclFloat32
    private static final int SUM = 0; // ncclSum

    /** Elements of the first sums, small ones and large ones: NCCL has ways of its own for each. */
    private static final long[] FIRST = {8, 1 << 12, 1 << 16, 1 << 20};

    private static final StructLayout ID =
            MemoryLayout.structLayout(MemoryLayout.sequenceLayout(128, JAVA_BYTE));

    /** The functions. */
    private static final class Library {
        final Function getVersion;
        final Function getUniqueId;
        final Function initRank;
        final Function allReduce;
        final Function groupStart;
        final Function groupEnd;
        final Function destroy;
        final Function abort;
        final Function errorString;
        final Function lastError;

        Library(Native nccl) {
            getVersion = nccl.function("ncclGetVersion", JAVA_INT, ADDRESS);
            getUniqueId = nccl.function("ncclGetUniqueId", JAVA_INT, ADDRESS);
            initRank = nccl.function("ncclCommInitRank", JAVA_INT, ADDRESS, JAVA_INT, ID, JAVA_INT);
            allReduce =
                    nccl.function(
                            "ncclAllReduce",
                            JAVA_INT,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_INT,
                            JAVA_INT,
                            JAVA_LONG,
                            JAVA_LONG);
            groupStart = nccl.function("ncclGroupStart", JAVA_INT);
            groupEnd = nccl.function("ncclGroupEnd", JAVA_INT);
            destroy = nccl.function("ncclCommDestroy", JAVA_INT, JAVA_LONG);
            abort = nccl.function("ncclCommAbort", JAVA_INT, JAVA_LONG);
            errorString = nccl.function("ncclGetErrorString", ADDRESS, JAVA_INT);
            lastError = nccl.function("ncclGetLastError", ADDRESS, JAVA_LONG);
        }
    }

    private final Library library;
    private final PrimaryContext context;
    private final int version;
    private final int rank;
    private long communicator; // 0 when it is closed

    private Nccl(Library library, PrimaryContext context, int version, int rank) {
        this.library = library;
        this.context = context;
        this.version = version;
        this.rank = rank;
    }

    /**
     * Has the processes' GPUs come together; all call it at the same time, each on the thread that
     * TornadoVM will run on, before it has run anything.
     *
     * @param ranks the processes
     * @param contextRecord where TornadoVM keeps its context, see {@link PrimaryContext}
     * @throws UserError when there is no NCCL, or it does not start
     */
    public static Nccl join(Collective ranks, long contextRecord) {
        Library library = load();
        int version = version(library);
        if (version < OLDEST) {
            throw new UserError(
                    "NCCL %s is too old; several GPUs need 2.18 or later".formatted(text(version)));
        }
        Nccl nccl = new Nccl(library, PrimaryContext.enter(contextRecord), version, ranks.rank());
        boolean done = false;
        try {
            nccl.connect(ranks);
            nccl.first(ranks.size());
            done = true;
            return nccl;
        } finally {
            if (!done) {
                nccl.context.leave();
            }
        }
    }

    private static Library load() {
        String file = System.getenv(SETTING);
        String name = file == null || file.isBlank() ? LIBRARY : file;
        return Native.find(name)
                .map(Library::new)
                .orElseThrow(() ->
                        new UserError(
                                "several GPUs need NVIDIA's NCCL, and %s cannot be loaded; install it (the package libnccl2, or nvidia-nccl-cu12 or -cu13 of Python), and add its folder to LD_LIBRARY_PATH or set %s=FILE"
                                        .formatted(name, SETTING)));
    }

    private static int version(Library library) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment version = arena.allocate(JAVA_INT);
            int status = library.getVersion.call(version);
            return status == 0 ? version.get(JAVA_INT, 0) : 0;
        }
    }

    private static String text(int version) {
        return "%d.%d.%d".formatted(version / 10_000, version / 100 % 100, version % 100);
    }

    /** {@return NCCL's version} */
    public String version() {
        return text(version);
    }

    private void connect(Collective ranks) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment id = arena.allocate(ID);
            if (ranks.leads()) {
                check("ncclGetUniqueId", library.getUniqueId.call(id));
            }
            byte[] told = ranks.broadcast(id.toArray(JAVA_BYTE));
            MemorySegment.copy(told, 0, id, JAVA_BYTE, 0, told.length);
            MemorySegment made = arena.allocate(JAVA_LONG);
            int status = library.initRank.call(made, ranks.size(), id, ranks.rank());
            check("ncclCommInitRank", status);
            communicator = made.get(JAVA_LONG, 0);
        }
    }

    /** The first sums, of ones. */
    private void first(int size) {
        Cuda cuda = Cuda.driver();
        for (long floats : FIRST) {
            long memory = cuda.allocate(floats, 1f);
            allReduce(new long[] {memory}, new long[] {floats}, 0);
            cuda.finish(0);
            float sum = cuda.read(memory + 4 * (floats - 1));
            cuda.free(memory);
            if (sum != size) {
                throw new UserError(
                        "NCCL %s sums %d ones to %s; see what NCCL_DEBUG=INFO says"
                                .formatted(version(), size, sum));
            }
        }
    }

    /**
     * Puts sums over all processes in place of some numbers on the device.
     *
     * @param addresses of the first of each
     * @param sizes in floats
     * @param stream of CUDA
     */
    void allReduce(long[] addresses, long[] sizes, long stream) {
        if (addresses.length > 1) {
            check("ncclGroupStart", library.groupStart.call());
        }
        for (int i = 0; i < addresses.length; i++) {
            check(
                    "ncclAllReduce",
                    library.allReduce.call(
                            addresses[i],
                            addresses[i],
                            sizes[i],
                            FLOAT,
                            SUM,
                            communicator,
                            stream));
        }
        if (addresses.length > 1) {
            check("ncclGroupEnd", library.groupEnd.call());
        }
    }

    /**
     * Demands that TornadoVM is in the primary context.
     *
     * @param queue the context of its queue
     */
    void requireContext(long queue) {
        long current = Cuda.driver().current();
        if (queue != context.handle() || current != context.handle()) {
            throw new UserError(
                    "several GPUs: TornadoVM has not taken the device's primary context (%x, %x, not %x), which NCCL needs; this version of it keeps its own elsewhere"
                            .formatted(queue, current, context.handle()));
        }
    }

    private void check(String what, int status) {
        if (status == 0) {
            return;
        }
        throw new UserError(
                "rank %d: %s: %s (%s); NCCL_DEBUG=INFO tells more"
                        .formatted(
                                rank,
                                what,
                                string((MemorySegment) library.errorString.invoke(status)),
                                string((MemorySegment) library.lastError.invoke(communicator))
                                        .strip()));
    }

    @SuppressWarnings("restricted") // NCCL's own text
    private static String string(MemorySegment text) {
        return text.address() == 0 ? "" : text.reinterpret(Long.MAX_VALUE).getString(0);
    }

    /** Ends what is under way, on any thread: another process is lost, and would be waited for. */
    public void abort() {
        long ended;
        synchronized (this) {
            ended = communicator;
            communicator = 0;
        }
        if (ended != 0) {
            library.abort.call(ended);
        }
    }

    /** Ends it, when no graph has it any more; on TornadoVM's thread. */
    @Override
    public void close() {
        long ended;
        synchronized (this) {
            ended = communicator;
            communicator = 0;
        }
        if (ended != 0) {
            library.destroy.call(ended);
        }
        context.leave();
    }
}
