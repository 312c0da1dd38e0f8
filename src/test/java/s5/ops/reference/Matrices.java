package s5.ops.reference;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/**
 * The few matrix operations the reference is written in.
 *
 * <p>Of EJML only methods are used whose signatures are the same from 0.38 to 0.46: TornadoVM
 * brings 0.38, which then wins over the version that the tests are compiled against.
 */
final class Matrices {
    private Matrices() {}

    /** One element by its row and column. */
    interface Formula {
        double at(int row, int column);
    }

    static DMatrixRMaj matrix(int rows, int columns, Formula formula) {
        DMatrixRMaj result = new DMatrixRMaj(rows, columns);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                result.set(i, j, formula.at(i, j));
            }
        }
        return result;
    }

    static DMatrixRMaj product(DMatrixRMaj a, DMatrixRMaj b) {
        DMatrixRMaj c = new DMatrixRMaj(a.getNumRows(), b.getNumCols());
        CommonOps_DDRM.multAdd(a, b, c);
        return c;
    }

    static DMatrixRMaj transpose(DMatrixRMaj a) {
        return CommonOps_DDRM.transpose(a, null);
    }

    /** Element by element. */
    static DMatrixRMaj times(DMatrixRMaj a, DMatrixRMaj b) {
        return matrix(a.getNumRows(), a.getNumCols(), (i, j) -> a.get(i, j) * b.get(i, j));
    }

    static double[] columnSums(DMatrixRMaj a) {
        return CommonOps_DDRM.sumCols(a, null).getData();
    }

    static double[] columnMeans(DMatrixRMaj a) {
        double[] means = columnSums(a);
        for (int j = 0; j < means.length; j++) {
            means[j] /= a.getNumRows();
        }
        return means;
    }

    static DMatrixRMaj plus(DMatrixRMaj a, DMatrixRMaj b) {
        return matrix(a.getNumRows(), a.getNumCols(), (i, j) -> a.get(i, j) + b.get(i, j));
    }

    static DMatrixRMaj minusRow(DMatrixRMaj a, double[] row) {
        return matrix(a.getNumRows(), a.getNumCols(), (i, j) -> a.get(i, j) - row[j]);
    }

    static DMatrixRMaj plusRow(DMatrixRMaj a, double[] row) {
        return matrix(a.getNumRows(), a.getNumCols(), (i, j) -> a.get(i, j) + row[j]);
    }
}
