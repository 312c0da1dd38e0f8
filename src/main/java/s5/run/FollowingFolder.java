package s5.run;

import com.fasterxml.jackson.databind.node.ObjectNode;

import s5.config.Config;
import s5.io.Safetensors;
import s5.ops.Backend;
import s5.run.Metrics.Column;
import s5.run.Metrics.Kind;

import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The folder of a run as the processes see it that leave it to rank 0: nothing is written or said,
 * and there is nothing to go on from.
 */
public final class FollowingFolder extends RunFolder {
    private long rows;

    /**
     * One that writes nothing.
     *
     * @param config of the run
     */
    public FollowingFolder(Config config) {
        super(
                Path.of(config.out()),
                null,
                Console.plain(new PrintWriter(Writer.nullWriter())),
                false,
                List.of(),
                false);
    }

    @Override
    public void begin(Config config, Backend backend, List<String> words) {
        // rank 0 does
    }

    @Override
    public void beginMetrics(long rows, int epoch, long step) {
        this.rows = rows;
    }

    @Override
    public void row(Kind kind, int epoch, long step, Map<Column, Double> values) {
        rows++;
    }

    @Override
    public long rows() {
        return rows;
    }

    @Override
    public void save(Supplier<Safetensors> checkpoint, Path... files) {
        // rank 0 does
    }

    @Override
    public void checkSaving() {
        // nothing is saved
    }

    @Override
    public void finishSaving() {
        // nothing is saved
    }

    @Override
    public void save(String name, String text) {
        // rank 0 does
    }

    @Override
    public void end(String outcome, ObjectNode result) {
        // rank 0 does
    }

    @Override
    public void close() {
        console().close();
    }
}
