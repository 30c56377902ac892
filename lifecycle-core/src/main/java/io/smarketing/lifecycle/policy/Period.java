package io.smarketing.lifecycle.policy;

import io.smarketing.lifecycle.yaml.YamlDocument;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** ISO 8601 periods of exact length: P1D is 24 hours, P1W seven of them; months and years have no length and are refused. */
public final class Period {

    static final String MEND =
            "write days, hours or minutes as P30D, PT24H, PT90M; months and years have no fixed length; at most 36500 days";

    private static final Pattern WEEKS = Pattern.compile("P(\\d{1,5})W");
    private static final Duration MOST = Duration.ofDays(36_500);

    private Period() {}

    /** The period under a key; empty when there is none or it was complained about. */
    static Optional<Duration> read(YamlDocument.Mapping mapping, String key, boolean mayBeZero) {
        YamlDocument.@Nullable Value place = mapping.optional(key);
        if (place == null) {
            return Optional.empty();
        }
        String text = place.text();
        if (text.isBlank()) {
            return Optional.empty();
        }
        Optional<Duration> period = parse(text);
        if (period.isEmpty()) {
            place.error("'%s' is no period".formatted(text), MEND);
        } else if (period.get().compareTo(Duration.ofNanos(1_000)) < 0 && !mayBeZero) {
            place.error("the period is empty", "write a period longer than nothing or leave the line out");
        }
        return period;
    }

    /** Empty when the text is no such period, is negative or longer than a hundred years. */
    public static Optional<Duration> parse(String text) {
        try {
            var weeks = WEEKS.matcher(text);
            Duration period =
                    weeks.matches() ? Duration.ofDays(7 * Long.parseLong(weeks.group(1))) : Duration.parse(text);
            return period.isNegative() || period.compareTo(MOST) > 0 ? Optional.empty() : Optional.of(period);
        } catch (DateTimeParseException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    /** As a policy writes it, in days where that is exact. */
    public static String written(Duration period) {
        Duration days = Duration.ofDays(period.toDays());
        return !period.isZero() && days.equals(period) ? "P%dD".formatted(period.toDays()) : period.toString();
    }
}
