package s5.exchange;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import s5.config.ModelConfig;
import s5.data.Shape;
import s5.ops.HeadOp.Pooling;

import java.util.Locale;

/** A model's settings by the names of the official code, which can build the same one of them. */
final class OfficialSettings {
    private OfficialSettings() {}

    /** The settings as a JSON object. */
    static String json(ModelConfig model, Shape shape) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("C_init", official(model.cInit()));
        json.put("discretization", official(model.discretization()));
        json.put("dt_min", model.dtMin());
        json.put("dt_max", model.dtMax());
        json.put("conj_sym", model.conjSym());
        json.put("clip_eigs", model.clipEigs());
        json.put("bidirectional", model.bidirectional());
        json.put("activation_fn", official(model.activation()));
        json.put("prenorm", model.prenorm());
        json.put("batchnorm", model.norm() == ModelConfig.Norm.BATCH);
        json.put("bn_momentum", model.bnMomentum());
        json.put("mode", model.pooling() == Pooling.MEAN ? "pool" : "last");
        json.put("d_model", model.features());
        json.put("ssm_size", model.states());
        json.put("blocks", model.blocks());
        json.put("n_layers", model.layers());
        json.put("padded", shape.padded());
        json.put("retrieval", shape.documents() == 2);
        json.put("tokens", shape.tokens());
        json.put("seq_len", shape.length());
        json.put("in_dim", shape.inputs());
        json.put("n_classes", shape.classes());
        json.put("targets", shape.targets());
        json.put("each", shape.each());
        // the official code knows no padding in its states
        json.put("mask_states", model.maskStates() && shape.padded());
        return json.toString();
    }

    private static String official(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
