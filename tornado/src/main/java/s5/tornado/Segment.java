package s5.tornado;

import s5.ops.Tensor;
import s5.tornado.Block.Transfer;
import s5.tornado.Recorder.Planned;

import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;

import java.nio.BufferOverflowException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A share of a step's calls as one task graph. TornadoVM describes a graph with 1,024 nodes at
 * most: a training step of four layers is one segment, one of six or eight layers takes two. Each
 * array then belongs to the first segment that uses it, which copies it to the device and back, and
 * the others borrow its memory there.
 *
 * @param graph the tasks
 * @param grids their grids
 * @param own arrays that this segment is the first to use
 * @param borrowed arrays of earlier segments, with their numbers
 */
record Segment(
        StepGraph graph, GridScheduler grids, List<Block> own, Map<Block, Integer> borrowed) {

    /**
     * Cuts a step into as few segments as TornadoVM takes.
     *
     * @param least segments at least
     * @param owners filled with the segment that each array belongs to
     * @throws s5.UserError when a call of its own does not fit
     */
    static List<Segment> cut(
            String step,
            Recorder recorder,
            Layout layout,
            boolean cuda,
            boolean tf32,
            int least,
            Map<Block, Integer> owners) {
        int calls = recorder.planned().size();
        for (int count = Math.min(calls, least); ; count++) {
            List<Segment> segments = new ArrayList<>();
            owners.clear();
            boolean fits = true;
            StepGraph graph = null;
            for (int i = 0; i < count && fits; i++) {
                int from = (int) ((long) calls * i / count);
                int to = (int) ((long) calls * (i + 1) / count);
                graph = new StepGraph("s5");
                Tasks tasks = new Tasks(graph, layout, cuda, tf32);
                fits = add(graph, tasks, recorder, layout, from, to, i, owners, segments);
            }
            if (fits) {
                return segments;
            }
            if (count >= calls || !Internals.canShare()) {
                throw graph.tooLarge(step);
            }
        }
    }

    private static boolean add(
            StepGraph graph,
            Tasks tasks,
            Recorder recorder,
            Layout layout,
            int from,
            int to,
            int number,
            Map<Block, Integer> owners,
            List<Segment> segments) {
        List<Block> own = new ArrayList<>();
        Map<Block, Integer> borrowed = new LinkedHashMap<>();
        for (Block block : blocks(recorder.planned().subList(from, to), layout)) {
            Integer owner = owners.putIfAbsent(block, number);
            if (owner == null) {
                block.choose(to - from == recorder.planned().size());
                own.add(block);
            } else {
                borrowed.put(block, owner);
            }
        }
        try {
            declare(tasks, own, borrowed.keySet());
            for (int i = from; i < to; i++) {
                Planned planned = recorder.planned().get(i);
                tasks.begin(planned.name());
                planned.tasks().accept(tasks);
            }
            tasks.end();
        } catch (BufferOverflowException e) {
            return false;
        }
        List<Object> kept = arrays(own, Transfer.WHEN_NEWER);
        if (!kept.isEmpty()) {
            tasks.graph.transferToHost(DataTransferMode.UNDER_DEMAND, kept.toArray());
        }
        List<Object> returned = arrays(own, Transfer.RETURNED);
        if (!returned.isEmpty()) {
            tasks.graph.transferToHost(DataTransferMode.EVERY_EXECUTION, returned.toArray());
        }
        segments.add(new Segment(graph, tasks.grids, own, borrowed));
        return graph.fits();
    }

    private static Set<Block> blocks(List<Planned> calls, Layout layout) {
        Set<Block> blocks = new LinkedHashSet<>();
        for (Planned call : calls) {
            for (List<Tensor> tensors : List.of(call.reads(), call.writes())) {
                tensors.forEach(t -> blocks.add(layout.place(t).block()));
            }
        }
        return blocks;
    }

    /**
     * Declares how each array is copied. An array whose first task only writes it would never be
     * copied in, whatever was declared, and lose what else lives in it; so the graph begins with
     * tasks that look at such arrays.
     */
    private static void declare(Tasks tasks, List<Block> own, Set<Block> borrowed) {
        List<Object> in = arrays(own, Transfer.ALWAYS);
        List<Object> kept = arrays(own, Transfer.WHEN_NEWER);
        kept.addAll(arrays(own, Transfer.RETURNED));
        List<Object> none = arrays(own, Transfer.NEVER);
        borrowed.forEach(block -> none.add(block.array()));
        if (!in.isEmpty()) {
            tasks.graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, in.toArray());
        }
        if (!kept.isEmpty()) {
            tasks.graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, kept.toArray());
        }
        if (!none.isEmpty()) {
            // allocates, where that has not been done, and copies nothing
            tasks.graph.transferToDevice(DataTransferMode.UNDER_DEMAND, none.toArray());
        }
        tasks.begin("touch");
        for (Block block : own) {
            if (block.overwritten()) {
                tasks.touch(block);
            }
        }
    }

    private static List<Object> arrays(List<Block> blocks, Transfer transfer) {
        List<Object> arrays = new ArrayList<>();
        for (Block block : blocks) {
            if (block.transfer() == transfer) {
                arrays.add(block.array());
            }
        }
        return arrays;
    }
}
