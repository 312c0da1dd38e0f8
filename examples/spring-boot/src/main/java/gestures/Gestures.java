package gestures;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import s5.Prediction;
import s5.S5Model;
import s5.Sequence;
import s5.UserError;

/** {@code POST /gestures} with a recording's numbers, x and y in turn. */
@RestController
class Gestures {
    record Recording(double[] values) {}

    record Answer(String gesture, float probability, float[] probabilities) {}

    private final S5Model model;

    Gestures(S5Model model) {
        this.model = model;
    }

    @PostMapping("/gestures")
    Answer gesture(@RequestBody Recording recording) {
        double[] values = recording.values();
        if (values == null || values.length == 0 || values.length % model.inputs() != 0) {
            throw new UserError("values: " + model.inputs() + " numbers for each position");
        }
        return switch (model.predict(Sequence.ofValues(values, model.inputs()))) {
            case Prediction.Classes c -> new Answer(c.name(), c.probability(), c.probabilities());
            case Prediction other -> throw new IllegalStateException("no model of classes: " + other);
        };
    }

    /** What is wrong with the data is the client's to know. */
    @ExceptionHandler
    ProblemDetail mistake(UserError e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, e.getMessage());
    }
}
