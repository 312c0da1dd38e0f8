package s5.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import own.Waves;

import s5.config.ConfigLoader;
import s5.cpu.CpuBackend;
import s5.data.DataSource;
import s5.data.DataSources;
import s5.data.Shape;
import s5.ops.Backend;
import s5.ops.LayerOp.MaskRows;
import s5.ops.Op;
import s5.ops.TimedOp.CloseSteps;

import java.util.List;
import java.util.stream.Stream;

/** Masked models on the CPU, and their gradients in double precision. */
class MaskedModelTest extends MaskedModelContract {
    @Override
    protected Backend open() {
        return new CpuBackend(2, true);
    }

    // ---- which programs have masks

    private static List<Op> masks(String... settings) {
        Model model =
                new Model(
                        ConfigLoader.of(settings).model(),
                        new Shape(8, 3, false, true, 2, 1, 0, 0, true, false));
        Inputs in = Inputs.of(model.shape(), 2, 8);
        return model.training(in, Outputs.of(model.shape(), 2, 8), 2, 8).ops().stream()
                .filter(op ->
                        op instanceof MaskRows
                                || op instanceof CloseSteps
                                || (op.name().startsWith("batchNorm")
                                        && op.reads().contains(in.lengths())))
                .toList();
    }

    /** The paper's experiments compute what they always did. */
    @Test
    void thePapersSetsAreNotMasked() {
        assertEquals(List.of(), masks("data.set=imdb", "model.bidirectional=true"));
        assertFalse(ConfigLoader.of("data.set=listops").model().maskStates());
        assertFalse(ConfigLoader.of("data.set=aan").model().maskNorm());
    }

    @Test
    void ownSetsAre() {
        DataSource<?> waves = new Waves();
        DataSources.add(waves);
        try {
            assertTrue(ConfigLoader.of("data.set=waves").model().maskStates());
            assertTrue(ConfigLoader.of("data.set=waves").model().maskNorm());
            String no = "model.mask_norm=false";
            assertFalse(ConfigLoader.of("data.set=waves", no).model().maskNorm());
        } finally {
            DataSources.remove(waves);
        }
    }

    @Test
    void oneDirectionNeedsNoMaskedStates() {
        assertEquals(List.of(), masks("data.set=imdb", "model.mask_states=true"));
        List<Op> both = masks("data.set=imdb", "model.mask_states=true", "model.mask_norm=true");
        // forward and backward in each of six layers, norm and mask
        assertEquals(24, both.size());
    }

    // ---- finite differences

    private static final int LENGTH = 19;

    @TestFactory
    Stream<DynamicTest> gradientsAreDerivatives() {
        return kinds().map(kind -> dynamicTest(kind.toString(), () -> differences(kind)));
    }

    private static void differences(Kind kind) {
        Shape shape = kind.shape(LENGTH);
        String[] small = {"model.dropout=0.2", "model.features=5", "model.states=4"};
        Model model = new Model(kind.config(small).model(), shape);
        ModelGradients.check(model, batch(shape, 0, 1, 2), null);
    }
}
