package s5.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import s5.cpu.CpuBackend;
import s5.data.AtRate;
import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Shape;
import s5.model.Model;
import s5.model.Parameter;
import s5.ops.Backend;
import s5.ops.Tensor;
import s5.train.RateEvaluations;

import java.nio.file.Path;
import java.util.List;

class RateEvaluationsTest {
    private static final Path FILE = Path.of("src/test/resources/golden/sc35_like.safetensors");

    /** The official input of the evaluation, at the full rate. */
    private record Samples(Batch batch) implements Dataset {
        @Override
        public Shape shape() {
            return batch.shape;
        }

        @Override
        public int size() {
            return batch.rows;
        }

        @Override
        public void read(int i, Batch to, int row) {
            int length = batch.shape.length();
            System.arraycopy(batch.x, i * length, to.x, row * length, length);
            to.lengths[row] = length;
            to.labels[row] = batch.labels[i];
        }
    }

    /** The official code's log-probabilities at half the rate. */
    @Test
    void halfRateIsTheOfficialOne() {
        GoldenFile golden = GoldenFile.read(FILE);
        Samples data = new Samples(golden.batch(0, 1));
        int classes = data.shape().classes();
        float[] official = golden.array("out/eval_log_probs_half_rate", data.size(), classes);
        double loss = 0;
        double right = 0;
        for (int i = 0; i < data.size(); i++) {
            int label = data.batch().labels[i];
            int best = 0;
            for (int c = 1; c < classes; c++) {
                best = official[i * classes + c] > official[i * classes + best] ? c : best;
            }
            loss -= official[i * classes + label] / data.size();
            right += best == label ? 1.0 / data.size() : 0;
        }

        Model model = new Model(golden.model(), data.shape());
        try (Backend backend = new CpuBackend(1, false)) {
            for (Parameter p : model.parameters()) {
                backend.write(p.value(), golden.array("p5/" + p.name(), p.value().shape()));
            }
            for (Tensor t : model.statistics()) {
                backend.write(t, golden.array("s5/" + t.name(), t.shape()));
            }
            List<AtRate> rates = List.of(AtRate.of(2, data, data));
            try (RateEvaluations evaluations = new RateEvaluations(backend, model, 1, rates)) {
                RateEvaluations.Result result = evaluations.evaluate(() -> false).getFirst();
                assertEquals(2, result.rate());
                assertEquals(loss, result.validation().loss(), 1e-4);
                assertEquals(right, result.validation().accuracy());
                assertEquals(result.validation(), result.test());
            }
        }
    }
}
