package s5.report;

import s5.data.Batch;
import s5.data.DataSource;
import s5.data.Dataset;
import s5.data.Shape;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;

import javax.imageio.ImageIO;

/** A sample as a person can look at it: an image, a text or a wave. */
final class Picture {
    private static final int LONGEST_TEXT = 700;
    private static final int WAVE_WIDTH = 200;
    private static final int WAVE_HEIGHT = 80;

    private Picture() {}

    /**
     * The sample in a row of a batch, as HTML.
     *
     * @param data the split that it is from
     * @param set how it writes tokens, so that they can be pasted back
     * @return empty when the samples of this set cannot be shown
     */
    static String of(Dataset data, DataSource<?> set, Batch batch, int row) {
        Shape shape = data.shape();
        if (shape.tokens()) {
            return text(data.tokenNames(), set, batch, row);
        }
        int[] pixels = data.imageOrder();
        if (pixels != null) {
            return image(pixels, shape.inputs(), batch, row);
        }
        return shape.inputs() == 1 ? wave(batch, row) : "";
    }

    private static String text(List<String> tokens, DataSource<?> set, Batch batch, int row) {
        boolean words = tokens.stream().skip(3).anyMatch(t -> t.codePointCount(0, t.length()) > 1);
        StringBuilder html = new StringBuilder();
        for (int document = 0; document < batch.shape.documents(); document++) {
            int at = batch.at(document, row);
            StringBuilder text = new StringBuilder();
            int count = batch.lengths[at] - 1; // without the end mark
            for (int k = 0; k < count && text.length() < LONGEST_TEXT; k++) {
                int id = batch.tokens[at * batch.shape.length() + k];
                text.append(id < tokens.size() ? set.written(tokens.get(id)) : "?")
                        .append(words ? " " : "");
            }
            if (text.length() >= LONGEST_TEXT) {
                text.append(" …");
            }
            html.append("<p class=\"text\">%s</p>".formatted(Html.escape(text.toString())));
        }
        return html.toString();
    }

    /** Least value black, largest one white: the model sees normalized pixels. */
    private static String image(int[] pixels, int channels, Batch batch, int row) {
        int side = (int) Math.round(Math.sqrt(pixels.length));
        int from = row * pixels.length * channels;
        float min = Float.POSITIVE_INFINITY;
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < pixels.length * channels; i++) {
            min = Math.min(min, batch.x[from + i]);
            max = Math.max(max, batch.x[from + i]);
        }
        float scale = max > min ? 255 / (max - min) : 0;
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        for (int k = 0; k < pixels.length; k++) {
            int rgb = 0;
            for (int c = 0; c < 3; c++) {
                float value = batch.x[from + k * channels + Math.min(c, channels - 1)];
                rgb = rgb << 8 | Math.clamp(Math.round((value - min) * scale), 0, 255);
            }
            image.setRGB(pixels[k] % side, pixels[k] / side, rgb);
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", png);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return "<img alt=\"\" width=\"%d\" height=\"%d\" src=\"data:image/png;base64,%s\">"
                .formatted(side, side, Base64.getEncoder().encodeToString(png.toByteArray()));
    }

    /** The least and the largest value in each of many short spans. */
    private static String wave(Batch batch, int row) {
        int length = batch.lengths[row];
        int from = row * batch.shape.length();
        float most = 1e-30f;
        for (int k = 0; k < length; k++) {
            most = Math.max(most, Math.abs(batch.x[from + k]));
        }
        StringBuilder path = new StringBuilder();
        for (int column = 0; column < WAVE_WIDTH; column++) {
            int start = (int) ((long) length * column / WAVE_WIDTH);
            int end = Math.max(start + 1, (int) ((long) length * (column + 1) / WAVE_WIDTH));
            float low = Float.POSITIVE_INFINITY;
            float high = Float.NEGATIVE_INFINITY;
            for (int k = start; k < Math.min(end, length); k++) {
                low = Math.min(low, batch.x[from + k]);
                high = Math.max(high, batch.x[from + k]);
            }
            if (low <= high) {
                path.append(
                        "M%d %sV%s"
                                .formatted(
                                        column,
                                        Chart.number(WAVE_HEIGHT * 0.5 * (1 - high / most) - 0.5),
                                        Chart.number(WAVE_HEIGHT * 0.5 * (1 - low / most) + 0.5)));
            }
        }
        return "<svg viewBox=\"0 -1 %d %d\" role=\"img\" aria-label=\"wave\"><path d=\"%s\"/></svg>"
                .formatted(WAVE_WIDTH, WAVE_HEIGHT + 2, path);
    }
}
