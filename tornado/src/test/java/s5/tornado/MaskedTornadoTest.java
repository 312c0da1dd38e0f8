package s5.tornado;

import s5.model.MaskedModelContract;
import s5.ops.Backend;

import java.util.stream.Stream;

/** Masked models on TornadoVM; a few kinds, for each compiles a dozen steps. */
class MaskedTornadoTest extends MaskedModelContract {
    @Override
    protected Backend open() {
        return Device.open();
    }

    @Override
    protected Stream<Kind> kinds() {
        return Stream.of(
                new Kind(false, "model.norm=batch", "model.layers=1"),
                new Kind(true, "model.norm=layer", "model.pooling=last", "model.layers=1"));
    }
}
