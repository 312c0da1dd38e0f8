package s5.tornado;

/**
 * How a scan over B sequences of length L with P states is cut up. A thread holds a <em>chunk</em>
 * of {@code chunk} neighbouring positions of one state in registers. A work group covers a
 * <em>tile</em>: {@code chunks} chunks, one after the other, of {@code lanes} neighbouring states.
 * A sequence is {@code tiles} tiles long, the last one padded with zeros.
 *
 * <p>Depends on the shapes only, so that the same shapes always give the same bits.
 *
 * @param sequences B
 * @param length L
 * @param states P
 * @param directions d, 1 or 2
 * @param chunk positions of a thread, {@link ScanKernels#CHUNK} or {@link
 *     ScanKernels#ADJOINT_CHUNK}
 * @param lanes states of a group
 * @param stateGroups groups that it takes to cover all states
 * @param chunks chunks of a tile
 * @param tiles tiles of a sequence
 */
public record ScanPlan(
        int sequences,
        int length,
        int states,
        int directions,
        int chunk,
        int lanes,
        int stateGroups,
        int chunks,
        int tiles) {

    /** States that lie side by side in a group, so that a warp reads 128 bytes at a time. */
    private static final int LANES = 32;

    /** The cut of {@link ScanKernels#scanTiles} and what belongs to it. */
    public static ScanPlan forward(int sequences, int length, int states, int directions) {
        return of(sequences, length, states, directions, ScanKernels.CHUNK);
    }

    /** The cut of {@link ScanKernels#scanAdjointTiles} and what belongs to it. */
    public static ScanPlan adjoint(int sequences, int length, int states, int directions) {
        return of(sequences, length, states, directions, ScanKernels.ADJOINT_CHUNK);
    }

    private static ScanPlan of(int sequences, int length, int states, int directions, int chunk) {
        if (sequences < 1 || length < 1 || states < 1 || directions < 1 || directions > 2) {
            throw new IllegalArgumentException(
                    "scan of " + sequences + ", " + length + ", " + states + ", " + directions);
        }
        int stateGroups = Math.ceilDiv(states, LANES);
        int lanes = Math.ceilDiv(states, stateGroups);
        int most = Launch.GROUP / lanes;
        int all = Math.ceilDiv(length, chunk);
        int tiles = Math.ceilDiv(all, most);
        int chunks = Math.ceilDiv(all, tiles);
        tiles = Math.ceilDiv(all, chunks);
        return new ScanPlan(
                sequences, length, states, directions, chunk, lanes, stateGroups, chunks, tiles);
    }

    /** Positions of a tile. */
    public int tileLength() {
        return chunk * chunks;
    }

    /** One group for each tile and group of states. */
    public Launch tileLaunch() {
        return new Launch(sequences * tiles * stateGroups, lanes * chunks);
    }

    /** Threads along the tiles in {@link ScanKernels#scanTileStarts}. */
    public int pieces() {
        return Math.min(tiles, Launch.GROUP / lanes);
    }

    /** One group for each sequence, direction and group of states. */
    public Launch startLaunch() {
        return new Launch(sequences * directions * stateGroups, lanes * pieces());
    }

    /**
     * Elements of the array of tile ends, later tile starts: (B tiles, 2P d). It is neither read
     * nor written when there is one tile, but must exist.
     */
    public int endsSize() {
        return tiles == 1 ? 1 : sequences * tiles * 2 * states * directions;
    }

    /** Rows of the partial sums of dLambdaBar: (B tiles, 2P). */
    public int partialRows() {
        return sequences * tiles;
    }

    /** Elements of the partial sums of dLambdaBar. */
    public int partialSize() {
        return partialRows() * 2 * states;
    }
}
