package s5.tornado.scan;

import s5.tornado.Launch;

/**
 * How a scan over B sequences of length L with P states is cut up. A thread holds a <em>chunk</em>
 * of {@code chunkLength} neighbouring positions of one state in registers. A work group covers a
 * <em>tile</em>: {@code chunks} chunks, one after the other, of {@code lanes} neighbouring states.
 * A sequence is {@code tiles} tiles long, the last one padded with zeros.
 *
 * <p>Depends on the shapes only, so that the same shapes always give the same bits.
 *
 * @param sequences B
 * @param length L
 * @param states P
 * @param directions d, 1 or 2
 * @param chunkLength positions of a thread
 * @param lanes states of a group
 * @param stateGroups groups that it takes to cover all states
 * @param chunks chunks of a tile
 * @param tiles tiles of a sequence
 */
record ScanPlan(
        int sequences,
        int length,
        int states,
        int directions,
        int chunkLength,
        int lanes,
        int stateGroups,
        int chunks,
        int tiles) {

    /** Positions that a thread of {@link ScanKernels#scanTiles} holds in registers. */
    private static final int CHUNK = 16;

    /** Most states of a group there: whole rows, where that leaves two chunks in a group. */
    private static final int LANES = 128;

    /**
     * Positions of a thread of {@link ScanAdjointKernels#scanAdjointTiles}, which holds more of
     * each.
     */
    private static final int ADJOINT_CHUNK = 8;

    /** Most states of a group there: shorter tiles would make more partial sums. */
    private static final int ADJOINT_LANES = 96;

    /**
     * States of a group of {@link TileStartKernels#tileStarts}: 32 bytes, the least that a memory
     * access moves, so that as many threads as possible share a sequence.
     */
    private static final int START_LANES = 8;

    /** The cut of {@link ScanKernels#scanTiles} and what belongs to it. */
    static ScanPlan forward(int sequences, int length, int states, int directions) {
        return of(sequences, length, states, directions, CHUNK, LANES, Launch.GROUP);
    }

    /** The cut of {@link ScanAdjointKernels#scanAdjointTiles} and what belongs to it. */
    static ScanPlan adjoint(int sequences, int length, int states, int directions) {
        return of(
                sequences, length, states, directions, ADJOINT_CHUNK, ADJOINT_LANES, Launch.GROUP);
    }

    /** The cut of {@link TimedScanKernels} and {@link TimedAdjointKernels}. */
    static ScanPlan timed(int sequences, int length, int states, int directions) {
        return of(
                sequences,
                length,
                states,
                directions,
                TimedScanKernels.CHUNK,
                ADJOINT_LANES,
                Launch.GROUP);
    }

    /**
     * A cut with chunks and groups of a chosen size.
     *
     * @param lanesMost most states of a group
     * @param group most threads of a group
     */
    static ScanPlan of(
            int sequences,
            int length,
            int states,
            int directions,
            int chunkLength,
            int lanesMost,
            int group) {
        if (sequences < 1 || length < 1 || states < 1 || directions < 1 || directions > 2) {
            throw new IllegalArgumentException(
                    "scan of " + sequences + ", " + length + ", " + states + ", " + directions);
        }
        int stateGroups = Math.ceilDiv(states, lanesMost);
        int lanes = Math.ceilDiv(states, stateGroups);
        stateGroups = Math.ceilDiv(states, lanes);
        int most = group / lanes;
        int all = Math.ceilDiv(length, chunkLength);
        int tiles = Math.ceilDiv(all, most);
        int chunks = Math.ceilDiv(all, tiles);
        tiles = Math.ceilDiv(all, chunks);
        return new ScanPlan(
                sequences,
                length,
                states,
                directions,
                chunkLength,
                lanes,
                stateGroups,
                chunks,
                tiles);
    }

    /** One group for each tile and group of states. */
    Launch tileLaunch() {
        return new Launch(sequences * tiles * stateGroups, lanes * chunks);
    }

    /** States of a group of {@link TileStartKernels#tileStarts}. */
    int startLanes() {
        return Math.ceilDiv(states, startGroups());
    }

    /** Groups of it that it takes to cover all states. */
    int startGroups() {
        return Math.ceilDiv(states, START_LANES);
    }

    /** Tiles that one of its threads turns from ends into starts. */
    int startShare() {
        return Math.ceilDiv(tiles, Launch.GROUP / startLanes());
    }

    /** One group for each sequence, direction and group of states. */
    Launch startLaunch() {
        return new Launch(
                sequences * directions * startGroups(),
                startLanes() * Math.ceilDiv(tiles, startShare()));
    }

    /**
     * Elements of the array of tile ends, later tile starts, and one row of products behind them:
     * (B tiles + 1, 2P d). It is neither read nor written when there is one tile, but must exist.
     */
    int endsSize() {
        return tiles == 1 ? 1 : (partialRows() + 1) * width();
    }

    /** As {@link #endsSize}, for scans in which each tile has products of its own. */
    int timedEndsSize() {
        return tiles == 1 ? 1 : 2 * partialRows() * width();
    }

    /** Numbers of a row of states, 2P d. */
    int width() {
        return 2 * states * directions;
    }

    /** Rows of the partial sums of dLambdaBar: (B tiles, 2P). */
    int partialRows() {
        return sequences * tiles;
    }

    /** Elements of the partial sums of {@link TimedAdjointKernels#timedAdjointTiles}. */
    int timedPartialSize() {
        return partialRows() * TimedAdjointKernels.SUMS * states;
    }

    /** Elements of the partial sums of dLambdaBar. */
    int partialSize() {
        return partialRows() * 2 * states;
    }
}
