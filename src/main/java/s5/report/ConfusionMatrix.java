package s5.report;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Which classes were taken for which, as a picture: rows are the truth. */
final class ConfusionMatrix {
    private static final int NUMBERS = 14; // with more classes there is no room for numbers

    private ConfusionMatrix() {}

    /**
     * @param confusion samples by true class and by predicted class
     */
    static String figure(List<String> classes, int[][] confusion) {
        int n = classes.size();
        int cell = n <= NUMBERS ? 34 : 18;
        int longest = classes.stream().mapToInt(String::length).max().orElse(1);
        int margin = 26 + Math.min(12, longest) * 7;
        int size = margin + n * cell + 4;
        StringBuilder svg = new StringBuilder("<figure class=\"confusion\">\n");
        svg.append(
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"confusion matrix\" style=\"max-width:%dpx\">\n"
                        .formatted(size, size, Math.max(260, size)));
        for (int truth = 0; truth < n; truth++) {
            int all = Math.max(1, Arrays.stream(confusion[truth]).sum());
            for (int said = 0; said < n; said++) {
                double share = (double) confusion[truth][said] / all;
                int left = margin + said * cell;
                int top = margin + truth * cell;
                svg.append(
                        "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill-opacity=\"%s\"><title>%s taken for %s: %d of %d</title></rect>\n"
                                .formatted(
                                        truth == said ? "right" : "wrong",
                                        left,
                                        top,
                                        cell - 1,
                                        cell - 1,
                                        Chart.number(strength(share)),
                                        Html.escape(classes.get(truth)),
                                        Html.escape(classes.get(said)),
                                        confusion[truth][said],
                                        all));
                if (n <= NUMBERS && confusion[truth][said] > 0) {
                    svg.append(
                            "<text class=\"%s\" x=\"%s\" y=\"%s\" text-anchor=\"middle\" dy=\".35em\">%s</text>\n"
                                    .formatted(
                                            strength(share) > 0.6 ? "on" : "off",
                                            Chart.number(left + cell / 2.0),
                                            Chart.number(top + cell / 2.0),
                                            confusion[truth][said] < 10_000
                                                    ? confusion[truth][said]
                                                    : confusion[truth][said] / 1000 + "k"));
                }
            }
        }
        for (int c = 0; c < n; c++) {
            String name = Html.escape(shorten(classes.get(c)));
            String middle = Chart.number(margin + (c + 0.5) * cell);
            svg.append(
                    "<text x=\"%d\" y=\"%s\" text-anchor=\"end\" dy=\".35em\">%s</text>\n"
                            .formatted(margin - 6, middle, name));
            svg.append(
                    "<text transform=\"translate(%s %d) rotate(-%d)\" text-anchor=\"%s\" dy=\".3em\">%s</text>\n"
                            .formatted(
                                    middle,
                                    margin - 8,
                                    longest > 3 ? 90 : 0,
                                    longest > 3 ? "start" : "middle",
                                    name));
        }
        svg.append(
                "<text class=\"label\" transform=\"translate(12 %d) rotate(-90)\" text-anchor=\"middle\">is</text>\n"
                        .formatted(margin + n * cell / 2));
        svg.append(
                "<text class=\"label\" x=\"%d\" y=\"14\" text-anchor=\"middle\">taken for</text>\n</svg>\n"
                        .formatted(margin + n * cell / 2));
        return svg.append(caption(classes, confusion)).append("</figure>\n").toString();
    }

    private static String shorten(String name) {
        return name.length() <= 12 ? name : name.substring(0, 11) + "…";
    }

    /** How dark a share is drawn: even a few per mille can be seen. */
    private static double strength(double share) {
        return share == 0 ? 0.03 : 0.12 + 0.88 * Math.sqrt(share);
    }

    private static String caption(List<String> classes, int[][] confusion) {
        int all = Arrays.stream(confusion).flatMapToInt(Arrays::stream).sum();
        int right = IntStream.range(0, confusion.length).map(c -> confusion[c][c]).sum();
        int truth = 0;
        int said = -1;
        for (int i = 0; i < confusion.length; i++) {
            for (int j = 0; j < confusion.length; j++) {
                if (i != j && confusion[i][j] > (said < 0 ? 0 : confusion[truth][said])) {
                    truth = i;
                    said = j;
                }
            }
        }
        String worst =
                said < 0
                        ? ""
                        : " Most often, %s was taken for %s: %d times."
                                .formatted(
                                        Html.escape(classes.get(truth)),
                                        Html.escape(classes.get(said)),
                                        confusion[truth][said]);
        return "<figcaption>%,d of %,d test samples are right. Colours are shares of a row.%s</figcaption>\n"
                .formatted(right, all, worst);
    }
}
