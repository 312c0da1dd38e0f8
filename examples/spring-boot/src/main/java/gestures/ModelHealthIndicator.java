package gestures;

import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;
import org.springframework.stereotype.Component;

import s5.S5Model;
import s5.Sequence;

/** Part of {@code /actuator/health}: the model answers. An exception means that it is down. */
@Component
class ModelHealthIndicator extends AbstractHealthIndicator {
    private final S5Model model;

    ModelHealthIndicator(S5Model model) {
        this.model = model;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        double[] still = new double[model.length() * model.inputs()];
        model.predict(Sequence.ofValues(still, model.inputs()));
        builder.up().withDetail("classes", model.classes());
    }
}
