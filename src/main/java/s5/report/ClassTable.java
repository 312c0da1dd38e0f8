package s5.report;

import java.util.Arrays;
import java.util.List;

/** How each class fared, as a table. */
final class ClassTable {
    private ClassTable() {}

    /**
     * @param confusion samples by true class and by predicted class
     */
    static String figure(List<String> classes, int[][] confusion) {
        StringBuilder html = new StringBuilder("<figure class=\"classes\">\n<table>\n");
        html.append("<tr><th>class</th><th>samples</th><th>found</th><th>right of those</th>");
        html.append("<th>most often taken for</th></tr>\n");
        for (int c = 0; c < confusion.length; c++) {
            int truth = c;
            int samples = Arrays.stream(confusion[c]).sum();
            int said = Arrays.stream(confusion).mapToInt(row -> row[truth]).sum();
            int wrong = -1;
            for (int other = 0; other < confusion.length; other++) {
                if (other != c && confusion[c][other] > (wrong < 0 ? 0 : confusion[c][wrong])) {
                    wrong = other;
                }
            }
            html.append(
                    "<tr><td>%s</td><td>%,d</td><td>%s</td><td>%s</td><td>%s</td></tr>\n"
                            .formatted(
                                    Html.escape(classes.get(c)),
                                    samples,
                                    share(confusion[c][c], samples),
                                    share(confusion[c][c], said),
                                    wrong < 0
                                            ? ""
                                            : "%s (%,d)"
                                                    .formatted(
                                                            Html.escape(classes.get(wrong)),
                                                            confusion[c][wrong])));
        }
        html.append("</table>\n<figcaption>For each class: its test samples, the share of them");
        html.append(" that was found (recall), and how many of the samples taken for it are of");
        return html.append(" it (precision).</figcaption>\n</figure>\n").toString();
    }

    private static String share(int part, int all) {
        return all == 0 ? "–" : "%.1f&#8239;%%".formatted(100.0 * part / all);
    }
}
