package io.smarketing.lifecycle.funnel;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.Comparator;
import java.util.Locale;

/**
 * A day, an ISO week, a month, or all of time, in a zone that is named elsewhere: from local midnight (included) to local midnight
 * (excluded), however many hours the clocks make of it.
 *
 * @param first the first day; of all of time, any day
 */
public record Bucket(Grain grain, LocalDate first) implements Comparable<Bucket> {

    /** All of time: it neither begins nor ends. */
    public static final Bucket ALL = new Bucket(Grain.ALL, LocalDate.EPOCH);

    private static final Comparator<Bucket> IN_ORDER =
            Comparator.comparing(Bucket::grain).thenComparing(Bucket::first);
    private static final DateTimeFormatter WEEK_LABEL = new DateTimeFormatterBuilder()
            .appendValue(IsoFields.WEEK_BASED_YEAR, 4)
            .appendLiteral("-W")
            .appendValue(IsoFields.WEEK_OF_WEEK_BASED_YEAR, 2)
            .toFormatter(Locale.ROOT);

    /** The day that an instant falls on. */
    public static LocalDate dayOf(Instant instant, ZoneId zone) {
        return instant.atZone(zone).toLocalDate();
    }

    /** {@code 2026-05-01}, {@code 2026-W18}, {@code 2026-05} or {@code all}: of one grain, they sort by time. */
    public String label() {
        return switch (grain) {
            case DAY -> first.toString();
            case WEEK -> WEEK_LABEL.format(first);
            case MONTH -> YearMonth.from(first).toString();
            case ALL -> "all";
        };
    }

    /**
     * Reads a label of any grain.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Bucket parse(String label) {
        try {
            if (label.equals("all")) {
                return ALL;
            } else if (label.matches("\\d{4}-W\\d{2}")) {
                LocalDate inWeekOne = LocalDate.of(Integer.parseInt(label.substring(0, 4)), 1, 4);
                Bucket week = Grain.WEEK.bucket(inWeekOne.plusWeeks(Integer.parseInt(label.substring(6)) - 1L));
                if (week.label().equals(label)) {
                    return week;
                }
            } else if (label.matches("\\d{4}-\\d{2}")) {
                return Grain.MONTH.bucket(YearMonth.parse(label).atDay(1));
            } else {
                return Grain.DAY.bucket(LocalDate.parse(label));
            }
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(wrong(label), e);
        }
        throw new IllegalArgumentException(wrong(label));
    }

    private static String wrong(String label) {
        return "'%s' is no bucket (write 2026-05-01, 2026-W18, 2026-05 or all)".formatted(label);
    }

    /** The one after it; of all of time, itself. */
    public Bucket next() {
        return switch (grain) {
            case DAY -> new Bucket(grain, first.plusDays(1));
            case WEEK -> new Bucket(grain, first.plusWeeks(1));
            case MONTH -> new Bucket(grain, first.plusMonths(1));
            case ALL -> this;
        };
    }

    /** How many buckets a later one of the same grain is away. */
    public long until(Bucket later) {
        return switch (grain) {
            case DAY -> ChronoUnit.DAYS.between(first, later.first);
            case WEEK -> ChronoUnit.WEEKS.between(first, later.first);
            case MONTH -> ChronoUnit.MONTHS.between(first, later.first);
            case ALL -> 0;
        };
    }

    /** The first instant in it; where the clocks skip midnight, the instant at which they do. */
    public Instant start(ZoneId zone) {
        return grain == Grain.ALL ? Instant.MIN : first.atStartOfDay(zone).toInstant();
    }

    /** The first instant after it. */
    public Instant end(ZoneId zone) {
        return grain == Grain.ALL ? Instant.MAX : next().start(zone);
    }

    @Override
    public int compareTo(Bucket other) {
        return IN_ORDER.compare(this, other);
    }
}
