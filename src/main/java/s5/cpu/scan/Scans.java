package s5.cpu.scan;

/** Loops of the scan and its adjoint, in two versions that do the same. */
interface Scans {

    /**
     * The arrays of {@link #scan}.
     *
     * @param bu (., 2 states)
     * @param x (., width)
     * @param rows of a sequence
     */
    record Scan(float[] lambdaBar, float[] bu, float[] x, int states, int width, int rows) {}

    /**
     * One direction of one sequence, for the states from {@code p} up to {@code pTo}.
     *
     * @param at column of x where this direction begins
     * @param first the row to begin with; the rows are walked {@code step} (1 or -1) apart
     */
    void scan(Scan a, int at, int first, int step, int p, int pTo);

    /**
     * The arrays of {@link #scanAdjoint}.
     *
     * @param x (., width), as dX
     * @param dBu (., 2 states)
     * @param sum gradient by lambdaBar (2 states) of each sequence, added to
     */
    record ScanAdjoint(
            float[] lambdaBar,
            float[] x,
            float[] dX,
            float[] dBu,
            double[] sum,
            int states,
            int width,
            int rows) {}

    /**
     * The adjoint of {@link #scan}, walked the other way. The second direction, which begins behind
     * column 0, adds to dBu.
     *
     * @param own 4 states floats of the worker
     * @param sumAt where the sequence's sum begins
     */
    void scanAdjoint(
            ScanAdjoint a, int at, int first, int step, float[] own, int sumAt, int p, int pTo);
}
