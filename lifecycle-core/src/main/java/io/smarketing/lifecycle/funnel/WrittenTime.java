package io.smarketing.lifecycle.funnel;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;

/** Times as people ask for them: instants, or dates in a zone. */
public final class WrittenTime {

    /** How to write one. */
    public static final String MEND = "write 2026-03-01 or 2026-03-01T09:30:00Z";

    private static final int DATE_LENGTH = "2026-03-01".length();

    private WrittenTime() {}

    /**
     * An instant; a date stands for the first one of it.
     *
     * @throws DateTimeException if it is neither
     */
    public static Instant beginning(String text, ZoneId zone) {
        return isDate(text)
                ? LocalDate.parse(text).atStartOfDay(zone).toInstant()
                : OffsetDateTime.parse(text).toInstant();
    }

    /**
     * An instant; a date stands for the last microsecond of it.
     *
     * @throws DateTimeException if it is neither
     */
    public static Instant end(String text, ZoneId zone) {
        return isDate(text)
                ? LocalDate.parse(text)
                        .plusDays(1)
                        .atStartOfDay(zone)
                        .toInstant()
                        .minusNanos(1_000)
                : OffsetDateTime.parse(text).toInstant();
    }

    private static boolean isDate(String text) {
        return text.length() == DATE_LENGTH;
    }
}
