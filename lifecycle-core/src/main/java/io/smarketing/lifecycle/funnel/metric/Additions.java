package io.smarketing.lifecycle.funnel.metric;

import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** Takes what a lead adds to days, each addition once. What is measured is a number of {@link Measure}. */
interface Additions {

    void count(LocalDate day, int measure, long number);

    void duration(LocalDate day, int measure, long micros);

    void instant(LocalDate day, int measure, Instant instant);

    /** A rejection of a marked cycle; the reason is null where none was given. */
    void rejection(LocalDate day, @Nullable String reason);
}
