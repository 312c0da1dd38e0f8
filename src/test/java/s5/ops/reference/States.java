package s5.ops.reference;

import org.ejml.data.DMatrixRMaj;

/** Rows of complex states, by row, state and direction; {@code rows} is (n, 2P d), count is P. */
record States(DMatrixRMaj rows, int count) {
    Complex get(int i, int p, int direction) {
        int column = 2 * count * direction + p;
        return new Complex(rows.get(i, column), rows.get(i, column + count));
    }

    void set(int i, int p, int direction, Complex value) {
        int column = 2 * count * direction + p;
        rows.set(i, column, value.re());
        rows.set(i, column + count, value.im());
    }
}
