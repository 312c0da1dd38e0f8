package s5.cpu;

/** Loops of the scan and its adjoint. */
interface Scans {

    /**
     * One direction of one sequence, for the states from {@code p} up to {@code pTo}.
     *
     * @param bu (., 2 states)
     * @param x (., width), this direction from column {@code at} on
     * @param first the row to begin with; {@code rows} rows are walked, {@code step} (1 or -1)
     *     apart
     */
    void scan(
            float[] lambdaBar,
            float[] bu,
            float[] x,
            int states,
            int width,
            int at,
            int first,
            int rows,
            int step,
            int p,
            int pTo);

    /**
     * The adjoint of {@link #scan}, walked the other way.
     *
     * @param accumulate whether to add to dBu, for the second direction
     * @param own 4 states floats of the worker
     * @param sum gradient by lambdaBar (2 states) from index {@code sumAt} on, added to
     */
    void scanAdjoint(
            float[] lambdaBar,
            float[] x,
            float[] dX,
            float[] dBu,
            int states,
            int width,
            int at,
            int first,
            int rows,
            int step,
            boolean accumulate,
            float[] own,
            double[] sum,
            int sumAt,
            int p,
            int pTo);
}
