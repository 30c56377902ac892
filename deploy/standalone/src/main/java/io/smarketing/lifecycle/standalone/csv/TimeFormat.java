package io.smarketing.lifecycle.standalone.csv;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.chrono.IsoChronology;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A form in which times are written: a java.time pattern, read strictly (no 30th of February) and with English names of
 * months. A date without time is the start of the day. A local time that the clocks skip is moved ahead by the gap, one that
 * occurs twice is the first.
 *
 * @param name as messages call it
 */
record TimeFormat(String name, DateTimeFormatter formatter) {

    private static final ZonedDateTime SAMPLE = ZonedDateTime.of(2026, 11, 23, 13, 45, 56, 123_456_000, ZoneOffset.UTC);

    /** A date-time with an offset, which every column may hold. */
    static final TimeFormat ISO_OFFSET =
            new TimeFormat("2026-03-01T09:30:00+01:00", DateTimeFormatter.ISO_OFFSET_DATE_TIME);

    /** What is read where a mapping names no format. */
    static final List<TimeFormat> ISO = List.of(
            new TimeFormat("2026-03-01", DateTimeFormatter.ISO_LOCAL_DATE),
            new TimeFormat("2026-03-01T09:30:00", DateTimeFormatter.ISO_LOCAL_DATE_TIME),
            ofPattern("yyyy-MM-dd HH:mm:ss"),
            ISO_OFFSET);

    /**
     * A pattern's form.
     *
     * @throws IllegalArgumentException when no whole instant comes out of the pattern; the message says why
     */
    static TimeFormat ofPattern(String pattern) {
        DateTimeFormatter formatter = new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .appendPattern(pattern)
                .parseDefaulting(
                        ChronoField.ERA, IsoChronology.INSTANCE.eraOf(1).getValue())
                .toFormatter(Locale.ENGLISH)
                .withChronology(IsoChronology.INSTANCE)
                .withResolverStyle(ResolverStyle.STRICT);
        TemporalAccessor parsed;
        try {
            parsed = formatter.parse(formatter.format(SAMPLE));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("it cannot be read back", e);
        }
        if (parsed.query(TemporalQueries.localDate()) == null) {
            throw new IllegalArgumentException("it names no whole date");
        }
        if (parsed.query(TemporalQueries.localTime()) == null
                && Arrays.stream(ChronoField.values())
                        .filter(ChronoField::isTimeBased)
                        .anyMatch(parsed::isSupported)) {
            throw new IllegalArgumentException("its time of day is not whole");
        }
        return new TimeFormat(pattern, formatter);
    }

    /** The instant, or empty when the text is not of this form. */
    Optional<Instant> parse(String text, ZoneId zone) {
        TemporalAccessor parsed;
        try {
            parsed = formatter.parse(text);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
        LocalDate date = LocalDate.from(parsed);
        LocalTime time = parsed.query(TemporalQueries.localTime());
        ZoneId written = parsed.query(TemporalQueries.zone());
        ZoneId in = written == null ? zone : written;
        return Optional.of(
                (time == null ? date.atStartOfDay(in) : date.atTime(time).atZone(in)).toInstant());
    }
}
