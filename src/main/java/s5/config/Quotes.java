package s5.config;

import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;

import java.util.regex.Pattern;

/**
 * Which text is written in quotes: what Jackson quotes, and all that could be read as a number.
 * Jackson 2.17 leaves {@code 1e3} and {@code 0x1F} bare, and reads them as numbers.
 */
final class Quotes extends StringQuotingChecker.Default {
    private static final long serialVersionUID = 1;
    private static final Pattern NUMBER = Pattern.compile("[-+.]?[0-9][0-9a-zA-Z_.+-]*");

    @Override
    public boolean needToQuoteValue(String value) {
        return super.needToQuoteValue(value) || NUMBER.matcher(value).matches();
    }
}
