package s5.tornado.rank;

import s5.tornado.Part;

import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Sums of some parts of arrays over all processes as one library task; {@link NcclProvider} carries
 * it out. Parts that lie side by side are summed as one, the gap between them included: as a sum it
 * costs as much to be small as to be a little larger.
 */
final class AllReduceTask {
    /** Names our {@link NcclProvider}. */
    static final String LIBRARY = "s5/nccl";

    /**
     * Elements to sum.
     *
     * @param array its number
     * @param at the first element
     * @param size how many
     */
    record Range(int array, int at, int size) {}

    private final Nccl nccl;
    private final List<FloatArray> arrays = new ArrayList<>();
    private final List<Range> ranges = new ArrayList<>();

    AllReduceTask(Nccl nccl) {
        this.nccl = nccl;
    }

    Nccl nccl() {
        return nccl;
    }

    void add(FloatArray array, int at, int size) {
        int number = -1;
        for (int i = 0; i < arrays.size(); i++) {
            if (arrays.get(i) == array) {
                number = i;
            }
        }
        if (number < 0) {
            number = arrays.size();
            arrays.add(array);
        }
        ranges.add(new Range(number, at, size));
    }

    /** What to sum, in the same order in all processes: their layouts are the same. */
    List<Range> ranges() {
        List<Range> sorted = new ArrayList<>(ranges);
        sorted.sort(Comparator.comparingInt(Range::array).thenComparingInt(Range::at));
        List<Range> merged = new ArrayList<>();
        for (Range range : sorted) {
            Range last = merged.isEmpty() ? null : merged.getLast();
            if (last != null
                    && last.array == range.array
                    && range.at - (last.at + last.size) < Part.ALIGNMENT) {
                merged.removeLast();
                merged.add(new Range(last.array, last.at, range.at + range.size - last.at));
            } else {
                merged.add(range);
            }
        }
        return merged;
    }

    void addTo(TaskGraph graph, String id) {
        Access[] access = new Access[arrays.size()];
        Arrays.fill(access, Access.READ_WRITE);
        LibraryTaskDescriptor call =
                new LibraryTaskDescriptor()
                        .withLibrary(LIBRARY)
                        .withFunction("allReduce")
                        .withParameters(arrays.toArray())
                        .withAccess(access)
                        .withTuning(this);
        graph.libraryTask(id, first -> call, arrays.getFirst());
    }
}
