package io.smarketing.lifecycle.standalone.generate;

import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * What a history is drawn from; equal options give equal bytes.
 *
 * @param days leads are captured on these many days from {@code start} on; their histories go on for
 *     {@link #FOLLOW_UP_DAYS} more
 */
record HistoryOptions(int leads, long seed, LocalDate start, int days) {

    static final int FOLLOW_UP_DAYS = 180;

    private static final LocalDate FIRST_DAY = LocalDate.of(2000, 1, 1);
    private static final LocalDate END_OF_ALL = LocalDate.of(2026, 11, 1);

    /** @throws IllegalArgumentException saying what to change */
    HistoryOptions {
        if (leads < 1) {
            throw new IllegalArgumentException(
                    "--leads is " + leads + ": a history needs at least one lead, for example --leads 1000");
        }
        if (days < 1) {
            throw new IllegalArgumentException(
                    "--days is " + days + ": leads need at least one day to come in, for example --days 365");
        }
        if (start.isBefore(FIRST_DAY)) {
            throw new IllegalArgumentException("--start " + start + " is too early: take " + FIRST_DAY + " or later");
        }
        if (start.toEpochDay() + days + FOLLOW_UP_DAYS > END_OF_ALL.toEpochDay()) {
            throw new IllegalArgumentException("--start " + start + " with --days " + days + " and " + FOLLOW_UP_DAYS
                    + " days of follow-up passes " + END_OF_ALL + ": take fewer days or an earlier start");
        }
    }

    long startMillis() {
        return start.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }

    /** Nothing arrives from this instant on. */
    long horizonMillis() {
        return startMillis() + (days + FOLLOW_UP_DAYS) * Rhythm.DAY;
    }
}
