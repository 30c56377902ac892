package io.smarketing.lifecycle.standalone.generate;

import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * What a history is drawn from; equal options give equal bytes.
 *
 * @param days leads are captured on these many days from {@code start} on; their histories go on for
 *     {@code followUpDays} more
 */
record GeneratorOptions(int leads, long seed, LocalDate start, int days, int followUpDays) {

    private static final int FOLLOW_UP_DAYS = 180;

    private static final LocalDate FIRST_DAY = LocalDate.of(2000, 1, 1);
    private static final LocalDate END_OF_ALL = LocalDate.of(2026, 11, 1);

    /** @throws IllegalArgumentException saying what to change */
    GeneratorOptions {
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
    }

    /**
     * Of a history that is kept in a file. It ends by a fixed day and not by today, so that a command line which works does
     * so on any day.
     *
     * @throws IllegalArgumentException saying what to change
     */
    static GeneratorOptions ofFile(int leads, long seed, LocalDate start, int days) {
        GeneratorOptions options = new GeneratorOptions(leads, seed, start, days, FOLLOW_UP_DAYS);
        if (start.toEpochDay() + days + FOLLOW_UP_DAYS > END_OF_ALL.toEpochDay()) {
            throw new IllegalArgumentException("--start " + start + " with --days " + days + " and " + FOLLOW_UP_DAYS
                    + " days of follow-up passes " + END_OF_ALL + ": take fewer days or an earlier start");
        }
        return options;
    }

    /** Of a history whose last day is the one before {@code today}; much in it has not come to an end yet. */
    static GeneratorOptions endingBefore(LocalDate today, int leads, long seed, int days, int followUpDays) {
        return new GeneratorOptions(leads, seed, today.minusDays((long) days + followUpDays), days, followUpDays);
    }

    long startMillis() {
        return start.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }

    /** Nothing arrives from this instant on. */
    long horizonMillis() {
        return startMillis() + (days + followUpDays) * Rhythm.DAY;
    }
}
