package io.smarketing.lifecycle.standalone.send;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A time to wait as people write it: {@code 30s}, {@code 5m}, {@code 2h}, or a period like {@code PT5M}. */
public final class Patience implements ITypeConverter<Duration> {

    private static final Pattern SHORT = Pattern.compile("\\d{1,6}[smh]");

    @Override
    public Duration convert(String text) {
        String period = text.toUpperCase(Locale.ROOT);
        try {
            Duration duration = Duration.parse(SHORT.matcher(text).matches() ? "PT" + period : period);
            if (!duration.isNegative() && duration.compareTo(Duration.ofDays(365)) <= 0) {
                return duration;
            }
        } catch (DateTimeException e) {
            // Told below, like every other text that is no time to wait.
        }
        throw new TypeConversionException("'%s' is no time to wait (write 30s, 5m or 2h)".formatted(text));
    }
}
