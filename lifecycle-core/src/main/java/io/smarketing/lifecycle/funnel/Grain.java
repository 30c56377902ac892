package io.smarketing.lifecycle.funnel;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;
import java.util.Locale;

/** How long the buckets of a metric are. Days make up weeks, months and all of time; none of them cuts a day in two. */
public enum Grain {
    DAY,
    /** ISO 8601: from Monday on. */
    WEEK,
    MONTH,
    ALL;

    /** As JSON and options name it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The bucket that a day belongs to. */
    public Bucket bucket(LocalDate day) {
        return switch (this) {
            case DAY -> new Bucket(this, day);
            case WEEK -> new Bucket(this, day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)));
            case MONTH -> new Bucket(this, day.withDayOfMonth(1));
            case ALL -> Bucket.ALL;
        };
    }
}
