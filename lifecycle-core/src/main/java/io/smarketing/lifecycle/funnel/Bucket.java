package io.smarketing.lifecycle.funnel;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalField;
import java.util.Comparator;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
    /** Events may be of the years 0 to 9999; by local time, and by weeks, they may fall just outside. */
    private static final DateTimeFormatter WEEK_LABEL = year(IsoFields.WEEK_BASED_YEAR)
            .appendLiteral("-W")
            .appendValue(IsoFields.WEEK_OF_WEEK_BASED_YEAR, 2)
            .toFormatter(Locale.ROOT);

    /** {@link YearMonth#toString} leaves out the sign of years that are longer than four digits, and no parser reads them. */
    private static final DateTimeFormatter MONTH_LABEL = year(ChronoField.YEAR)
            .appendLiteral('-')
            .appendValue(ChronoField.MONTH_OF_YEAR, 2)
            .toFormatter(Locale.ROOT);

    private static final Pattern WEEK = Pattern.compile("([+-]?\\d{4,9})-W(\\d{2})");
    private static final Pattern MONTH = Pattern.compile("[+-]?\\d{4,9}-\\d{2}");

    /** Of days, {@link LocalDate} writes it in this way. */
    private static DateTimeFormatterBuilder year(TemporalField field) {
        return new DateTimeFormatterBuilder().appendValue(field, 4, 10, SignStyle.EXCEEDS_PAD);
    }

    /** The day that an instant falls on. */
    public static LocalDate dayOf(Instant instant, ZoneId zone) {
        return instant.atZone(zone).toLocalDate();
    }

    /**
     * {@code 2026-05-01}, {@code 2026-W18}, {@code 2026-05} or {@code all}. A year before 0 or of more than four digits has its sign:
     * {@code -0001-W52}, {@code +10000-01}. Those of one grain sort by time as long as none has a {@code +}; buckets always do.
     */
    public String label() {
        return switch (grain) {
            case DAY -> first.toString();
            case WEEK -> WEEK_LABEL.format(first);
            case MONTH -> MONTH_LABEL.format(first);
            case ALL -> "all";
        };
    }

    /**
     * Reads a label of any grain.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Bucket parse(String label) {
        Matcher weekLabel = WEEK.matcher(label);
        try {
            if (label.equals("all")) {
                return ALL;
            } else if (weekLabel.matches()) {
                LocalDate inWeekOne = LocalDate.of(Integer.parseInt(weekLabel.group(1)), 1, 4);
                Bucket week = Grain.WEEK.bucket(inWeekOne.plusWeeks(Integer.parseInt(weekLabel.group(2)) - 1L));
                if (week.label().equals(label)) {
                    return week;
                }
            } else if (MONTH.matcher(label).matches()) {
                return Grain.MONTH.bucket(YearMonth.parse(label, MONTH_LABEL).atDay(1));
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
