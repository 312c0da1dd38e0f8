package s5.report;

/** Text in a page. */
final class Html {
    private Html() {}

    /** Text that may hold any characters, for content or a quoted attribute. */
    static String escape(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints()
                .forEach(c -> {
                    switch (c) {
                        case '<' -> out.append("&lt;");
                        case '>' -> out.append("&gt;");
                        case '&' -> out.append("&amp;");
                        case '"' -> out.append("&quot;");
                        case '\n', '\t' -> out.appendCodePoint(c);
                        // HTML forbids some characters even as references; U+FFFD says so
                        default -> out.appendCodePoint(isAllowed(c) ? c : 0xFFFD);
                    }
                });
        return out.toString();
    }

    private static boolean isAllowed(int c) {
        boolean nothing = (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
        return !Character.isISOControl(c)
                && Character.getType(c) != Character.SURROGATE
                && !nothing;
    }
}
