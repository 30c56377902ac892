package io.smarketing.lifecycle.policy;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Points for what a lead does.
 *
 * @param points per occurrence, may be negative
 * @param cap bounds the rule's total on both sides, as it stands at the evaluation
 * @param within only occurrences in (t − within, t] count
 * @param halfLife points halve per half-life
 */
record EngagementRule(
        String id,
        String activity,
        long points,
        OptionalLong cap,
        @Nullable Duration within,
        @Nullable Duration halfLife) {

    /** Whether the total depends on when the occurrences were, not on their number alone. */
    boolean ages() {
        return within != null || halfLife != null;
    }

    /** 0 without a window. */
    long withinMicros() {
        return within == null ? 0 : micros(within);
    }

    /** 0 without decay. */
    long halfLifeMicros() {
        return halfLife == null ? 0 : micros(halfLife);
    }

    private static long micros(Duration duration) {
        return TimeUnit.SECONDS.toMicros(duration.toSeconds()) + TimeUnit.NANOSECONDS.toMicros(duration.toNanosPart());
    }

    long capped(long total) {
        if (cap.isEmpty()) {
            return total;
        }
        return Math.max(-cap.getAsLong(), Math.min(cap.getAsLong(), total));
    }
}
