package io.smarketing.lifecycle.policy;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Pattern;

/** ISO 8601 periods of exact length: P1D is 24 hours, P1W seven of them; months and years have no length and are refused. */
final class Period {

    static final String MEND =
            "write days, hours or minutes as P30D, PT24H, PT90M; months and years have no fixed length; at most 36500 days";

    private static final Pattern WEEKS = Pattern.compile("P(\\d{1,5})W");
    private static final Duration MOST = Duration.ofDays(36_500);

    private Period() {}

    /** Empty when the text is no such period, is negative or longer than a hundred years. */
    static Optional<Duration> parse(String text) {
        try {
            var weeks = WEEKS.matcher(text);
            Duration period =
                    weeks.matches() ? Duration.ofDays(7 * Long.parseLong(weeks.group(1))) : Duration.parse(text);
            return period.isNegative() || period.compareTo(MOST) > 0 ? Optional.empty() : Optional.of(period);
        } catch (DateTimeParseException | ArithmeticException e) {
            return Optional.empty();
        }
    }
}
