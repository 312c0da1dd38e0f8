package s5.data.forecast;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;

import s5.UserError;
import s5.data.own.Preparation;

import java.util.List;

/**
 * All that was fitted on the training rows of a forecast. A checkpoint keeps it as JSON.
 *
 * @param forecast what a window is; its columns have the scaling
 * @param base what the reader of the files has to know
 * @param step the time between two rows, in the unit of the raw times; 0 where there are none
 */
public record ForecastPreparation(Windows.Layout forecast, Preparation base, double step) {
    private static final JsonMapper JSON = new JsonMapper();

    /**
     * {@return whether a preparation is one of a forecast}
     *
     * @param json of a checkpoint
     */
    public static boolean is(String json) {
        try {
            return !json.isEmpty() && JSON.readTree(json).has("forecast");
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    /**
     * Reads {@link #toJson}.
     *
     * @param json of a checkpoint
     * @return the preparation
     * @throws UserError when it is something else
     */
    public static ForecastPreparation of(String json) {
        try {
            ForecastPreparation read = JSON.readValue(json, ForecastPreparation.class);
            if (read != null && read.forecast != null && read.base != null && read.makesSense()) {
                return read;
            }
        } catch (JsonProcessingException | RuntimeException e) {
            throw damaged(e);
        }
        throw damaged(null);
    }

    private boolean makesSense() {
        int columns = forecast.columns().size();
        boolean sense = forecast.targets().length > 0 && forecast.level() != null;
        List<String> names = forecast.columns().stream().map(Windows.Column::name).toList();
        sense &= names.equals(base.inputNames()); // none of which is null
        for (Windows.Column c : forecast.columns()) {
            sense &= Double.isFinite(c.center()) && Double.isFinite(c.scale()) && c.scale() != 0;
        }
        for (int target : forecast.targets()) {
            sense &= target >= 0 && target < columns;
        }
        for (int ahead : forecast.ahead()) {
            sense &= ahead >= 0 && ahead < columns;
        }
        return sense && step >= 0 && Double.isFinite(step);
    }

    private static UserError damaged(Exception e) {
        return new UserError(
                "the checkpoint is damaged: its metadata 'preparation' makes no sense", e);
    }

    /** {@return the same as JSON} */
    public String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
