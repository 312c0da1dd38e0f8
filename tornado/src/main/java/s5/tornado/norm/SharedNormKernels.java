package s5.tornado.norm;

import s5.ops.NormOp;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Batch normalization over a batch that several processes share, where it differs from {@link
 * BatchNormKernels} and {@link BatchNormAdjointKernels}: small loops over the columns, between sums
 * over the rows here and sums over all processes.
 */
public final class SharedNormKernels {
    private SharedNormKernels() {}

    /** How many rows count: those of the lengths, or where there is no sequence all. */
    static float rows(IntArray lengths, int lengthsAt, int sequences, int rows) {
        float count = 0f;
        for (int b = 0; b < sequences; b++) {
            count += lengths.get(lengthsAt + b);
        }
        if (sequences == 0) {
            count = rows;
        }
        return count;
    }

    /**
     * From mean and rstd of the rows here to what {@link NormOp.BatchNormMoments} writes.
     *
     * @param statistics (2, columns): mean, rstd
     * @param lengths any array where {@code sequences} is 0
     * @param moments (2 columns + 1); written
     * @param total (columns + 1); written
     * @param width columns + 1
     */
    public static void sharedMoments(
            FloatArray statistics,
            IntArray lengths,
            int lengthsAt,
            int sequences,
            int rows,
            FloatArray moments,
            FloatArray total,
            int width) {
        for (@Parallel int i = 0; i < width - 1; i++) {
            float m = rows(lengths, lengthsAt, sequences, rows);
            int columns = width - 1;
            float mean = statistics.get(i);
            float rstd = statistics.get(columns + i);
            float var = 1f / (rstd * rstd) - NormOp.BATCH_NORM_EPSILON;
            moments.set(i, mean);
            moments.set(columns + i, TornadoMath.max(var, 0f));
            total.set(i, m * mean);
            if (i == 0) {
                moments.set(2 * columns, m);
                total.set(columns, m);
            }
        }
    }

    /**
     * {@link NormOp.BatchNormSquares}.
     *
     * @param width columns + 1
     */
    public static void sharedSquares(
            FloatArray moments, FloatArray total, FloatArray squares, int width) {
        for (@Parallel int i = 0; i < width - 1; i++) {
            float off = moments.get(i) - total.get(i) / total.get(width - 1);
            squares.set(i, moments.get(2 * (width - 1)) * (moments.get(width - 1 + i) + off * off));
        }
    }

    /**
     * The statistics of {@link NormOp.BatchNormShared}, as {@link BatchNormKernels#batchNormFinish}
     * writes them.
     *
     * @param width columns + 1
     */
    public static void sharedFinish(
            FloatArray total,
            FloatArray squares,
            FloatArray running,
            int runningMeanAt,
            int runningVarAt,
            FloatArray statistics,
            int meanAt,
            int rstdAt,
            float momentum,
            int width) {
        for (@Parallel int i = 0; i < width - 1; i++) {
            float m = total.get(width - 1);
            BatchNormKernels.remember(
                    running,
                    runningMeanAt,
                    runningVarAt,
                    statistics,
                    meanAt,
                    rstdAt,
                    momentum,
                    i,
                    total.get(i) / m,
                    squares.get(i) / m);
        }
    }

    /**
     * The share of dScale and dBias that falls to so many rows as there are here: what an adjoint
     * that divides by the rows here has to be given.
     *
     * @param dScale of all processes, as {@code dBias}
     * @param total (columns + 1): last how many rows count in all processes
     * @param shares (2, columns): of dScale, of dBias; written
     */
    public static void sharedShares(
            FloatArray dScale,
            int dScaleAt,
            FloatArray dBias,
            int dBiasAt,
            FloatArray total,
            IntArray lengths,
            int lengthsAt,
            int sequences,
            int rows,
            FloatArray shares,
            int columns) {
        for (@Parallel int i = 0; i < 2 * columns; i++) {
            float part = rows(lengths, lengthsAt, sequences, rows) / total.get(columns);
            float value = 0f;
            if (i < columns) {
                value = dScale.get(dScaleAt + i);
            }
            if (i >= columns) {
                value = dBias.get(dBiasAt + i - columns);
            }
            shares.set(i, value * part);
        }
    }
}
