package s5.tornado;

import s5.ops.Step;
import s5.tornado.Block.Transfer;

import uk.ac.manchester.tornado.api.exceptions.TornadoBailoutRuntimeException;
import uk.ac.manchester.tornado.api.exceptions.TornadoInternalError;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A step on a device, as one task graph or, where it is too long for one, a few. */
final class TornadoStep implements Step {
    /** Runs that {@link #profile} times. */
    private static final int PROFILED = 5;

    private final String name;
    private final TornadoBackend backend;
    private final Layout layout;
    private final List<Segment> segments;
    private final Map<Block, Integer> owners = new HashMap<>();
    private final Execution execution;
    private long runs;
    private boolean closed;

    TornadoStep(String name, TornadoBackend backend, Recorder recorder) {
        this.name = name;
        this.backend = backend;
        layout = new Layout(recorder, backend::kept);
        backend.checkMemory(name, layout);
        try {
            segments =
                    Segment.cut(
                            name,
                            recorder,
                            layout,
                            backend.cuda(),
                            backend.tf32(),
                            backend.segments(),
                            owners);
        } catch (TornadoBailoutRuntimeException
                | TornadoRuntimeException
                | TornadoInternalError e) {
            throw Failures.run(name, backend.id(), layout.bytes(), e);
        }
        execution =
                new Execution(
                        segments,
                        layout.narrowArrays(),
                        backend.device(),
                        backend.cuda(),
                        backend.compilesEach());
        layout.blocks().forEach(block -> block.onDownload(() -> download(block)));
    }

    @Override
    public void prepare() {
        require(!closed, "is closed");
        backend.submit(() -> onDevice(execution::prepare), true);
    }

    @Override
    public void run() {
        require(!closed, "is closed");
        backend.finish();
        for (Block block : layout.blocks()) {
            if (block.refresh() && block.transfer() != Transfer.ALWAYS && runs > 0) {
                copyAgain(block);
            }
        }
        backend.submit(this::execute, runs == 0);
        runs++;
        layout.blocks().forEach(Block::ran);
    }

    private void require(boolean good, String otherwise) {
        if (!good) {
            throw new IllegalArgumentException("step " + name + " " + otherwise);
        }
    }

    /** Has an array go to the device at the next execution, which happens by itself only once. */
    private void copyAgain(Block block) {
        boolean done = backend.call(() -> execution.copyAgain(owners.get(block), block));
        if (!done) {
            // new plans copy everything
            layout.blocks().forEach(Block::download);
            backend.call(this::free);
        }
    }

    private void execute() {
        onDevice(execution::run);
    }

    private void onDevice(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            throw Failures.run(name, backend.id(), layout.bytes(), e);
        }
    }

    private void download(Block block) {
        if (block.transfer() == Transfer.RETURNED) {
            backend.finish();
            return;
        }
        backend.call(() -> {
            execution.download(owners.get(block), block);
            return null;
        });
    }

    @Override
    public long bytes() {
        return layout.scratchBytes();
    }

    /**
     * The times of {@link #PROFILED} runs of its own, with a second set of arrays on the device:
     * TornadoVM cannot time what is inside a CUDA graph. What the step has computed stays as it is.
     * Empty when the device's memory does not hold both sets.
     */
    @Override
    public Map<String, Double> profile() {
        require(!closed && runs > 0, "does not run");
        if (!backend.hasRoomFor(layout)) {
            return Map.of();
        }
        layout.blocks().forEach(Block::download);
        // The runs that are timed bring their outputs home to the same memory.
        List<Block> returned =
                layout.blocks().stream().filter(b -> b.transfer() == Transfer.RETURNED).toList();
        List<byte[]> before =
                returned.stream().map(b -> b.download().toArray(ValueLayout.JAVA_BYTE)).toList();
        Map<String, Double> times =
                backend.call(() -> {
                    try (Execution timed =
                            new Execution(
                                    segments,
                                    layout.narrowArrays(),
                                    backend.device(),
                                    false,
                                    false)) {
                        return Profile.parse(timed.profile(PROFILED), PROFILED);
                    }
                });
        for (int i = 0; i < before.size(); i++) {
            returned.get(i).download().copyFrom(MemorySegment.ofArray(before.get(i)));
        }
        return times;
    }

    /** Into how many graphs it was cut. */
    int segments() {
        return segments.size();
    }

    /** How many tasks have had a kernel compiled for them by the first run. */
    int compiled() {
        return backend.call(execution::compiled);
    }

    /** Bytes of all arrays on the device. */
    long allBytes() {
        return layout.bytes();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            layout.blocks().forEach(Block::leave);
            backend.call(this::free);
            layout.blocks().forEach(Block::free);
            backend.closed(this);
        }
    }

    private Void free() {
        execution.close();
        return null;
    }
}
