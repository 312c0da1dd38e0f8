package s5.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A figure with two axes, as SVG. Colours are classes of the page's style sheet ({@code c1} and so
 * on), so that the page can be light or dark.
 */
final class Chart {
    private static final int LEFT = 64;
    private static final int RIGHT = 12;
    private static final int TOP = 14;
    private static final int BOTTOM = 44;

    /** Width of a digit, in the widest of the usual fonts. */
    private static final double DIGIT = 8;

    /** Most points of a line: more are not to be seen. */
    private static final int POINTS = 800;

    private final int width;
    private final int height;
    private final String title;
    private final Axis x;
    private final Axis y;
    private final StringBuilder marks = new StringBuilder();
    private final List<String[]> legend = new ArrayList<>(); // name, class

    /**
     * A figure of the usual size.
     *
     * @param title says what there is to see, for those who cannot
     */
    Chart(String title, Axis x, Axis y) {
        this(title, x, y, 460, 280);
    }

    /** A figure of so many units; a letter is 12.5 high. */
    Chart(String title, Axis x, Axis y, int width, int height) {
        this.width = width;
        this.height = height;
        this.title = title;
        this.x = x;
        this.y = y;
    }

    private double left(double value) {
        return LEFT + x.place(value) * (width - LEFT - RIGHT);
    }

    private double top(double value) {
        return height - BOTTOM - y.place(value) * (height - TOP - BOTTOM);
    }

    private boolean shown(double a, double b) {
        return Double.isFinite(a)
                && Double.isFinite(b)
                && (x.scale() != Axis.Scale.LOG || a > 0)
                && (y.scale() != Axis.Scale.LOG || b > 0);
    }

    /**
     * A line through points, with a gap where a value is no number.
     *
     * @param name for the legend; null for none
     * @param style classes of the style sheet
     */
    Chart line(String name, String style, double[] xs, double[] ys) {
        StringBuilder path = new StringBuilder();
        boolean pen = false;
        int stride = Math.max(1, xs.length / POINTS);
        for (int i = 0; i < xs.length; i += stride) {
            if (!shown(xs[i], ys[i])) {
                pen = false;
                continue;
            }
            path.append(pen ? 'L' : 'M').append(number(left(xs[i]))).append(' ');
            path.append(number(top(ys[i])));
            pen = true;
        }
        marks.append("<path class=\"line %s\" d=\"%s\"/>\n".formatted(style, path));
        if (xs.length > 0 && xs.length <= 40) {
            points(null, style, xs, ys, 2.2);
        }
        return named(name, style);
    }

    /** A dot at each point. */
    Chart points(String name, String style, double[] xs, double[] ys, double radius) {
        for (int i = 0; i < xs.length; i++) {
            if (shown(xs[i], ys[i])) {
                marks.append(
                        "<circle class=\"dot %s\" cx=\"%s\" cy=\"%s\" r=\"%s\"/>\n"
                                .formatted(
                                        style,
                                        number(left(xs[i])),
                                        number(top(ys[i])),
                                        number(radius)));
            }
        }
        return named(name, style);
    }

    /** A thin line from each point to where it went. */
    Chart links(String style, double[] xs, double[] ys, double[] toXs, double[] toYs) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < xs.length; i++) {
            if (shown(xs[i], ys[i]) && shown(toXs[i], toYs[i])) {
                path.append('M').append(number(left(xs[i]))).append(' ');
                path.append(number(top(ys[i]))).append('L').append(number(left(toXs[i])));
                path.append(' ').append(number(top(toYs[i])));
            }
        }
        marks.append("<path class=\"line %s\" d=\"%s\"/>\n".formatted(style, path));
        return this;
    }

    /**
     * Columns that stand on the lower end of the y axis.
     *
     * @param edges of the columns, one more than there are heights
     */
    Chart columns(String name, String style, double[] edges, double[] heights) {
        double bottom = top(y.min());
        for (int i = 0; i < heights.length; i++) {
            double from = left(edges[i]);
            double width = left(edges[i + 1]) - from;
            double top = top(heights[i]);
            marks.append(
                    "<rect class=\"bar %s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"/>\n"
                            .formatted(
                                    style,
                                    number(from),
                                    number(top),
                                    number(width),
                                    number(Math.max(0, bottom - top))));
        }
        return named(name, style);
    }

    /** A line across the figure at a value of x. */
    Chart mark(double at, String text) {
        String place = number(left(at));
        marks.append(
                "<path class=\"mark\" d=\"M%s %dV%d\"/><text class=\"note\" x=\"%s\" y=\"%d\" text-anchor=\"%s\">%s</text>\n"
                        .formatted(
                                place,
                                TOP,
                                height - BOTTOM,
                                number(left(at) + (x.place(at) > 0.6 ? -5 : 5)),
                                TOP + 11,
                                x.place(at) > 0.6 ? "end" : "start",
                                Html.escape(text)));
        return this;
    }

    private Chart named(String name, String style) {
        if (name != null) {
            legend.add(new String[] {name, style});
        }
        return this;
    }

    /** A figure element: the picture, its legend and its caption. */
    String figure(String caption) {
        StringBuilder html = new StringBuilder("<figure class=\"chart\">\n");
        html.append(
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n"
                        .formatted(width, height, Html.escape(title)));
        for (Axis.Tick tick : y.ticks(5)) {
            String at = number(top(tick.value()));
            html.append(
                    "<path class=\"grid\" d=\"M%d %sH%d\"/>".formatted(LEFT, at, width - RIGHT));
            html.append(
                    "<text x=\"%d\" y=\"%s\" text-anchor=\"end\" dy=\".32em\">%s</text>\n"
                            .formatted(LEFT - 6, at, tick.text()));
        }
        double end = 0; // of the number before
        for (Axis.Tick tick : x.ticks(width / 80)) {
            double at = left(tick.value());
            html.append(
                    "<path class=\"grid\" d=\"M%s %dV%d\"/>\n"
                            .formatted(number(at), TOP, height - BOTTOM));
            double half = DIGIT / 2 * tick.text().length();
            double middle = Math.min(at, width - half); // not cut off
            if (middle - half > end) {
                html.append(
                        "<text x=\"%s\" y=\"%d\" text-anchor=\"middle\">%s</text>\n"
                                .formatted(number(middle), height - BOTTOM + 16, tick.text()));
                end = middle + half;
            }
        }
        html.append(
                "<text class=\"label\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n"
                        .formatted((LEFT + width - RIGHT) / 2, height - 8, Html.escape(x.label())));
        html.append(
                "<text class=\"label\" transform=\"translate(13 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>\n"
                        .formatted((TOP + height - BOTTOM) / 2, Html.escape(y.label())));
        html.append(marks).append("</svg>\n");
        if (!legend.isEmpty()) {
            html.append("<div class=\"legend\">");
            for (String[] entry : legend) {
                html.append(
                        "<span><i class=\"key %s\"></i>%s</span>"
                                .formatted(entry[1], Html.escape(entry[0])));
            }
            html.append("</div>\n");
        }
        return html.append("<figcaption>" + caption + "</figcaption>\n</figure>\n").toString();
    }

    static String number(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
    }
}
